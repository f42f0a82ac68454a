"""Problem sets: one file each on a small base, and where their rows come from."""
