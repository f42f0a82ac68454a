"""The ledger: every run, round, route, attempt and model call, in SQLite or PostgreSQL, and the way back out.

Nothing is imported here: `hierarchy.ledger.ledger` needs SQLAlchemy, `records`, `ids` and `tree` do not.
"""
