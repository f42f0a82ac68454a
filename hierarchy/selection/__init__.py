"""Choosing among candidates: behaviour on generated inputs, agreement of answers, narrow questions to the model."""
