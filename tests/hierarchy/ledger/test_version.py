"""Which databases are taken for a ledger: ours of this version, or an empty one."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hierarchy.errors import LedgerError
from hierarchy.ledger import Ledger
from hierarchy.ledger.schema import SCHEMA_VERSION


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(f"sqlite:///{path}").close()
    return path


def refusal(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(LedgerError) as refused:
        Ledger.open(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert str(path) in str(refused.value)
    assert "ledger.url" in str(refused.value)
    return str(refused.value)


def test_the_version_is_a_row_of_the_ledger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == (
            str(SCHEMA_VERSION),
        )


def test_a_newer_version_is_refused_with_both_numbers(path: Path) -> None:
    execute(path, "UPDATE meta SET value = '7' WHERE key = 'schema_version'")
    said = refusal(path)
    assert f"has schema version 7, this hi-moe knows up to version {SCHEMA_VERSION}" in said
    assert "pip install --upgrade hi-moe" in said


@pytest.mark.parametrize(
    "statement", ["UPDATE meta SET value = 'x'", "UPDATE meta SET value = '0'", "DELETE FROM meta"]
)
def test_a_version_that_never_was_is_refused(path: Path, statement: str) -> None:
    execute(path, statement)
    assert "which no hi-moe wrote" in refusal(path)


@pytest.mark.parametrize("table", ["songs (name)", "runs (name)", "meta (other)"])
def test_a_database_of_another_program_is_refused(tmp_path: Path, table: str) -> None:
    path = tmp_path / "songs.sqlite3"
    execute(path, f"CREATE TABLE {table}", "PRAGMA journal_mode=WAL")
    name = table.split()[0]
    assert f"a table {name!r}" in refusal(path)


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.touch()
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.runs() == ()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    path.write_text("dear diary, " * 1000)
    assert "is not a SQLite database; move it away" in refusal(path)
