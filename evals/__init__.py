"""Is A better than B, on what, at what cost, and is that sure? Problem sets, grading, statistics, reports."""
