"""Where cells are worked on: in this process, or over a Ray cluster."""
