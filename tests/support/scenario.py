"""Plain values for policy tests: problems, attempts and states of a run, made in one line each."""

from hierarchy.attempt import Action, Attempt, Candidate, Failure, Status, Verdict
from hierarchy.plan import Directive, Plan
from hierarchy.problem import FunctionTest, Problem, Task
from hierarchy.settings import LadderSettings, Policy
from hierarchy.state import Chosen, RingState
from hierarchy.usage import Budget, Usage

ADD_TESTS = (
    FunctionTest(entry_point="add", args=(1, 2), expected=3),
    FunctionTest(entry_point="add", args=(0, 0), expected=0),
)


def problem(task: Task = "function", *, tests: bool = True) -> Problem:
    """A small problem of each kind; the function one has two public tests unless told otherwise."""
    if task == "function":
        return Problem(
            id="add",
            statement="Write a function add(a, b) that returns the sum of its arguments.",
            task=task,
            entry_point="add",
            signature="def add(a, b)",
            public_tests=ADD_TESTS if tests else (),
        )
    return Problem(id=task, statement="What is two plus two?", task=task)


def verdict(passed: int, total: int = 2, *, status: Status | None = None, actual: str = "-1") -> Verdict:
    """A verdict with `passed` of `total` tests; `wrong_answer` where some failed and no status is given."""
    failed = passed < total
    status = status or ("wrong_answer" if failed else "accepted")
    failure = Failure(test_index=passed, input="add(1, 2)", expected="3", actual=actual) if failed else None
    return Verdict(status=status, tests_passed=passed, tests_total=total, failure=failure)


def attempt(
    attempt_id: str,
    judged: Verdict,
    action: Action = "direct",
    *,
    parent: str | None = None,
    code: str | None = "def add(a, b):\n    return a - b\n",
    specialist: str = "python",
    step: str | None = None,
    answer: str | None = None,
) -> Attempt:
    """An attempt; its round is the first part of its id."""
    return Attempt(
        id=attempt_id,
        parent_id=parent,
        round=int(attempt_id.split(".")[0]),
        action=action,
        step=step,
        candidate=Candidate(
            text=code or answer or "",
            code=code,
            answer=answer,
            specialist=specialist,
            model="scripted",
            prompt_sha256="",
            seed=0,
            temperature=0.0,
            finish_reason="stop",
            usage=Usage(completion_tokens=10),
        ),
        verdict=judged,
    )


def state(
    *rounds: Action,
    attempts: tuple[Attempt, ...] = (),
    asked: Problem | None = None,
    usage: Usage | None = None,
    elapsed: float = 0.0,
    selection: Chosen | None = None,
    plan: Plan | None = None,
    step_results: dict[str, str] | None = None,
    critique: float | None = None,
) -> RingState:
    """A run that went through `rounds`."""
    directives = tuple(
        Directive(action=action, reason="", round=number, effort="plan" if action == "plan" else "direct")
        for number, action in enumerate(rounds)
    )
    return RingState(
        run_id="run",
        problem=asked or problem(),
        directives=directives,
        attempts=attempts,
        usage=usage or Usage(),
        elapsed=elapsed,
        selection=selection,
        plan=plan,
        step_results=step_results or {},
        critique=critique,
    )


def policy(
    *,
    samples: int = 8,
    repairs: int = 2,
    plan: bool = True,
    confidence: float = 0.0,
    stuck_rounds: int = 2,
    budget: Budget | None = None,
    can_escalate: bool = False,
) -> Policy:
    """The policy with the ladder's defaults, but a verified answer always ends it."""
    ladder = LadderSettings(
        samples=samples, repairs=repairs, plan=plan, confidence=confidence, stuck_rounds=stuck_rounds
    )
    return Policy(ladder=ladder, budget=budget or Budget(), can_escalate=can_escalate)
