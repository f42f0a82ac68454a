"""`hi-moe eval ab`: two arms over the small real model."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from evals.store import RunFolder
from hierarchy.errors import InfrastructureError

Run = Callable[..., Result]
Refused = Callable[..., str]
SHORT = "[engine]\nmax_tokens = 24\n"


@pytest.fixture(autouse=True)
def problems(home: Path) -> None:
    Path("short.toml").write_text('profile = "tiny"\n' + SHORT)
    rows = [{"id": f"s{n}", "statement": f"What is {n} plus {n}?", "task": "math", "answer": "x"} for n in range(8)]
    Path("sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def ab(*arguments: str) -> list[str]:
    return [
        "eval",
        "ab",
        "--set",
        "sums.jsonl",
        "--config",
        "short.toml",
        "--solver",
        "direct",
        "--out",
        "ab",
        *arguments,
    ]


ARMS = ("--a", "solver=direct", "--b", "solver=specialist:math")


def test_both_sides_are_runs_and_the_verdict_is_said(run: Run) -> None:
    done = run(*ab(*ARMS))
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("not enough items to tell after ")
    assert "next: hi-moe eval compare ab/a ab/b" in done.stdout
    stored = json.loads(Path("ab/ab.json").read_text())
    assert stored["verdict"] in done.stdout
    assert RunFolder(Path("ab/a")).manifest().solver == "direct"
    assert RunFolder(Path("ab/b")).manifest().solver == "specialist:math"
    # Eight wins in a row are the fewest that can settle it: after a first item that neither solves seven are left.
    assert stored["compared"] == 1
    assert "p=1 at any time" in run("eval", "compare", "ab/a", "ab/b").stdout


def test_it_goes_on_with_resume_only(run: Run, refused: Refused) -> None:
    assert "'ab' holds no A/B to go on with" in refused(*ab(*ARMS, "--resume"))
    first = run(*ab(*ARMS, "--json"))
    assert "already holds a run" in refused(*ab(*ARMS))
    again = run(*ab(*ARMS, "--json", "--resume"))
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert "another configuration" in refused(*ab("--a", "solver=best-of-n", *ARMS[2:], "--resume"))


def test_the_error_rate_stays_what_it_was_begun_with(run: Run, refused: Refused) -> None:
    run(*ab(*ARMS))
    other = refused(*ab(*ARMS, "--resume", "--alpha", "0.2"))
    assert "was begun with --alpha 0.05, and an error rate is kept only when it stays" in other
    Path("ab/ab.json").write_text("{")
    assert "ab.json' cannot be read" in refused(*ab(*ARMS, "--resume"))


def test_an_ab_that_is_stopped_says_how_far_it_came(run: Run) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evals.ab.Standing.add", _stop)
        assert run(*ab(*ARMS)).exit_code != 0
    begun = json.loads(Path("ab/ab.json").read_text())
    assert (begun["alpha"], begun["compared"], begun["decision"]) == (0.05, 0, "go_on")


def _stop(*_: object) -> None:
    raise InfrastructureError("no power")


def test_equal_arms_are_refused_and_begin_nothing(refused: Refused) -> None:
    assert "both arms are the same" in refused(*ab("--a", "solver=direct", "--b", "ladder.samples=4"))
    assert not Path("ab").exists()


def test_too_few_items_are_refused_before_any_work(refused: Refused) -> None:
    line = refused(*ab(*ARMS, "--limit", "7"))
    assert "7 items cannot settle it at alpha 0.05, whatever they show: at least 8 are needed" in line
    assert not Path("ab/a/run.json").exists()


def test_a_set_that_changed_is_said(run: Run) -> None:
    for answer in "12":
        Path("rows.jsonl").write_text(json.dumps({"question": "How many?", "answer": f"#### {answer}"}) + "\n")
        done = run(*ab(*ARMS, "--set", "gsm8k", "--set-file", "rows.jsonl"))
    assert done.stderr.startswith("warning: file of 'gsm8k' changed since ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--a", "bigger", "--b", "tiny"), "'bigger' is no profile"),
        (("--a", "tiny,no.gguf", "--b", "tiny"), "no.gguf"),
        (("--a", "tiny", "--b", "no.toml"), "there is no settings file 'no.toml'"),
        ((*ARMS, "--alpha", "1.5"), "--alpha"),
        ((*ARMS, "--ids", "s9"), "no item 's9'"),
    ],
)
def test_what_is_wrong_is_one_line(refused: Refused, run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*ab(*arguments))
    assert result.exit_code in (2, 3)
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
