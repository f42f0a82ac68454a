"""Addresses of ledgers: what is understood, what is refused, and what messages show of them."""

import sys
from pathlib import Path

import pytest

from hierarchy.errors import LedgerError, MissingComponent, SettingsError
from hierarchy.ledger import Ledger, RunRecord
from hierarchy.ledger.connect import checkpoint_path, parse_url, shown, sqlite_path
from hierarchy.problem import Problem


def test_the_default_is_a_file_in_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Ledger.open() as ledger:
        assert ledger.path == tmp_path / "hi-moe" / "ledger.sqlite3"
        assert ledger.where == str(ledger.path)
        assert ledger.path.is_file()
        assert ledger.checkpoint_path == tmp_path / "hi-moe" / "ledger.sqlite3.checkpoints.sqlite3"
    assert ledger.path.parent.stat().st_mode & 0o077 == 0


def test_a_relative_file_is_that_of_the_folder_at_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Ledger.open("sqlite:///here.sqlite3") as ledger:
        monkeypatch.chdir("/")
        assert ledger.runs() == ()
        assert ledger.path == tmp_path / "here.sqlite3"


def test_a_ledger_in_memory_has_no_file() -> None:
    with Ledger.open("sqlite://") as ledger:
        assert (ledger.path, ledger.checkpoint_path) == (None, None)
        assert ledger.runs() == ()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ledger.db", "'ledger.db' is no database URL"),
        ("postgresql://me:hunter2@db:port/x", r"'postgresql://me:\*\*\*@db:port/x' is no database URL"),
        ("nonsense", "'nonsense' is no database URL"),
        ("mysql://me@db/x", "names the driver 'mysql.*cannot hold a ledger"),
        ("file:///x.sqlite3", "'file:///x.sqlite3' is no database URL"),
        ("nosuch://db/x", "'nosuch://db/x' is no database URL"),
        ("mysql+nosuch://db/x", "is no database URL"),
        ("mssql://me:hunter2@db/x", r"'mssql://me:\*\*\*@db/x' names the driver 'mssql.*cannot hold a ledger"),
        ("postgresql+asyncpg://db/x", "cannot hold a ledger"),
    ],
)
def test_an_address_that_cannot_hold_a_ledger_is_refused(url: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as refused:
        Ledger.open(url)
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_server_is_shown_without_its_password() -> None:
    url = parse_url("postgresql://me:hunter2@db/x?password=hunter2")
    assert shown(url) == "postgresql://me:***@db/x?password=***"
    assert sqlite_path(url) is None


def test_a_missing_driver_is_named_with_the_command_that_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    for url in ("postgresql+psycopg://me@db/x", "postgresql+psycopg2://me@db/x"):
        with pytest.raises(MissingComponent, match=r"pip install 'hi-moe\[postgres\]'"):
            Ledger.open(url)


def test_a_folder_that_nobody_can_write_is_named() -> None:
    # Not even root creates files there.
    for url in ("sqlite:////proc/ledger.sqlite3", "sqlite:////proc/no/such/ledger.sqlite3"):
        with pytest.raises(LedgerError, match=r"/proc/.*ledger.sqlite3 cannot be used.*or set ledger.url"):
            Ledger.open(url)


@pytest.mark.parametrize("place", ["/dev/null", "/"])
def test_a_place_that_is_no_regular_file_is_refused(place: str) -> None:
    with pytest.raises(SettingsError, match=f"the ledger '{place}' is no regular file; set ledger.url"):
        Ledger.open(f"sqlite:///{place}")


def test_a_file_opened_for_reading_only_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    Ledger.open(f"sqlite:///{path}").close()
    with (
        Ledger.open(f"sqlite:///file:{path}?mode=ro&uri=true") as ledger,
        pytest.raises(LedgerError, match="the file is read-only"),
    ):
        ledger.begin_run(RunRecord(run_id="0abc", problem=Problem(id="p", statement="x", task="text")))


def test_checkpoints_of_a_shared_ledger_stay_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert checkpoint_path("postgresql", None) == tmp_path / "hi-moe" / "postgresql.checkpoints.sqlite3"
    assert checkpoint_path("sqlite", None) is None
