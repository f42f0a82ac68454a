"""The reduced tier: an interpreter of its own per run without any namespace, for machines that forbid them."""
