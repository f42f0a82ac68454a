"""Results for a person: terminal summary, one HTML file, plots and tables."""
