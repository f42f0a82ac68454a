"""Turns what SQLAlchemy, SQLite and the file system raise into one-line `LedgerError`s without secrets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from hierarchy.errors import LedgerError
from hierarchy.ledger.redact import redact_text

_ELSEWHERE = "or set ledger.url to another ledger"

_CAUSES: tuple[tuple[str, str], ...] = (
    ("file is not a database", f"the file is not a SQLite database; move it away, {_ELSEWHERE}"),
    (
        "database disk image is malformed",
        f"the file is damaged; move it away (what is left of it: sqlite3 FILE .recover), {_ELSEWHERE}",
    ),
    ("database or disk is full", f"the disk is full; what was recorded is kept: free some space, {_ELSEWHERE}"),
    ("readonly database", f"the file is read-only; make it and its folder writable, {_ELSEWHERE}"),
    ("unable to open database file", f"the file cannot be opened; make it and its folder writable, {_ELSEWHERE}"),
    (
        "disk I/O error",
        f"its disk cannot be written (a quota or a broken disk); what was recorded is kept, {_ELSEWHERE}",
    ),
    (
        "database is locked",
        f"another process has held its lock for too long; see who with: fuser -v FILE, {_ELSEWHERE}",
    ),
)
"""SQLite's messages (https://www.sqlite.org/rescode.html) and what to tell a person."""


@contextmanager
def boundary(where: str) -> Iterator[None]:
    """Whatever the database raises inside comes out as `LedgerError`; `where` is its address without a password."""
    try:
        yield
    except IntegrityError as error:
        raise LedgerError(f"the ledger {where} refused a row: {_line(error)}; was the run begun?") from error
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise LedgerError(_explain(error, where)) from error


def _explain(error: Exception, where: str) -> str:
    said = _line(error)
    for needle, cause in _CAUSES:
        if needle in said:
            return f"the ledger {where} cannot be used: {cause}"
    return f"the ledger {where} cannot be used: {said}; make it usable, {_ELSEWHERE}"


def _line(error: Exception) -> str:
    # The database's own words: SQLAlchemy's message repeats the statement with its parameters, over several lines.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return redact_text(re.sub(r"\s+", " ", str(cause)).strip() or type(cause).__name__)
