"""Which runs are the sides of an A/B, and with which p-value."""

import json
from pathlib import Path

import pytest

from evals.analysis.early import RESULT, p_at_any_time
from evals.stats.sequential import p_value
from hierarchy.errors import UsageError


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """The folders of an A/B that has ended with p=.21."""
    (tmp_path / RESULT).write_text(json.dumps({"decision": "undecidable", "p": 0.21}))
    for name in "abc":
        (tmp_path / name).mkdir()
    return tmp_path / "a", tmp_path / "b"


def test_the_sides_of_an_ab_have_its_p_whichever_is_first(sides: tuple[Path, Path]) -> None:
    a, b = sides
    assert p_at_any_time(a, b, 2, 10) == p_at_any_time(b, a, 2, 10) == 0.21
    assert p_at_any_time(a / ".." / "a", b, 2, 10) == 0.21


def test_an_ab_that_has_not_ended_has_that_of_what_was_seen(sides: tuple[Path, Path]) -> None:
    (sides[0].parent / RESULT).write_text(json.dumps({"decision": "go_on", "p": 1.0}))
    assert p_at_any_time(*sides, 0, 7) == p_value(0, 7)


def test_other_runs_were_not_stopped(sides: tuple[Path, Path], tmp_path: Path) -> None:
    assert p_at_any_time(sides[0], sides[0].parent / "c", 2, 10) is None
    assert p_at_any_time(sides[0], tmp_path / "elsewhere" / "b", 2, 10) is None
    (tmp_path / RESULT).unlink()
    assert p_at_any_time(*sides, 2, 10) is None


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"decision": "a", "p": null}', '{"decision": "a", "p": NaN}'])
def test_what_cannot_be_understood_is_refused(sides: tuple[Path, Path], text: str) -> None:
    (sides[0].parent / RESULT).write_text(text)
    with pytest.raises(UsageError, match=r"ab\.json' (cannot be read|says p=nan).*hi-moe eval ab"):
        p_at_any_time(*sides, 2, 10)
