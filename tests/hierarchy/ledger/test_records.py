"""What a run's record says about how it was set up."""

from pathlib import Path

from scenario import problem
from sqlalchemy import create_engine, text

from hierarchy.ledger import Ledger, RunRecord


def record(**settings: object) -> RunRecord:
    return RunRecord(run_id="run-0001", problem=problem(), settings=settings)


def test_the_settings_have_one_hash_whatever_their_order_and_secrets() -> None:
    one = record(seed=1, ledger={"url": "postgresql://me:secret@host/x"})
    same = record(ledger={"url": "postgresql://me:other@host/x"}, seed=1)
    assert one.settings_sha256 == same.settings_sha256
    assert one.settings_sha256 != record(seed=2).settings_sha256


def test_the_hash_is_kept_with_the_run(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    begun = record(seed=1)
    with Ledger.open(url) as ledger:
        ledger.begin_run(begun)
        assert ledger.run("run-0001").settings_sha256 == begun.settings_sha256
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text("select sha256 from hashes where kind = 'settings'")).scalars().all()
    engine.dispose()
    assert found == [begun.settings_sha256]
