"""What can be wrong with a problem before anything is begun: one line each, and nothing on stdout."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from hi_moe.cli.statements import examples, read
from hierarchy.errors import UsageError
from hierarchy.intake import describe

Run = Callable[..., Result]
Refused = Callable[..., str]
ONE_OF = "give one of TEXT, -, --file, --example, --resume; see: hi-moe solve --help"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], f"there is no problem to solve; {ONE_OF}"),
        (["a text", "--file", "x.json"], f"TEXT and --file exclude each other; {ONE_OF}"),
        (["-", "--resume", "abcd"], f"TEXT and --resume exclude each other; {ONE_OF}"),
        (["", "--example", "x"], f"TEXT and --example exclude each other; {ONE_OF}"),
        (["one", "two"], "Got unexpected extra argument (two); see: hi-moe solve --help"),
        ([""], "the statement from 'argument' is empty;"),
        ([" \n\t"], "the statement from 'argument' is empty;"),
        (["--file", "nope.json"], "there is no file 'nope.json'"),
        (["--file", "."], "'.' is a folder"),
        (["--example", "no_such"], "no example 'no_such'; there are:"),
        (["x", "--profile", "embeded"], "unknown profile 'embeded' (flag --profile); did you mean 'embedded'?"),
        (["x", "--budget-tokens", "0"], "flag --budget-tokens: budget.tokens = 0 is not possible; it must be"),
        (["x", "--budget-seconds", "-1"], "flag --budget-seconds: budget.wall_seconds = -1.0 is not possible; it must"),
        (["x", "--budget-seconds", "nan"], "flag --budget-seconds: budget.wall_seconds = nan is not possible; it must"),
        (["x", "--budget-seconds", "inf"], "Invalid value for '--budget-seconds': inf is not in the range x<="),
        (["x", "--budget-tokens", "9" * 20], "Invalid value for '--budget-tokens': 99999999999999999999 is not in the"),
        (["x", "--budget-calls", "9" * 20], "Invalid value for '--budget-calls': 99999999999999999999 is not in the"),
        (["x", "--budget-rounds", "9" * 20], "Invalid value for '--budget-rounds': 99999999999999999999 is not in the"),
        (["x", "--samples", "9" * 20], "Invalid value for '--samples': 99999999999999999999 is not in the"),
        (["x", "--seed", "9" * 20], "Invalid value for '--seed': 99999999999999999999 is not in the"),
        (
            ["x", "--confidence", "nan"],
            "flag --confidence: ladder.confidence = nan is not possible; it must",
        ),
        (["x", "--seed", "-1"], "flag --seed: seed = -1 is not possible; it must be an integer, at least 0"),
        (["x", "--seed", "one"], "Invalid value for '--seed': 'one' is not a valid integer; see: hi-moe solve --help"),
        (
            ["x", "--samples", "65"],
            "flag --samples: ladder.samples = 65 is not possible; it must be an integer, at least",
        ),
        (
            ["x", "--confidence", "1.5"],
            "flag --confidence: ladder.confidence = 1.5 is not possible; it must be a number",
        ),
    ],
)
def test_wrong_arguments(refused: Refused, arguments: list[str], line: str) -> None:
    assert refused("solve", *arguments).startswith(line)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "the statement from 'stdin' is empty;"),
        (b" \n ", "the statement from 'stdin' is empty;"),
        (b"caf\xe9", "'stdin' is not UTF-8: byte 0xe9 at offset 3;"),
        (b"a\0b", "the statement from 'stdin' has a NUL byte at character 1;"),
        (b'{"statement": 1}', "stdin: 'statement' must be text, not int"),
    ],
)
def test_wrong_stdin(refused: Refused, data: bytes, line: str) -> None:
    assert refused("solve", "-", stdin=data).startswith(line)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("p.json", '{"statement": "x",}', "p.json:1:"),
        ("p.json", '{"statment": "x"}', "p.json: unknown key 'statment'; did you mean 'statement'?"),
        ("p.json", "[]", "'p.json' holds an empty list;"),
        ("p.jsonl", '{"statement": "x"}\n{"statement": ', "p.jsonl:2:"),
        ("p.jsonl", '{"statement": "x", "id": "a"}\n{"statement": "y", "id": "a"}', "p.jsonl:2: duplicate id 'a'"),
        ("p.jsonl", "", "'p.jsonl' is empty;"),
        ("p.txt", "\n", "the statement from 'p.txt' is empty;"),
        (
            "p.json",
            '{"statement": "def f(x): ...", "entry_point": "f", '
            '"public_tests": [{"kind": "function", "entry_point": "g", "args": [1], "expected": 2}]}',
            "p.json: ",
        ),
    ],
)
def test_wrong_files(refused: Refused, name: str, text: str, line: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    assert refused("solve", "--file", name).startswith(line)


def test_a_file_that_is_not_utf8(refused: Refused) -> None:
    Path("p.json").write_bytes(b'{"statement": "caf\xe9"}')
    assert refused("solve", "--file", "p.json").startswith("'p.json' is not UTF-8: byte 0xe9 at offset 18;")


def test_a_file_given_as_the_statement_is_pointed_out(refused: Refused) -> None:
    Path("p.json").write_text('{"statement": "x"}')
    line = refused("solve", "p.json")
    assert line == "'p.json' is a file, not a statement; solve what is in it with: hi-moe solve --file p.json"


def test_a_terminal_is_told_how_to_end_the_statement(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(io.BytesIO(b"What is 2 + 2?")))
    (problem,) = read("-", None, None)
    assert (problem.statement, problem.source) == ("What is 2 + 2?", "stdin")
    assert capsys.readouterr().err.startswith("reading the statement from the terminal; end it with Ctrl-D")


def test_a_stdin_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match=r"^stdin is closed; give the statement as TEXT, or with --file$"):
        read("-", None, None)
    with open("p.txt", "wb") as written:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(written))
        with pytest.raises(UsageError, match=r"^stdin cannot be read \(.*\); give the statement"):
            read("-", None, None)


def test_a_text_that_is_no_file_is_a_statement() -> None:
    (problem,) = read("hello", None, None)
    assert (problem.statement, problem.source) == ("hello", "argument")
    assert read("x" * 5000, None, None)[0].statement == "x" * 5000


def test_every_shipped_example_that_asks_for_code_has_tests(run: Run) -> None:
    listed = run("solve", "--example", "list")
    assert listed.exit_code == 0
    assert listed.stdout.split() == examples()
    for name in examples():
        (problem,) = read(None, None, name)
        assert problem.public_tests or not problem.is_code, describe(problem)
