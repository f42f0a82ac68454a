"""The tables. Columns are what one filters and sums by; the whole of a record is beside them as JSON text.

The JSON is ASCII text, not a JSON type: PostgreSQL's refuse the NUL characters and lone surrogates that programs
written by models do print. Moments are ISO 8601 texts in UTC, which sort and compare alike in both databases.
The unique keys make a replayed step one row, not two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

SCHEMA_VERSION = 1
"""Raised with every change that an older hi-moe could not read or write."""

metadata = MetaData()

_ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


def _row_id() -> Column[int]:
    return Column("row_id", _ROW_ID, primary_key=True, autoincrement=True)


def _run() -> Column[str]:
    return Column("run_id", String, ForeignKey("runs.run_id", ondelete="CASCADE"), nullable=False)


meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", String, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("created_at", String, nullable=False),
    Column("finished_at", String),
    Column("state", String, nullable=False),
    Column("status", String),
    Column("p_correct", Float),
    Column("problem_id", String, nullable=False),
    Column("task", String, nullable=False),
    Column("problem", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("version", String, nullable=False),
    Column("git_revision", String),
    Column("profile", String, nullable=False),
    Column("isolation", String, nullable=False),
    Column("seconds", Float, nullable=False, server_default="0"),
    Column("outcome", Text),
    Index("runs_by_time", "created_at"),
)

hashes = Table(
    "hashes",
    metadata,
    _row_id(),
    _run(),
    Column("kind", String, nullable=False),  # weights | prompt | settings
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    UniqueConstraint("run_id", "kind", "name"),
)

rounds = Table(
    "rounds",
    metadata,
    _row_id(),
    _run(),
    Column("round", Integer, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("action", String, nullable=False),
    Column("predicted", Float, nullable=False),
    Column("surprised", Boolean, nullable=False, server_default=false()),
    Column("surprise", Text),
    Column("directive", Text, nullable=False),
    UniqueConstraint("run_id", "round"),
)

routes = Table(
    "routes",
    metadata,
    _row_id(),
    _run(),
    Column("round", Integer, nullable=False),
    Column("step", String, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("specialist", String, nullable=False),
    Column("router", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("route", Text, nullable=False),
    UniqueConstraint("run_id", "round", "step"),
)

attempts = Table(
    "attempts",
    metadata,
    _row_id(),
    _run(),
    Column("attempt_id", String, nullable=False),
    Column("parent_id", String),
    Column("recorded_at", String, nullable=False),
    Column("round", Integer, nullable=False),
    Column("action", String, nullable=False),
    Column("step", String),
    Column("specialist", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt_sha256", String, nullable=False),
    Column("status", String, nullable=False),
    Column("tests_passed", Integer, nullable=False),
    Column("tests_total", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("model_seconds", Float, nullable=False),
    Column("sandbox_seconds", Float, nullable=False),
    Column("attempt", Text, nullable=False),
    UniqueConstraint("run_id", "attempt_id"),
    Index("attempts_by_status", "status", "specialist"),
)

calls = Table(
    "calls",
    metadata,
    _row_id(),
    _run(),
    Column("call_id", String, nullable=False),
    Column("recorded_at", String, nullable=False),
    Column("round", Integer, nullable=False),
    Column("tier", String, nullable=False),
    Column("specialist", String),
    Column("model", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("prompt_version", String, nullable=False),
    Column("prompt_sha256", String, nullable=False),
    Column("samples", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("model_seconds", Float, nullable=False),
    Column("queue_seconds", Float, nullable=False),
    Column("sandbox_seconds", Float, nullable=False),
    UniqueConstraint("run_id", "call_id"),
)
