"""What `bench/sandbox.py` measures: one module per figure, and what they share."""
