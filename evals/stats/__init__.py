"""How sure is it: intervals, paired tests, power, sequential rules. Pure functions of plain numbers."""
