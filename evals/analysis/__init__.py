"""Tables over the results of a run: scores, selection, calibration, routing, costs. Plain numbers, ready for JSON."""
