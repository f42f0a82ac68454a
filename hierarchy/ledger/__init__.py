"""The ledger: every run, round, route, attempt and model call, in SQLite or PostgreSQL, and the way back out."""

from hierarchy.ledger.export import export_all, export_run
from hierarchy.ledger.ids import new_run_id
from hierarchy.ledger.ledger import Ledger
from hierarchy.ledger.records import ModelCall, RoundRecord, RouteRecord, RunRecord, RunSummary
from hierarchy.ledger.tree import Node, attempt_tree

__all__ = [
    "Ledger",
    "ModelCall",
    "Node",
    "RoundRecord",
    "RouteRecord",
    "RunRecord",
    "RunSummary",
    "attempt_tree",
    "export_all",
    "export_run",
    "new_run_id",
]
