"""Choosing among candidates: behaviour on generated inputs, agreement of answers, narrow questions to the model."""

from hierarchy.selection.inputs import edge_inputs
from hierarchy.selection.selection import Selection
from hierarchy.selection.selector import Selector

__all__ = ["Selection", "Selector", "edge_inputs"]
