"""Evaluation put together: from settings and a solver's name to a run in a folder. The parts are in `evals`."""
