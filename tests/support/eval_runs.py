"""A small run's folder that looks like a real one, for tests of what reads runs: written with the real writer."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from evals.manifest import Manifest, Session, SetInfo
from evals.sample import CellError, Grade, ItemFacts, Sample
from evals.store import RunFolder
from hierarchy.attempt import Action, Attempt, Candidate, Failure, Status, Verdict
from hierarchy.errors import InfrastructureError
from hierarchy.events import Tier
from hierarchy.ledger.records import ModelCall
from hierarchy.usage import Usage

MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
_SHA = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


class _Template(NamedTuple):
    statement: str
    family: str
    difficulty: str
    right: str
    wrong: str
    call: str
    expected: str
    actual: str


_TEMPLATES = (
    _Template(
        "Write a function `count_vowels(text)` that returns how many of the letters a, e, i, o, u `text` holds,\n"
        "capital letters included.\n\n>>> count_vowels('Orchard')\n2\n",
        "python",
        "easy",
        "def count_vowels(text: str) -> int:\n    return sum(letter in 'aeiou' for letter in text.lower())\n",
        "def count_vowels(text: str) -> int:\n    return sum(letter in 'aeiou' for letter in text)\n",
        "count_vowels('AEon')",
        "3",
        "1",
    ),
    _Template(
        "Given a list of day temperatures and a length `k`, return the warmest mean over `k` days in a row, or None\n"
        "when there are fewer than `k` days. Write `warmest(days, k)`.\n",
        "algorithms",
        "medium",
        "def warmest(days, k):\n    if k <= 0 or len(days) < k:\n        return None\n"
        "    total = best = sum(days[:k])\n    for old, new in zip(days, days[k:]):\n"
        "        total += new - old\n        best = max(best, total)\n    return best / k\n",
        "def warmest(days, k):\n    best = 0\n    for i in range(len(days) - k + 1):\n"
        "        best = max(best, sum(days[i:i + k]))\n    return best / k\n",
        "warmest([-3, -1, -2], 2)",
        "-1.5",
        "0.0",
    ),
    _Template(
        "This function should return the second largest *distinct* number, but it does not. Fix it.\n\n"
        "```python\ndef second(numbers):\n    return sorted(numbers)[-2]\n```\n",
        "debugging",
        "easy",
        "def second(numbers):\n    return sorted(set(numbers))[-2]\n",
        "def second(numbers):\n    return sorted(numbers, reverse=True)[1]\n",
        "second([7, 7, 3])",
        "3",
        "7",
    ),
    _Template(
        "Design a class `Shelf` with `put(key, value)` and `take(key)`, which removes and returns the value that was\n"
        "put last under `key`, or None.\n",
        "data_structures",
        "hard",
        "class Shelf:\n    def __init__(self):\n        self._piles = {}\n\n    def put(self, key, value):\n"
        "        self._piles.setdefault(key, []).append(value)\n\n    def take(self, key):\n"
        "        pile = self._piles.get(key)\n        return pile.pop() if pile else None\n",
        "class Shelf:\n    def __init__(self):\n        self._piles = {}\n\n    def put(self, key, value):\n"
        "        self._piles[key] = value\n\n    def take(self, key):\n        return self._piles.pop(key, None)\n",
        "Shelf: put('a', 1); put('a', 2); take('a'); take('a')",
        "1",
        "None",
    ),
)


def code_of(index: int, right: bool) -> str:
    """The program that item `index` of a written run is answered with."""
    template = _TEMPLATES[index % len(_TEMPLATES)]
    return template.right if right else template.wrong


def write_run(
    folder: Path,
    cells: str | Sequence[str] = "1101101011",
    *,
    solver: str = "hierarchy",
    seed: int = 0,
    tokens: int = 200,
    statement: str | None = None,
    solution: str | None = None,
) -> Path:
    """Write a run and return its folder.

    `cells` has one character an item: `1` right, `0` wrong, `u` not graded, `i` the grading failed on our side,
    `e` the cell failed on our side, `-` not run yet; several such texts are several samples an item. The solver
    `hierarchy` tries again where a first candidate fails; any other makes one call. A candidate costs about `tokens`
    completion tokens. `statement` and `solution` replace those of every item, for hostile ones.
    """
    samples = [cells] if isinstance(cells, str) else list(cells)
    ids = [f"demo/{index:03}" for index in range(len(samples[0]))]
    manifest = Manifest(
        set=SetInfo(name="demo", sha256="5e7" + "0" * 61, source="path demo.jsonl", items=tuple(ids)),
        solver=solver,
        parameters={"temperature": 0.0 if len(samples) == 1 else 0.8},
        n=len(samples),
        seed=seed,
        settings={"budget": {"tokens": 20_000}, "engine": {"context_tokens": 4096}},
        models={MODEL: _SHA},
        prompts={"fleet/code@3": "ab" * 32, "dispatcher/route@1": "cd" * 32},
        sessions=(
            Session(
                started="2026-11-21T19:30:00Z",
                machine={"processor": "Xeon", "cores": "2", "memory": "23 GiB", "python": "3.11.7"},
                hi_moe="0.1.0 4dec773a9d6fd4650af27c8e835cd1dcc4298cea+",
                isolation="pool",
            ),
        ),
    )
    with RunFolder(folder).writing() as writer:
        writer.begin(manifest, (_facts(index, item_id, statement) for index, item_id in enumerate(ids)))
        for number, line in enumerate(samples):
            for index, cell in enumerate(line):
                if cell == "e":
                    writer.error(
                        CellError(task_id=ids[index], sample=number, error="the engine stopped: exit code 137")
                    )
                elif cell != "-":
                    sample = _sample(ids[index], index, number, cell != "0", solver, tokens, solution)
                    writer.sample(sample)
                    if cell == "i":
                        why = InfrastructureError(f"{sample.task_id!r} could not be graded: the sandbox broke")
                        writer.error(CellError.of_grading(sample, why))
                    elif cell != "u":
                        writer.grade(_grade(sample, index, cell == "1"))
    return folder


def _facts(index: int, item_id: str, statement: str | None) -> ItemFacts:
    template = _TEMPLATES[index % len(_TEMPLATES)]
    return ItemFacts(
        id=item_id,
        statement=template.statement if statement is None else statement,
        task="function",
        family=template.family,
        difficulty=template.difficulty,
        tags=("strings",) if template.family == "python" else ("lists",),
        facts={"origin": "demo"},
    )


def _sample(
    item_id: str, index: int, number: int, right: bool, solver: str, tokens: int, solution: str | None
) -> Sample:
    attempts = _attempts(index, number, right, solver == "hierarchy", tokens, solution)
    calls = tuple(_calls(attempts, solver == "hierarchy"))
    usage = sum((call.usage for call in calls), Usage()) + Usage(sandbox_seconds=0.02 * len(attempts))
    chosen = attempts[-1]
    return Sample(
        task_id=item_id,
        sample=number,
        solution=chosen.candidate.code or "",
        completion=chosen.candidate.code or "",
        key=f"{index:032x}{number:032x}",
        seed=number,
        status="verified" if chosen.verdict.solved else "unverified",
        p_correct=0.82 if chosen.verdict.solved else 0.31,
        text=chosen.candidate.text,
        reason="every public test passed" if chosen.verdict.solved else "the ladder has no rung left",
        selected_id=chosen.id,
        attempts=attempts,
        calls=calls,
        usage=usage,
        rounds=chosen.round + 1,
        seconds=round(usage.model_seconds + usage.sandbox_seconds, 3),
        run_id=f"run-{index:04}-{number}",
    )


def _attempts(
    index: int, number: int, right: bool, ladder: bool, tokens: int, solution: str | None
) -> tuple[Attempt, ...]:
    """One attempt; or, for every other item of a ladder, a wrong one, two samples, and a repair of the first."""
    last: Status = "accepted" if right or (index + number) % 3 == 0 else "wrong_answer"
    if not ladder or index % 2 == 0:
        return (_attempt("0.solve.0", None, "direct", index, right, last, tokens, solution),)
    return (
        _attempt("0.solve.0", None, "direct", index, False, "wrong_answer", tokens, solution),
        _attempt("1.solve.0", None, "sample", index, False, "runtime_error", tokens + 20, solution),
        _attempt("1.solve.1", None, "sample", index, index % 4 == 1, "wrong_answer", tokens - 10, solution),
        _attempt("2.solve.0", "0.solve.0", "repair", index, right, last, tokens + 40, solution),
    )


def _attempt(
    attempt_id: str,
    parent: str | None,
    action: Action,
    index: int,
    right: bool,
    status: Status,
    tokens: int,
    solution: str | None,
) -> Attempt:
    template = _TEMPLATES[index % len(_TEMPLATES)]
    code = solution if solution is not None else template.right if right else template.wrong
    failure = Failure(test_index=0, input=template.call, expected=template.expected, actual=template.actual)
    return Attempt(
        id=attempt_id,
        parent_id=parent,
        round=int(attempt_id[0]),
        action=action,
        candidate=Candidate(
            text=f"```python\n{code}```",
            code=code,
            specialist=template.family if action != "sample" else "general",
            model=MODEL,
            prompt_sha256="ab" * 32,
            seed=0,
            temperature=0.8 if action == "sample" else 0.0,
            finish_reason="stop",
            mean_logprob=-0.12,
            usage=Usage(prompt_tokens=150, completion_tokens=tokens + 7 * index, calls=1, model_seconds=tokens / 20),
        ),
        verdict=Verdict(
            status=status,
            tests_passed=2 if status == "accepted" else 1,
            tests_total=2,
            failure=None if status == "accepted" else failure,
            isolation="pool",
            sandbox_seconds=0.02,
        ),
    )


def _calls(attempts: tuple[Attempt, ...], ladder: bool) -> list[ModelCall]:
    def call(call_id: str, tier: Tier, specialist: str | None, usage: Usage) -> ModelCall:
        name = "dispatcher/route" if tier == "dispatcher" else "fleet/code"
        return ModelCall(
            call_id=call_id,
            tier=tier,
            specialist=specialist,
            model=MODEL,
            prompt=name,
            prompt_version="1",
            prompt_sha256="ab" * 32,
            usage=usage,
        )

    calls = [
        call(f"{each.round}.fleet.{place}", "fleet", each.candidate.specialist, each.candidate.usage)
        for place, each in enumerate(attempts)
    ]
    if ladder:
        asked = Usage(prompt_tokens=300, completion_tokens=12, calls=1, model_seconds=0.9, queue_seconds=0.1)
        calls.insert(0, call("0.dispatcher.0", "dispatcher", None, asked))
    return calls


def _grade(sample: Sample, index: int, passed: bool) -> Grade:
    template = _TEMPLATES[index % len(_TEMPLATES)]
    return Grade(
        task_id=sample.task_id,
        sample=sample.sample,
        key=sample.key,
        passed=passed,
        base=passed or index % 3 == 0,
        status="accepted" if passed else "wrong_answer",
        detail="" if passed else "1 of 40 hidden tests failed",
        failure=None
        if passed
        else Failure(test_index=3, input=template.call, expected=template.expected, actual=template.actual),
        candidates={each.id: each.candidate.code == template.right for each in sample.attempts},
        seconds=0.05,
    )
