"""The ledger itself: what a run does is written here the moment it is known, and read back by `hi-moe runs`.

Every write is one short transaction, and a row that is already there stays as it is: a step replayed after a crash
changes nothing. Methods are plain calls of well below a millisecond on a local disk; they may be made from any thread
and from the thread of an event loop.
"""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hierarchy.attempt import Attempt
from hierarchy.errors import LedgerError, UnknownName
from hierarchy.ledger import rows, schema, version
from hierarchy.ledger.boundary import boundary
from hierarchy.ledger.connect import READ, checkpoint_path, connect, parse_url, shown, sqlite_path
from hierarchy.ledger.records import ModelCall, RoundRecord, RouteRecord, RunRecord, RunSummary
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Route
from hierarchy.problem import Problem
from hierarchy.usage import Usage

PREFIX_CHARACTERS = 4
"""The shortest beginning of a run id that stands for the whole."""

_SUGGESTIONS_AMONG = 1000  # the newest runs, among which the nearest id is looked for


class Ledger:
    """An open ledger. Make one with `Ledger.open`; a context manager closes it.

    Every method raises `LedgerError` when the database fails: full, locked, damaged, not writable, not reachable.
    Methods that read accept the beginning of a run id, and raise `UnknownName` where it names no run or several.
    """

    def __init__(self, engine: Engine, where: str, path: Path | None) -> None:
        self._engine = engine
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        self.where = where
        """Its address, for messages: the path, or the URL without its password."""
        self.path = path
        """The SQLite file; None for PostgreSQL and for a ledger in memory."""

    @classmethod
    def open(cls, url: str | None = None, *, busy_seconds: float = 30.0) -> Self:
        """Open the ledger at `url`, by default in the user's data folder; create it where there is none.

        `busy_seconds`: how long a SQLite write waits while another process writes. Raises `SettingsError` for an
        address that is no database URL, `LedgerError` for a file that is no ledger, a ledger of a newer schema version
        or a folder that cannot be written, and `MissingComponent` for PostgreSQL without its driver.
        """
        parsed = parse_url(url)
        where = shown(parsed)
        with boundary(where):
            engine = connect(parsed, busy_seconds)
            try:
                with engine.connect().execution_options(**READ) as connection, connection.begin():
                    ready = version.is_current(connection, where)
                if not ready:
                    with engine.begin() as connection:
                        version.create(connection, where)
            except BaseException:
                engine.dispose()
                raise
        return cls(engine, where, sqlite_path(parsed))

    def close(self) -> None:
        """Close its connections. Closing twice is harmless."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def checkpoint_path(self) -> Path | None:
        """The SQLite file for the graph's checkpoints; None for a ledger in memory.

        It is beside the ledger's own file, and for PostgreSQL in the user's data folder of the machine of the run.
        """
        return checkpoint_path(self._engine.dialect.name, self.path)

    # -- writing: full run ids only ----------------------------------------------------------------------------------

    def begin_run(self, record: RunRecord) -> bool:
        """Record a run that begins. False: it was there already, and is running again unless it was finished.

        Raises `LedgerError` when the id belongs to a run of another problem.
        """
        columns = rows.run_columns(record)
        with boundary(self.where), self._engine.begin() as connection:
            if self._add(connection, schema.runs, columns):
                connection.execute(self._insert(schema.hashes), rows.hash_columns(record))
                return True
            table = schema.runs
            mine = table.c.run_id == record.run_id
            begun = connection.execute(select(table.c.problem).where(mine)).scalar_one()
            if not _same(rows.load(Problem, begun, record.run_id), record.problem):
                raise LedgerError(f"run {record.run_id!r} is of another problem; begin this one under an id of its own")
            connection.execute(update(table).where(mine, table.c.state != "finished").values(state="running"))
            return False

    def finish_run(self, run_id: str, outcome: Outcome) -> None:
        """Record how a run ended, and those of its attempts that are not recorded yet."""
        table = schema.runs
        end = update(table).where(table.c.run_id == run_id).values(**rows.outcome_columns(outcome))
        with boundary(self.where), self._engine.begin() as connection:
            if connection.execute(end.returning(table.c.run_id)).first() is None:
                raise LedgerError(f"run {run_id!r} was never begun in the ledger {self.where}")
            for attempt in outcome.attempts:
                self._add(connection, schema.attempts, rows.attempt_columns(run_id, attempt))

    def interrupt_run(self, run_id: str, seconds: float = 0.0) -> None:
        """Mark a run that was stopped before its end, after so many wall seconds; a finished one stays finished."""
        table = schema.runs
        stop = (
            update(table)
            .where(table.c.run_id == run_id, table.c.state == "running")
            .values(state="interrupted", seconds=seconds)
        )
        with boundary(self.where), self._engine.begin() as connection:
            connection.execute(stop)

    def record_directive(self, run_id: str, directive: Directive) -> bool:
        """Record the decision that opens a round. False: the round was there already."""
        return self._record(schema.rounds, rows.directive_columns(run_id, directive))

    def record_surprise(self, run_id: str, round_: int, text: str) -> None:
        """Flag a round that went far from what its directive predicted; `text` says how, in one line."""
        table = schema.rounds
        statement = (
            update(table)
            .where(table.c.run_id == run_id, table.c.round == round_)
            .values(surprised=True, surprise=text)
            .returning(table.c.round)
        )
        with boundary(self.where), self._engine.begin() as connection:
            if connection.execute(statement).first() is None:
                raise LedgerError(f"run {run_id!r} has no round {round_} in the ledger {self.where}")

    def record_route(self, run_id: str, round_: int, route: Route) -> bool:
        """Record who works on a step. False: it was there already."""
        return self._record(schema.routes, rows.route_columns(run_id, round_, route))

    def record_attempt(self, run_id: str, attempt: Attempt) -> bool:
        """Record an attempt with its verdict. False: it was there already, and stays as it was."""
        return self._record(schema.attempts, rows.attempt_columns(run_id, attempt))

    def record_call(self, run_id: str, call: ModelCall) -> bool:
        """Record a model call. False: it was there already."""
        return self._record(schema.calls, rows.call_columns(run_id, call))

    # -- reading: beginnings of run ids are welcome ------------------------------------------------------------------

    def resolve(self, run_id: str) -> str:
        """The id of the run that `run_id` names: whole, or by its first characters, four or more.

        Raises `UnknownName` with the nearest id, or with those that begin alike.
        """
        with self._reading() as connection:
            return self._resolve(connection, run_id)

    def run(self, run_id: str) -> RunRecord:
        """All that is known about a run; its outcome holds its attempts."""
        table, hashes = schema.runs, schema.hashes
        with self._reading() as connection:
            run_id = self._resolve(connection, run_id)
            row = connection.execute(select(table).where(table.c.run_id == run_id)).mappings().one()
            found = connection.execute(_of(hashes, run_id)).mappings().all()
            return rows.to_run(row, list(found), self._attempts(connection, run_id, None))

    def attempts(self, run_id: str, round_: int | None = None) -> tuple[Attempt, ...]:
        """The attempts of a run, or of one of its rounds, by round and then in the order they were recorded."""
        with self._reading() as connection:
            return self._attempts(connection, self._resolve(connection, run_id), round_)

    def calls(self, run_id: str) -> tuple[ModelCall, ...]:
        """The model calls of a run, in the order they were recorded."""
        return tuple(rows.to_call(row) for row in self._read(schema.calls, run_id))

    def rounds(self, run_id: str) -> tuple[RoundRecord, ...]:
        """The rounds of a run, first to last."""
        return tuple(
            RoundRecord(directive=rows.load(Directive, row["directive"], row["run_id"]), surprise=row["surprise"])
            for row in self._read(schema.rounds, run_id)
        )

    def routes(self, run_id: str) -> tuple[RouteRecord, ...]:
        """Who worked on which step, by round."""
        return tuple(
            RouteRecord(round=row["round"], route=rows.load(Route, row["route"], row["run_id"]))
            for row in self._read(schema.routes, run_id)
        )

    def usage(self, run_id: str) -> Usage:
        """What a run has spent: the sum over its model calls, plus the sandbox seconds of its attempts' verdicts."""
        calls, attempts = schema.calls, schema.attempts
        sums = [func.coalesce(func.sum(calls.c[name]), 0).label(name) for name in Usage.model_fields]
        with self._reading() as connection:
            run_id = self._resolve(connection, run_id)
            total = connection.execute(select(*sums).where(calls.c.run_id == run_id)).mappings().one()
            judged = connection.scalar(select(func.sum(attempts.c.sandbox_seconds)).where(attempts.c.run_id == run_id))
        return Usage.model_validate(dict(total)) + Usage(sandbox_seconds=judged or 0.0)

    def runs(self, limit: int | None = 20, status: str | None = None) -> tuple[RunSummary, ...]:
        """The newest runs, newest first; `status` keeps those of one outcome (`verified` …) or state (`running` …)."""
        table = schema.runs

        def per_run(value: Any, of: Table) -> Any:
            return select(func.coalesce(value, 0)).where(of.c.run_id == table.c.run_id).scalar_subquery()

        tokens = func.sum(schema.calls.c.prompt_tokens + schema.calls.c.completion_tokens)
        query = select(
            table,
            per_run(func.count(), schema.attempts).label("attempts"),
            per_run(func.count(), schema.rounds).label("rounds"),
            per_run(tokens, schema.calls).label("tokens"),
        ).order_by(table.c.created_at.desc(), table.c.run_id.desc())
        if status is not None:
            query = query.where((table.c.state == status) | (table.c.status == status))
        with self._reading() as connection:
            found = connection.execute(query.limit(limit)).mappings().all()
        return tuple(rows.to_summary(row) for row in found)

    # -- the two ends all of them share ------------------------------------------------------------------------------

    def _record(self, table: Table, columns: rows.Columns) -> bool:
        with boundary(self.where), self._engine.begin() as connection:
            return self._add(connection, table, columns)

    def _add(self, connection: Connection, table: Table, columns: rows.Columns) -> bool:
        # What is returned tells an added row from one that was there: drivers disagree about the count of rows.
        statement = self._insert(table).values(**columns).on_conflict_do_nothing().returning(table.c.run_id)
        return connection.execute(statement).first() is not None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with (
            boundary(self.where),
            self._engine.connect().execution_options(**READ) as connection,
            connection.begin(),
        ):
            yield connection

    def _read(self, table: Table, run_id: str) -> Sequence[RowMapping]:
        with self._reading() as connection:
            return connection.execute(_of(table, self._resolve(connection, run_id))).mappings().all()

    def _attempts(self, connection: Connection, run_id: str, round_: int | None) -> tuple[Attempt, ...]:
        query = _of(schema.attempts, run_id)
        if round_ is not None:
            query = query.where(schema.attempts.c.round == round_)
        return tuple(rows.load(Attempt, row["attempt"], run_id) for row in connection.execute(query).mappings())

    def _resolve(self, connection: Connection, run_id: str) -> str:
        name = schema.runs.c.run_id
        if connection.scalar(select(name).where(name == run_id)) is not None:
            return run_id
        newest = select(name).order_by(schema.runs.c.created_at.desc())
        if len(run_id) >= PREFIX_CHARACTERS:
            alike = connection.scalars(newest.where(name.startswith(run_id, autoescape=True)).limit(4)).all()
            if len(alike) == 1:
                return str(alike[0])
            if alike:
                raise UnknownName(f"run {run_id!r} is not the only one that begins so: {', '.join(alike)}; type more")
        known = connection.scalars(newest.limit(_SUGGESTIONS_AMONG)).all()
        near = difflib.get_close_matches(run_id, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? all runs: hi-moe runs list" if near else "see: hi-moe runs list"
        raise UnknownName(f"there is no run {run_id!r} in the ledger {self.where}; {hint}")


def _of(table: Table, run_id: str) -> Select[Any]:
    """The rows of one run: by round where the table has rounds, then in the order in which they were recorded."""
    order = [table.c[name] for name in ("round", "row_id") if name in table.c]
    return select(table).where(table.c.run_id == run_id).order_by(*order)


def _same(one: Problem, other: Problem) -> bool:
    # Not the whole: a set of a test comes back in another order, and a NaN is never equal to itself.
    return (one.id, one.task, one.statement) == (other.id, other.task, other.statement)
