"""From an address to an engine: SQLite in WAL mode by default, PostgreSQL by URL."""

import sqlite3
from pathlib import Path

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from hierarchy.errors import MissingComponent, SettingsError
from hierarchy.ledger.redact import redact_text

FILE_NAME = "ledger.sqlite3"

READ = {"hi_moe_read": True}
"""Execution options of a transaction that only reads: it takes no write lock."""

_EXAMPLES = "sqlite:////path/to/ledger.sqlite3 or postgresql://user@host/database"


def parse_url(url: str | None) -> URL:
    """The address of the ledger; a SQLite file's path made absolute, `None` the file in the user's data folder.

    Raises `SettingsError` for an address that is no URL or names a database that cannot hold a ledger.
    """
    if url is None:
        return URL.create("sqlite", database=str(data_folder() / FILE_NAME))
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"ledger.url {redact_text(url)!r} is no database URL; examples: {_EXAMPLES}") from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql") or dialect.is_async:
        raise SettingsError(
            f"ledger.url {shown(parsed)!r} names the driver {parsed.drivername!r}, which cannot hold a ledger; "
            f"examples: {_EXAMPLES}"
        )
    path = sqlite_path(parsed)
    # Connections are opened lazily, perhaps after the program has changed its folder.
    return parsed if path is None else parsed.set(database=str(path))


def data_folder() -> Path:
    """The folder of hi-moe's data in the platform's place for it."""
    return platformdirs.user_data_path("hi-moe")


def checkpoint_path(backend: str, path: Path | None) -> Path | None:
    """Where a ledger's checkpoints are: beside its file `path`, for PostgreSQL in the data folder, else nowhere."""
    if backend == "postgresql":
        return data_folder() / "postgresql.checkpoints.sqlite3"
    return path and path.with_name(f"{path.name}.checkpoints.sqlite3")


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite ledger, absolute; None for PostgreSQL, a ledger in memory and SQLite's `file:` names."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name).expanduser().absolute()


def shown(url: URL) -> str:
    """The address as messages show it: the path of a file, or the URL without its password."""
    path = sqlite_path(url)
    return str(path) if path else redact_text(url.render_as_string(hide_password=True))


def connect(url: URL, busy_seconds: float) -> Engine:
    """An engine for `url`; its connections may be used from any thread, and wait `busy_seconds` for a lock.

    Creates the folder of a SQLite file, for its owner only. Raises `SettingsError` where there is something else than
    a regular file in its place, `MissingComponent` without PostgreSQL's driver.
    """
    if url.get_backend_name() == "postgresql":
        try:
            return create_engine(url, pool_pre_ping=True)
        except ImportError as error:
            raise MissingComponent(
                f"the driver of the ledger {shown(url)!r} is not installed ({error}); "
                "install it with: pip install 'hi-moe[postgres]'"
            ) from error
    path = sqlite_path(url)
    if path is not None:
        if path.exists() and not path.is_file():
            raise SettingsError(
                f"the ledger {shown(url)!r} is no regular file; set ledger.url to one, or to where one can be made: "
                f"{_EXAMPLES}"
            )
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": busy_seconds})
    else:
        # A database in memory lives in its connection: one connection, lent to one thread at a time.
        args = {"timeout": busy_seconds, "check_same_thread": False}
        engine = create_engine(url, connect_args=args, poolclass=QueuePool, pool_size=1, max_overflow=0)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    try:
        # Asked first: changing the mode needs an exclusive lock, being told that it is WAL already needs none.
        if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            cursor.execute("PRAGMA journal_mode=WAL")
        # In WAL mode NORMAL survives a killed process whole; a power cut may cost the last rows, never the file.
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    # A deferred transaction that turns from reading to writing fails at once when another writer was faster;
    # an immediate one waits for its turn. The sqlite3 module opens no transaction of its own inside ours.
    reads = connection.get_execution_options().get("hi_moe_read")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
