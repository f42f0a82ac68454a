"""`hi-moe runs` over a real ledger."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from scenario import problem

from hierarchy.ledger import Ledger, RunRecord
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Route

Run = Callable[..., Result]


@pytest.fixture
def recorded(home: Path, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ledger with a finished run and an interrupted one; the id of the finished one."""
    url = f"sqlite:///{home}/ledger.sqlite3"
    monkeypatch.setenv("HI_MOE_LEDGER__URL", url)
    with Ledger.open(url) as ledger:
        for run_id in ("run-0001", "went-away"):
            ledger.begin_run(RunRecord(run_id=run_id, problem=problem(), version="0.1.0", models={"small": "ab" * 32}))
        for number, action in enumerate(("direct", "repair")):
            directive = Directive(action="direct" if action == "direct" else "repair", reason="next", round=number)
            ledger.record_directive("run-0001", directive)
        route = Route(step="solve", shares=(("python", 1),), router="keyword", confidence=0.75)
        ledger.record_route("run-0001", 0, route)
        ledger.record_surprise("run-0001", 0, "predicted 0.90, failed")
        ledger.finish_run("run-0001", outcome)
        ledger.record_attempt("went-away", outcome.attempts[0])
        ledger.interrupt_run("went-away")
    return "run-0001"


def test_list_shows_the_newest_first(run: Run, recorded: str) -> None:
    head, *lines = run("runs", "list").stdout.splitlines()
    assert head.split()[:3] == ["RUN", "BEGUN", "STATUS"]
    assert [line.split()[0] for line in lines] == ["went-away", "run-0001"]
    assert [line.split()[3] for line in lines] == ["interrupted", "verified"]
    assert "Write a function add(a, b)" in lines[0]


def test_list_can_be_narrowed(run: Run, recorded: str) -> None:
    (found,) = json.loads(run("runs", "list", "--status", "interrupted", "--json").stdout)
    assert found["run_id"] == "went-away"
    assert len(json.loads(run("runs", "list", "--limit", "1", "--json").stdout)) == 1
    assert len(json.loads(run("runs", "list", "--limit", str(2**63 - 1), "--json").stdout)) == 2


def test_an_empty_list_names_the_ledger(run: Run, home: Path) -> None:
    result = run("runs", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"no such run in the ledger {home}/data/hi-moe/ledger.sqlite3\n"


def test_show_draws_rounds_attempts_and_the_answer(run: Run, recorded: str) -> None:
    lines = [line.strip(" │├└─") for line in run("runs", "show", recorded).stdout.splitlines()]
    assert lines[0].startswith("run       run-0001, begun 20")
    assert lines[1:] == [
        "problem   add (function, 2 public tests)",
        "statement Write a function add(a, b) that returns the sum of its arguments.",
        "with      hi-moe 0.1.0, seed 0, sandbox none, small (abababababab)",
        "rounds",
        "round 0: direct: next",
        "solve → python (keyword, 75%)",
        "surprise: predicted 0.90, failed",
        "round 1: repair: next",
        "attempts",
        "0.solve.0 python (direct): wrong answer, 1/2 tests, 10 tokens, add(1, 2) gave -1, not 3",
        "1.solve.0 python (repair): accepted, 2/2 tests, 10 tokens  ← the answer",
        "verified  p=0.93  1,200 tokens  2 calls  2 rounds  3.2 s  run run-0001  (2 of 2 public tests pass)",
        "",
        "def add(a, b):",
        "return a + b",
    ]


def test_show_of_a_stopped_run_says_how_to_go_on(run: Run, recorded: str) -> None:
    last = run("runs", "show", "went").stdout.splitlines()[-1]
    assert last == "interrupted, 0 tokens and 0 calls so far; go on with: hi-moe solve --resume went-away"


def test_escape_sequences_of_others_are_written_out(run: Run, home: Path, recorded: str, outcome: Outcome) -> None:
    evil = "\x1b]0;PWNED\x07\x9b2J"
    hostile = problem().model_copy(update={"id": f"id{evil}", "statement": f"Write it {evil}"})
    tried = outcome.attempts[0]
    verdict = tried.verdict.model_copy(update={"failure": None, "detail": evil})
    with Ledger.open(f"sqlite:///{home}/ledger.sqlite3") as ledger:
        ledger.begin_run(RunRecord(run_id="evil-run", problem=hostile))
        ledger.record_directive("evil-run", Directive(action="direct", reason=evil, round=0))
        ledger.record_surprise("evil-run", 0, evil)
        ledger.record_attempt("evil-run", tried.model_copy(update={"verdict": verdict}))
        attempts = (tried.model_copy(update={"verdict": verdict}),)
        made = outcome.model_copy(update={"run_id": "evil-run", "attempts": attempts, "reason": evil})
        ledger.finish_run("evil-run", made.model_copy(update={"selected_id": tried.id}))
    for command in ("list", "show"):
        shown = run("runs", command, *(["evil-run"] if command == "show" else [])).stdout
        assert not {"\x1b", "\x07", "\x9b"} & set(shown)
        assert r"\x1b]0;PWNED\x07\x9b2J" in shown
    line = run("runs", "show", f"no{evil}").stderr
    assert not {"\x1b", "\x07", "\x9b"} & set(line)


def test_show_as_json(run: Run, recorded: str) -> None:
    data = json.loads(run("runs", "show", recorded, "--json").stdout)
    assert data["run"]["outcome"]["status"] == "verified"
    assert [each["id"] for each in data["attempts"]] == ["0.solve.0", "1.solve.0"]


def test_export_of_one_and_of_all(run: Run, recorded: str) -> None:
    one = run("runs", "export", recorded).stdout
    every = run("runs", "export", "--all").stdout
    assert [json.loads(line)["run"]["run_id"] for line in every.splitlines()] == ["run-0001", "went-away"]
    assert every.splitlines()[0] == one.rstrip("\n")
    assert run("runs", "export", recorded, "--out", "one.jsonl").stdout == ""
    assert Path("one.jsonl").read_text() == one
    assert run("runs", "export", "--all", "--out", "all.jsonl").stderr == "2 runs written to all.jsonl\n"
    assert Path("all.jsonl").read_text() == every


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ["show", "run-0002"],
            "there is no run 'run-0002' in the ledger {home}/ledger.sqlite3; did you mean 'run-0001'?",
        ),
        (["show", "zzzz"], "there is no run 'zzzz' in the ledger {home}/ledger.sqlite3; see: hi-moe runs list"),
        (["export"], "give either a RUN or --all; see: hi-moe runs export --help"),
        (["export", "run-0001", "--all"], "give either a RUN or --all; see: hi-moe runs export --help"),
        (["export", "run-0001", "--out", "no/such"], "cannot write 'no/such': No such file or directory; name another"),
        (["list", "--status", "verifed"], "no status 'verifed'; did you mean 'verified'?"),
        (["list", "--status", "zzz"], "no status 'zzz'; there are: verified, agreed, unverified, abstained, running"),
    ],
)
def test_wrong_arguments_are_one_line(
    refused: Callable[..., str], recorded: str, home: Path, arguments: list[str], line: str
) -> None:
    assert refused("runs", *arguments).startswith(line.format(home=home))


@pytest.mark.parametrize("url", ["nonsense", "mysql://db/x", "file:///x", "sqlite:////dev/null"])
def test_a_wrong_address_of_the_ledger_is_wrong_usage(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HI_MOE_LEDGER__URL", url)
    assert "ledger.url" in refused("runs", "list", code=2)
    assert "ledger.url" in refused("solve", "What is 2 + 2?", "--profile", "tiny", code=2)


def test_a_full_disk_is_one_line(refused: Callable[..., str], recorded: str) -> None:
    line = refused("runs", "export", recorded, "--out", "/dev/full", code=4)
    assert line == "disk full while writing the output; free some space and run the command again"


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (
            "UPDATE meta SET value = '99'",
            "the ledger {home}/ledger.sqlite3 has schema version 99, this hi-moe knows up to",
        ),
        ("DROP TABLE meta", "{home}/ledger.sqlite3 is no ledger: it has a table"),
    ],
)
def test_a_ledger_that_is_not_understood_is_one_line(
    refused: Callable[..., str], recorded: str, home: Path, spoil: str, line: str
) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(home / "ledger.sqlite3")) as connection, connection:
        connection.execute(spoil)
    assert refused("runs", "list", code=4).startswith(line.format(home=home))
