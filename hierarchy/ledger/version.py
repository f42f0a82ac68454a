"""Creates the tables in an empty database, and refuses one whose tables this program does not understand.

The version is a row of the table `meta`. Version 1 is the first; the release that raises it brings the statements that
lift an older ledger, here, in the same transaction that changes the row.
"""

from sqlalchemy import Connection, insert, inspect, select, text

from hierarchy.errors import LedgerError
from hierarchy.ledger.schema import SCHEMA_VERSION, meta, metadata

_CREATION_LOCK = 0x68696D6F65  # "himoe": PostgreSQL's advisory locks are named by a number


def is_current(connection: Connection, where: str) -> bool:
    """Whether the tables are there; False for a database without any of them.

    Raises `LedgerError` for tables of another schema version, or of another program.
    """
    present = set(inspect(connection).get_table_names())
    if meta.name not in present:
        _refuse_foreign(connection, present, where)
        return False
    columns = {column["name"] for column in inspect(connection).get_columns(meta.name)}
    if columns != set(meta.c.keys()):
        raise LedgerError(f"{where} has a table {meta.name!r} that is not hi-moe's; set ledger.url to another database")
    found = connection.scalar(select(meta.c.value).where(meta.c.key == "schema_version"))
    if found == str(SCHEMA_VERSION):
        return True
    if found is not None and found.isdecimal() and int(found) > SCHEMA_VERSION:
        raise LedgerError(
            f"the ledger {where} has schema version {found}, this hi-moe knows up to version {SCHEMA_VERSION}; "
            "upgrade with: pip install --upgrade hi-moe, or set ledger.url to another ledger"
        )
    raise LedgerError(
        f"the ledger {where} claims schema version {found!r}, which no hi-moe wrote; set ledger.url to another ledger"
    )


def create(connection: Connection, where: str) -> None:
    """Create the tables, unless another process has done so since; `connection` is in a write transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CREATION_LOCK})
    if not is_current(connection, where):
        metadata.create_all(connection)
        connection.execute(insert(meta).values(key="schema_version", value=str(SCHEMA_VERSION)))


def _refuse_foreign(connection: Connection, present: set[str], where: str) -> None:
    # A PostgreSQL database may well be shared; a SQLite file with other tables is somebody else's file.
    foreign = present if connection.dialect.name == "sqlite" else present & set(metadata.tables)
    if foreign:
        raise LedgerError(
            f"{where} is no ledger: it has a table {min(foreign)!r} of another program; set ledger.url to another one"
        )
