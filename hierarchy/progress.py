"""What can be read off the state of a run: the best answer so far, what is spent, what is stuck. Pure."""

from typing import NamedTuple

from hierarchy.attempt import Attempt
from hierarchy.confidence import Evidence, evidence_of, p_correct
from hierarchy.settings import LadderSettings
from hierarchy.state import RingState
from hierarchy.usage import Budget


class Best(NamedTuple):
    """The answer to give if the run ended now."""

    attempt: Attempt
    p: float
    agreed: bool


def best_answer(state: RingState) -> Best | None:
    """The best well-formed answer so far with its P(correct); None when there is none worth showing."""
    answers = [attempt for attempt in state.answers if attempt.verdict.status != "compile_error"]
    if not answers:
        return None
    chosen = state.selection
    if chosen and any(attempt.id == chosen.attempt_id for attempt in answers):
        attempt = state.attempt(chosen.attempt_id)
        later = [other for other in answers if other.round > attempt.round and other.verdict.solved]
        if attempt.verdict.solved or not later:
            agreed = chosen.agreement is not None and chosen.agreement > 0.5 and chosen.voters > 1
            failed = attempt.verdict.tests_total > 0 and not attempt.verdict.solved
            return Best(attempt, 0.02 if failed else chosen.p_correct, agreed and not failed)
    attempt = max(answers, key=lambda a: (a.verdict.solved, a.verdict.status == "accepted", a.verdict.tests_passed))
    evidence = evidence_of(attempt.verdict, first_try=attempt.action == "direct")
    if state.problem.task == "text" and state.critique is not None:
        evidence = Evidence(critique=state.critique)
    p = p_correct(evidence) if attempt.verdict.status == "accepted" else 0.02
    return Best(attempt, p, False)


def exhausted(state: RingState, budget: Budget) -> str | None:
    """Which bound of the budget is reached, as a sentence; None while all have room."""
    spent: list[tuple[str, float, float]] = [
        ("tokens", state.usage.tokens, budget.tokens),
        ("calls", state.usage.calls, budget.calls),
        ("rounds", len(state.directives), budget.rounds),
        ("wall seconds", state.elapsed, budget.wall_seconds),
    ]
    for name, used, bound in spent:
        if used >= bound:
            return f"the budget of {bound:g} {name} is spent"
    return None


def stuck_reason(state: RingState, ladder: LadderSettings) -> str | None:
    """Why repairing further is pointless: the same failure twice in a row, or no progress over rounds."""
    repairs = [attempt for attempt in state.answers if attempt.action == "repair"]
    for attempt in repairs[-1:]:
        parent = next((other for other in state.answers if other.id == attempt.parent_id), None)
        if parent and not attempt.verdict.solved:
            if parent.candidate.code == attempt.candidate.code:
                return f"stuck: {attempt.id} repeats {parent.id}"
            if _how_it_failed(parent) == _how_it_failed(attempt):
                return f"stuck: {attempt.id} fails exactly as {parent.id} did"
    rounds = sorted({attempt.round for attempt in state.answers})
    if len(rounds) > ladder.stuck_rounds and repairs:
        recent = set(rounds[-ladder.stuck_rounds :])
        before = max((a.verdict.tests_passed for a in state.answers if a.round not in recent), default=0)
        after = max((a.verdict.tests_passed for a in state.answers if a.round in recent), default=0)
        if after <= before:
            return f"stuck: no progress in {ladder.stuck_rounds} rounds"
    return None


def _how_it_failed(attempt: Attempt) -> object:
    verdict = attempt.verdict
    return verdict.failure.signature if verdict.failure else (verdict.status, verdict.detail)


def repair_target(state: RingState) -> Attempt | None:
    """The failed attempt to repair: most tests passed, then the shortest failing input, then the latest."""
    failed = [attempt for attempt in state.answers if attempt.candidate.code and _is_repairable(attempt)]
    if not failed:
        return None
    return max(failed, key=lambda a: (a.verdict.tests_passed, -_failing_input_length(a), a.round, a.id))


def solved(state: RingState, round_number: int) -> bool:
    """Whether this round brought an answer that passes every public test (or, without tests, that is well-formed)."""
    return any(
        attempt.verdict.solved or (not attempt.verdict.tests_total and attempt.verdict.status == "accepted")
        for attempt in state.answers
        if attempt.round == round_number
    )


def _is_repairable(attempt: Attempt) -> bool:
    return attempt.verdict.failure is not None or attempt.verdict.status == "compile_error"


def _failing_input_length(attempt: Attempt) -> int:
    return len(attempt.verdict.failure.input) if attempt.verdict.failure else 10_000


def plan_goes_on(state: RingState) -> bool:
    """Whether a plan has steps left to do."""
    return state.plan is not None and len(state.plan.steps) > 1 and state.plan.final.id not in state.step_results
