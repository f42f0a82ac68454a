"""Samples files of three kinds are read, and whatever is wrong in one is said with its line."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evals.formats import completion_of, read_samples
from evals.item import AnswerCheck, InputsCheck, Item, TestsCheck
from evals.sample import Sample
from hierarchy.errors import UsageError
from hierarchy.problem import Problem

PROMPT = 'def double(a):\n    """Twice a."""\n'
CHECK = InputsCheck("double", PROMPT + "    return a * 2\n", base=((1,),))
ITEMS = [Item(Problem(id=f"T/{n}", statement=PROMPT, task="function", entry_point="double"), CHECK) for n in range(3)]
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write lines, objects as JSON, into a samples file."""

    def make(*lines: object, name: str = "samples.jsonl") -> Path:
        path = tmp_path / name
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        data = b"".join(text + b"\n" for text in texts)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return make


def read(path: Path, skip_unknown: bool = False) -> list[Sample]:
    return read_samples(path, ITEMS, "tiny", skip_unknown=skip_unknown).samples


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_a_solution_is_the_whole_program(write: Write, name: str) -> None:
    (sample,) = read(write({"task_id": "T/1", "solution": "x = 1", "_identifier": "kept by others"}, name=name))
    assert (sample.task_id, sample.sample, sample.solution) == ("T/1", 0, "x = 1")
    assert sample.completion == "\nx = 1"


def test_a_completion_stands_behind_the_prompt(write: Write) -> None:
    (sample,) = read(write({"task_id": "T/1", "completion": "    return 2 * a\n"}))
    assert sample.solution == PROMPT + "    return 2 * a\n"
    assert sample.completion == "    return 2 * a\n"


def test_behind_a_statement_in_prose_stands_a_whole_program(write: Write) -> None:
    item = Item(Problem(id="P/1", statement="Read n and print it twice.", task="program"), TestsCheck(()))
    path = write({"task_id": "P/1", "completion": "\nprint(2 * input())\n"})
    (sample,) = read_samples(path, [item], "prose").samples
    assert sample.solution == "\nprint(2 * input())\n"


@pytest.mark.parametrize("field", ["solution", "completion"])
@pytest.mark.parametrize(
    ("text", "answer"), [("4", "4"), ("So 2 + 2 is 4, or \\boxed{\\frac{8}{2}}.", "\\frac{8}{2}"), ("x = 4", "x = 4")]
)
def test_an_answer_is_what_was_written_or_its_box(write: Write, field: str, text: str, answer: str) -> None:
    item = Item(Problem(id="M/1", statement="What is 2 + 2?", task="math"), AnswerCheck("4"))
    (sample,) = read_samples(write({"task_id": "M/1", field: text}), [item], "sums").samples
    assert (sample.solution, sample.text) == (answer, text)


def test_of_both_the_solution_counts_as_in_evalplus(write: Write) -> None:
    (sample,) = read(write({"task_id": "T/1", "completion": "    pass\n", "solution": "x = 1"}))
    assert sample.solution == "x = 1"


def test_samples_of_one_task_are_numbered_in_their_order(write: Write) -> None:
    lines = [{"task_id": task, "solution": text} for task, text in (("T/1", "a"), ("T/0", "b"), ("T/1", "c"))]
    assert [(s.task_id, s.sample, s.solution) for s in read(write(*lines))] == [
        ("T/1", 0, "a"),
        ("T/0", 0, "b"),
        ("T/1", 1, "c"),
    ]


def test_our_own_lines_keep_what_they_say(write: Write) -> None:
    ours = Sample(task_id="T/2", sample=4, solution="x", key="k", seed=7)
    assert read(write(ours.model_dump(mode="json"))) == [ours]


def test_a_folder_of_evalplus_has_a_program_for_each_sample(tmp_path: Path) -> None:
    for name, text in (("T_1/10.py", "ten"), ("T_1/2.py", "two"), ("T_0/0.py", "zero"), ("T_0/notes.txt", "no")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    found = [(s.task_id, s.sample, s.solution) for s in read(tmp_path)]
    assert found == [("T/0", 0, "zero"), ("T/1", 0, "two"), ("T/1", 1, "ten")]


def test_a_program_of_a_folder_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "T_1").mkdir()
    (tmp_path / "T_1" / "0.py").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UsageError, match=r"T_1/0\.py: cannot be read"):
        read(tmp_path)


OURS = Sample(task_id="T/1", solution="x").model_dump(mode="json")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([{"task_id": "T/0", "solution": ""}, {"task_id": "T/11", "solution": ""}], r"jsonl:2: .*'T/11'; did you mean"),
        ([{"task_id": "other", "solution": ""}], r"no item 'other'; its ids are like 'T/0'.*--skip-unknown"),
        ([OURS, OURS], r"jsonl:2: sample 0 of 'T/1' is there twice"),
        ([{"solution": ""}], r"jsonl:1: no field 'task_id'"),
        ([{"task_id": "T/0"}], r"jsonl:1: no field 'solution' and no 'completion'"),
        ([{"task_id": "T/0", "solution": ["a", "b"]}], r"'solution' is a list and no text"),
        ([{"task_id": "T/0", "completion": "", "sample": "b"}], r"jsonl:1: 'sample' is 'b'"),
        ([{"task_id": "T/0", "completion": "", "sample": -1}], r"jsonl:1: 'sample' is -1; .* 0 or more"),
        ([{"task_id": "T/0", "sample": 0}], r"jsonl:1: no field 'solution' and no 'completion'"),
        ([{"task_id": 3, "solution": ""}], r"'task_id' is int and no text"),
        ([{**OURS, "sample": "first"}], r"jsonl:1: 'sample': .*integer"),
        ([{**OURS, "sample": -1}], r"jsonl:1: 'sample': .*greater than or equal to 0"),
        ([{"task_id": "T/0", "solution": ""}, b'{"task_id": "T/'], r"jsonl:2: broken JSON"),
        ([{"task_id": "T/0", "solution": ""}, b'{"task_id": "\xff"}'], r"jsonl:2: broken JSON: 'utf-8'"),
        ([b"[1, 2]"], r"no list of objects"),
        ([b"7"], r"jsonl:1: no JSON object"),
        ([b"", b" "], r"is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(write: Write, lines: list[object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(write(*lines))


def test_samples_of_unknown_items_can_be_left_out(write: Write) -> None:
    path = write({"task_id": "X/1", "solution": "a"}, {"task_id": "T/0", "solution": "b"})
    found = read_samples(path, ITEMS, "tiny", skip_unknown=True)
    assert [sample.solution for sample in found.samples] == ["b"]
    assert found.skipped == {"X/1": 1}


def test_nothing_left_is_an_error(write: Write) -> None:
    with pytest.raises(UsageError, match="1 sample of no item of 'tiny': there is nothing to grade"):
        read(write({"task_id": "X/1", "solution": "a"}), skip_unknown=True)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no samples file"):
        read(tmp_path / "none.jsonl")


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "loop.jsonl"
    path.symlink_to(path)
    with pytest.raises(UsageError, match="cannot read"):
        read(path)


def test_a_completion_is_what_the_prompt_lacks() -> None:
    assert completion_of(PROMPT, PROMPT + "    return a\n") == "    return a\n"
    assert completion_of(PROMPT, "def double(a): return a") == "\ndef double(a): return a"


def test_others_may_number_their_samples(write: Write) -> None:
    rows = [{"task_id": "T/1", "completion": "    return 2 * a\n", "sample": number} for number in (4, 2)]
    found = read(write(*rows))
    assert [(sample.sample, sample.solution) for sample in found] == [(4, found[0].solution), (2, found[0].solution)]
    assert found[0].solution == PROMPT + "    return 2 * a\n"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("16 - 3 - 4 = 9, and 9 * 2 = 18.\n#### 18", "18"),
        ("#### 18", "18"),
        ("The answer is 18.", "18"),
        ("**Answer:** 18", "18"),
        ("She sells 9 eggs.\nThat makes 9 * 2 = $18 a day.", "18"),
        ("So \\boxed{18}, after 3 days.", "18"),
        ("\\frac{9}{2}", "\\frac{9}{2}"),
        ("x = 18", "x = 18"),
    ],
)
def test_the_answer_is_found_in_what_others_wrote(write: Write, text: str, answer: str) -> None:
    item = Item(Problem(id="g/1", statement="How much?", task="math"), AnswerCheck("18"))
    (sample,) = read_samples(write({"task_id": "g/1", "completion": text}), [item], "gsm8k").samples
    assert (sample.solution, sample.text) == (answer, text)
