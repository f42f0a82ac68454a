"""The selector with the real sandbox; only the model's answers are scripted."""

import ast
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from hierarchy.attempt import Attempt, Candidate, Verdict
from hierarchy.chat import ChatRequest
from hierarchy.judge import Judge, Observation
from hierarchy.problem import FunctionTest, Problem, StdioTest, TestCase
from hierarchy.protocols import ChatModel
from hierarchy.selection import Selection, Selector
from hierarchy.settings import LadderSettings
from hierarchy.usage import Usage
from prompts.loader import Prompt
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Stdin
from serving.scripted import Script, ScriptedEngine


class Models:
    """One engine under every name."""

    def __init__(self, engine: ChatModel) -> None:
        self._engine = engine

    async def get(self, name: str | None = None) -> ChatModel:
        return self._engine


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox(Limits(cpu_seconds=1, wall_seconds=3, output_bytes=100_000)) as box:
        yield Judge(box)


TESTS = (FunctionTest(entry_point="f", args=([3, 1, 2],), expected=3),)
PROBLEM = Problem(
    id="largest",
    statement="def f(xs: list[int]): return the largest element, None for an empty list. f([3, 1, 2]) == 3",
    task="function",
    entry_point="f",
    signature="def f(xs: list[int])",
    public_tests=TESTS,
)
RIGHT = "def f(xs):\n    return max(xs) if xs else None\n"
ALSO_RIGHT = "def f(xs):\n    return max(xs, default=None)\n"
FIRST = "def f(xs):\n    return xs[0] if xs else None\n"
LENGTH = "def f(xs):\n    return len(xs) or None\n"
HANGS = "def f(xs):\n    while len(xs) != 3: pass\n    return max(xs)\n"
CRASHES = "import os\ndef f(xs):\n    return max(xs) if len(xs) == 3 else os._exit(1)\n"
HUGE = "def f(xs):\n    return max(xs) if len(xs) == 3 else 'x' * 10**6\n"
RANDOM = "import random\ndef f(xs):\n    return max(xs) if len(xs) == 3 else random.random()\n"
BROKEN = "def f(xs) return"


def attempt(
    name: str,
    code: str | None,
    *,
    passed: int = 1,
    total: int = 1,
    status: str = "accepted",
    answer: str | None = None,
    logprob: float | None = None,
) -> Attempt:
    candidate = Candidate(
        text=code or answer or "",
        code=code,
        answer=answer,
        specialist="python",
        model="scripted",
        prompt_sha256="0" * 64,
        seed=0,
        temperature=0.8,
        finish_reason="stop",
        mean_logprob=logprob,
        usage=Usage(),
    )
    verdict = Verdict.model_validate({"status": status, "tests_passed": passed, "tests_total": total})
    return Attempt(id=name, round=0, action="sample", candidate=candidate, verdict=verdict)


async def choose(
    judge: Judge,
    attempts: Sequence[Attempt],
    *,
    problem: Problem = PROBLEM,
    checks: Sequence[TestCase] = (),
    replies: Script = (),
    inputs: int = 24,
    questions: int = 0,
) -> tuple[Selection, list[tuple[str, int]]]:
    calls: list[tuple[str, int]] = []

    def on_call(model: ChatModel, prompt: Prompt, usage: Usage, samples: int) -> None:
        calls.append((prompt.name, usage.calls))

    ladder = LadderSettings(selection_inputs=inputs, adjudications=questions)
    selector = Selector(judge, Models(ScriptedEngine(replies)), ladder)
    return await selector.select(problem, attempts, checks, on_call=on_call), calls


async def test_the_behaviour_most_share_wins(judge: Judge) -> None:
    chosen, calls = await choose(judge, [attempt("a", FIRST), attempt("b", RIGHT), attempt("c", ALSO_RIGHT)])
    assert chosen.attempt_id == "b"
    assert chosen.method == "clusters"
    assert chosen.agreement == pytest.approx(2 / 3)
    assert chosen.voters == 3
    assert chosen.cluster_sizes == (2, 1)
    assert chosen.inputs > 0
    assert calls == []


async def test_public_tests_come_before_any_majority(judge: Judge) -> None:
    failed = [attempt(name, FIRST, passed=0, status="wrong_answer") for name in "abc"]
    chosen, _ = await choose(judge, [*failed, attempt("d", RIGHT)])
    assert (chosen.attempt_id, chosen.method, chosen.voters) == ("d", "public_tests", 1)


async def test_when_all_fail_the_closest_compete(judge: Judge) -> None:
    attempts = [
        attempt("a", FIRST, passed=0, total=3, status="wrong_answer"),
        attempt("b", LENGTH, passed=1, total=3, status="wrong_answer"),
        attempt("c", RIGHT, passed=2, total=3, status="wrong_answer"),
        attempt("d", ALSO_RIGHT, passed=2, total=3, status="wrong_answer"),
    ]
    chosen, _ = await choose(judge, attempts)
    assert (chosen.attempt_id, chosen.voters) == ("c", 2)


async def test_without_public_tests_agreement_alone_decides(judge: Judge) -> None:
    problem = PROBLEM.model_copy(update={"public_tests": ()})
    attempts = [
        attempt(name, code, passed=0, total=0) for name, code in zip("abc", (LENGTH, RIGHT, ALSO_RIGHT), strict=True)
    ]
    chosen, _ = await choose(judge, attempts, problem=problem)
    assert chosen.attempt_id == "b"


async def test_a_single_candidate_is_chosen_without_running_anything(judge: Judge) -> None:
    chosen, _ = await choose(judge, [attempt("only", RIGHT)])
    assert (chosen.attempt_id, chosen.method, chosen.agreement, chosen.voters) == ("only", "only_one", 1.0, 1)


async def test_programs_that_differ_in_comments_only_are_one_program(judge: Judge) -> None:
    chosen, _ = await choose(judge, [attempt("a", RIGHT, logprob=-0.5), attempt("b", f"# same\n{RIGHT}", logprob=-0.1)])
    assert (chosen.attempt_id, chosen.agreement, chosen.method) == ("b", 1.0, "likelihood")


@pytest.mark.parametrize("hostile", [HANGS, CRASHES, HUGE, RANDOM], ids=["hangs", "crashes", "huge", "random"])
async def test_candidates_that_misbehave_lose_to_those_that_agree(judge: Judge, hostile: str) -> None:
    attempts = [attempt("x", hostile), attempt("b", RIGHT), attempt("y", f"{hostile}\n\n"), attempt("c", ALSO_RIGHT)]
    chosen, _ = await choose(judge, attempts, inputs=6)
    assert chosen.attempt_id == "b"
    assert 0 < chosen.agreement < 1


async def test_a_slow_program_still_counts_for_what_it_showed(judge: Judge) -> None:
    problem = PROBLEM.model_copy(
        update={"public_tests": (FunctionTest(entry_point="f", args=(5,), expected=25),), "statement": "Square n."}
    )
    slow = "def f(n):\n    while n > 30: pass\n    return n * n\n"
    wrong = "def f(n):\n    return n * 5\n"
    attempts = [attempt("a", wrong), attempt("b", slow), attempt("c", "def f(n):\n    return n ** 2\n")]
    chosen, _ = await choose(judge, attempts, problem=problem, inputs=12)
    assert chosen.attempt_id != "a"


async def test_programs_that_cannot_be_compared_do_not_count_as_agreeing(judge: Judge) -> None:
    problem = PROBLEM.model_copy(update={"public_tests": (), "signature": "def f()", "statement": "Write it."})
    attempts = [attempt("a", RIGHT), attempt("b", FIRST), attempt("c", RIGHT), attempt("d", LENGTH)]
    chosen, _ = await choose(judge, attempts, problem=problem)
    assert (chosen.attempt_id, chosen.method, chosen.agreement) == ("a", "likelihood", 0.5)
    assert "2 are the same program" in chosen.reason


async def test_when_every_candidate_misbehaves_there_is_still_an_answer(judge: Judge) -> None:
    attempts = [attempt("x", CRASHES, logprob=-2.0), attempt("y", BROKEN, logprob=-1.0), attempt("z", "1/0")]
    chosen, _ = await choose(judge, attempts, inputs=4)
    assert chosen.attempt_id == "y"
    assert chosen.method == "likelihood"


async def test_attempts_without_a_program_come_last(judge: Judge) -> None:
    chosen, _ = await choose(
        judge,
        [attempt("a", None, passed=0, status="compile_error"), attempt("b", FIRST, passed=0, status="time_limit")],
    )
    assert chosen.attempt_id == "b"


async def test_nothing_but_attempts_without_a_program(judge: Judge) -> None:
    attempts = [attempt(name, None, passed=0, status="compile_error") for name in "ab"]
    chosen, _ = await choose(judge, attempts)
    assert chosen.attempt_id == "a"


async def test_the_architects_checks_weigh_clusters(judge: Judge) -> None:
    checks = (
        FunctionTest(entry_point="f", args=([1, 5],), expected=5),
        FunctionTest(entry_point="f", args=([2, 9, 4],), expected=9),
        FunctionTest(entry_point="f", args=([7, 8],), expected=8),
    )
    attempts = [attempt("a", FIRST), attempt("b", f"{FIRST}\nx = 1\n"), attempt("c", RIGHT)]
    plain, _ = await choose(judge, attempts)
    weighed, _ = await choose(judge, attempts, checks=checks)
    assert plain.attempt_id == "a"
    assert weighed.attempt_id == "c"
    assert weighed.usage.sandbox_seconds > 0


async def test_a_program_is_compared_on_varied_sample_input(judge: Judge) -> None:
    problem = Problem(
        id="sum",
        statement="Print the sum.",
        task="program",
        public_tests=(StdioTest(stdin="3\n1 2 3\n", stdout="6\n"),),
    )
    total = "input()\nprint(sum(map(int, input().split())))\n"
    also = "n = int(input())\nxs = list(map(int, input().split()))\nprint(sum(xs[:n]))\n"
    fixed = "print(6)\n"
    attempts = [attempt("a", fixed), attempt("b", total), attempt("c", also)]
    chosen, _ = await choose(judge, attempts, problem=problem, inputs=5)
    assert (chosen.attempt_id, chosen.cluster_sizes) == ("b", (2, 1))


def knows_the_answer(request: ChatRequest, index: int) -> str:
    call = request.messages[-1].content.rsplit(">>> f(", 1)[1].split(")")[0]
    return repr(max(ast.literal_eval(call), default=None))


async def test_the_model_settles_what_the_clusters_leave_open(judge: Judge) -> None:
    attempts = [attempt("a", FIRST), attempt("b", f"{FIRST}\nx = 1\n"), attempt("c", RIGHT)]
    settled, calls = await choose(judge, attempts, replies=knows_the_answer, questions=3)
    assert (settled.attempt_id, settled.method) == ("c", "adjudicated")
    assert settled.agreement == pytest.approx(1 / 3)
    assert "sides with" in settled.reason
    assert calls == [("adjudicate", 1)] * 3
    assert settled.usage.calls == 3


async def test_answers_that_say_nothing_leave_the_majority_in_place(judge: Judge) -> None:
    attempts = [attempt("a", FIRST), attempt("b", f"{FIRST}\nx = 1\n"), attempt("c", RIGHT)]
    settled, calls = await choose(judge, attempts, replies=lambda request, index: "who knows", questions=2)
    assert (settled.attempt_id, settled.method, len(calls)) == ("a", "clusters", 2)


async def test_where_all_behave_alike_nothing_is_asked(judge: Judge) -> None:
    settled, calls = await choose(judge, [attempt("a", RIGHT), attempt("b", ALSO_RIGHT)], questions=3)
    assert (settled.agreement, calls) == (1.0, [])


async def test_final_answers_are_put_to_a_vote(judge: Judge) -> None:
    problem = Problem(id="m", statement="What is 1/2?", task="math")
    answers = ["3", "\\frac{1}{2}", "0.5"]
    attempts = [attempt(str(index), None, total=0, passed=0, answer=text) for index, text in enumerate(answers)]
    chosen, _ = await choose(judge, attempts, problem=problem)
    assert (chosen.attempt_id, chosen.method, chosen.voters) == ("1", "answers", 3)
    assert chosen.cluster_sizes == (2, 1)


async def test_no_final_answer_at_all(judge: Judge) -> None:
    problem = Problem(id="m", statement="What is 1/2?", task="math")
    chosen, _ = await choose(judge, [attempt("a", None, status="compile_error")], problem=problem)
    assert (chosen.attempt_id, chosen.voters, chosen.agreement) == ("a", 0, 0.0)


async def test_nothing_to_select_from_is_an_error(judge: Judge) -> None:
    with pytest.raises(ValueError, match="no attempt"):
        await choose(judge, [])


async def test_comparing_is_bounded_and_never_more_loosely_than_judging(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Limits | None] = []
    observe = judge.observe

    async def spied(
        problem: Problem, code: str, inputs: Sequence[Call | Stdin], limits: Limits | None = None
    ) -> tuple[Observation, ...]:
        given.append(limits)
        return await observe(problem, code, inputs, limits)

    monkeypatch.setattr(judge, "observe", spied)
    await choose(judge, [attempt("a", FIRST), attempt("b", RIGHT)])
    assert [(limits.cpu_seconds, limits.wall_seconds) for limits in given if limits] == [(1.0, 3.0)] * 2


async def test_a_failure_of_the_sandbox_says_nothing_about_a_candidate(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe = judge.observe
    failures = 0

    async def failing(
        problem: Problem, code: str, inputs: Sequence[Call | Stdin], limits: Limits | None = None
    ) -> tuple[Observation, ...]:
        nonlocal failures
        seen = await observe(problem, code, inputs, limits)
        if code != FIRST:
            return seen
        failures += 1
        return tuple(replace(one, status="not_run", error_type="infrastructure") for one in seen)

    monkeypatch.setattr(judge, "observe", failing)
    chosen, _ = await choose(judge, [attempt("a", FIRST), attempt("b", RIGHT), attempt("c", ALSO_RIGHT)])
    assert failures == 2, "asked again once"
    assert (chosen.attempt_id, chosen.voters) == ("b", 2)
