"""Failures become datasets, adapters, a gate's verdict and a promotion."""
