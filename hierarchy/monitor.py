"""The Monitor: is this getting anywhere? Policy only: `decide` is a pure function of what was tried so far.

The ladder, cheapest rung first: direct → sample → repair → plan → escalate → stop. Each rung is a directive with a
prediction of whether it will solve the problem; a round that goes far from its prediction is a surprise. The evidence
for this order (small models, up to 8B): samples filtered by public tests and one or two repairs give most of the gain;
planning an easy problem hurts; hence the Architect stays silent until the cheap rungs failed.
"""

from typing import NamedTuple

from hierarchy.attempt import Action, Attempt
from hierarchy.base import Frozen
from hierarchy.confidence import Evidence, evidence_of, p_correct
from hierarchy.plan import Directive, Status
from hierarchy.settings import LadderSettings
from hierarchy.state import RingState
from hierarchy.usage import Budget

PREDICTED: dict[Action, float] = {"direct": 0.65, "sample": 0.4, "repair": 0.2, "plan": 0.1, "escalate": 0.5}
"""P(the rung solves a problem that reached it), for a 1.5B coder; the surprises in the ledger show where it is off."""


class Policy(Frozen):
    """What `decide` may reckon with."""

    ladder: LadderSettings
    budget: Budget
    can_escalate: bool = False
    """A bigger engine is configured."""


class Best(NamedTuple):
    """The answer to give if the run ended now."""

    attempt: Attempt
    p: float
    agreed: bool


def decide(state: RingState, policy: Policy) -> Directive:
    """The next rung. Pure: the same state and policy give the same directive."""
    best = best_answer(state)
    spent = exhausted(state, policy.budget)
    if spent and state.directives:
        return _stop(state, best, spent)
    if not state.directives:
        return _go(state, "direct", "first try: one greedy candidate")
    if _only_infrastructure_failed(state):
        return _after_infrastructure(state, best)
    if state.directive.action == "plan" and _plan_goes_on(state):
        last = state.directive
        return _go(state, "plan", "next steps of the plan", samples=last.samples, effort="plan", avoid=last.avoid)
    if best and _good_enough(best, state, policy):
        return _stop(state, best, _why_good(best))
    if state.problem.task == "text":
        return _stop(state, best, "open text: nothing can be run or compared")
    return _climb(state, policy, best)


def _climb(state: RingState, policy: Policy, best: Best | None) -> Directive:
    """The cheapest rung that has not been used up and may still help."""
    ladder = policy.ladder
    used = [directive.action for directive in state.directives]
    if "sample" not in used:
        reason = "not solved yet" if best is None or not best.attempt.verdict.solved else "not sure enough yet"
        return _go(state, "sample", f"{reason}: {ladder.samples} diverse candidates", samples=ladder.samples)
    if best and best.attempt.verdict.solved:
        if policy.can_escalate and "escalate" not in used:
            return _go(state, "escalate", "not sure enough yet: a bigger engine", samples=ladder.samples)
        return _stop(state, best, _why_good(best))
    stuck = stuck_reason(state, ladder)
    target = repair_target(state)
    if target and used.count("repair") < ladder.repairs and not stuck:
        return _go(state, "repair", f"repair {target.id}, the closest so far", parent_id=target.id)
    avoid = tuple(sorted({attempt.candidate.specialist for attempt in state.answers if attempt.action == "direct"}))
    if ladder.plan and "plan" not in used and state.problem.is_code and _can_still_fail_visibly(state):
        reason = stuck or "the cheap rungs failed: decompose"
        return _go(state, "plan", reason, samples=ladder.samples, effort="plan", avoid=avoid)
    if policy.can_escalate and "escalate" not in used:
        return _go(state, "escalate", stuck or "still unsolved: a bigger engine", samples=ladder.samples)
    return _stop(state, best, stuck or "every rung was tried")


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
        if parent and parent.verdict.failure and attempt.verdict.failure:
            if parent.verdict.failure.signature == attempt.verdict.failure.signature:
                return f"stuck: {attempt.id} fails exactly as {parent.id} did"
            if parent.candidate.code == attempt.candidate.code:
                return f"stuck: {attempt.id} repeats {parent.id}"
    rounds = sorted({attempt.round for attempt in state.answers})
    if len(rounds) > ladder.stuck_rounds and repairs:
        recent = set(rounds[-ladder.stuck_rounds :])
        before = max((a.verdict.tests_passed for a in state.answers if a.round not in recent), default=0)
        after = max((a.verdict.tests_passed for a in state.answers if a.round in recent), default=0)
        if after <= before:
            return f"stuck: no progress in {ladder.stuck_rounds} rounds"
    return None


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


def _can_still_fail_visibly(state: RingState) -> bool:
    """Without public tests nothing tells a planned answer from the ones at hand, so planning is not worth its cost."""
    return bool(state.problem.public_tests)


def _plan_goes_on(state: RingState) -> bool:
    return state.plan is not None and len(state.plan.steps) > 1 and state.plan.final.id not in state.step_results


def _good_enough(best: Best, state: RingState, policy: Policy) -> bool:
    if state.problem.task == "text":
        return state.critique is not None
    if best.attempt.verdict.solved:
        return best.p >= policy.ladder.confidence or policy.ladder.confidence == 0
    return best.agreed and best.p >= policy.ladder.confidence


def _why_good(best: Best) -> str:
    if best.attempt.verdict.solved:
        return f"passes all {best.attempt.verdict.tests_total} public tests"
    return "independent candidates agree"


def _only_infrastructure_failed(state: RingState) -> bool:
    last = [attempt for attempt in state.attempts if attempt.round == state.round]
    return bool(last) and all(attempt.verdict.status == "infrastructure" for attempt in last)


def _after_infrastructure(state: RingState, best: Best | None) -> Directive:
    """Our own failure says nothing about the answer: try the same rung once more, then give up."""
    last = state.directive
    if len(state.directives) < 2 or state.directives[-2].action != last.action:
        return last.model_copy(update={"round": len(state.directives), "reason": "the sandbox failed, not the answer"})
    return _stop(state, best, "the sandbox failed twice: see hi-moe doctor")


def _go(
    state: RingState,
    action: Action,
    reason: str,
    *,
    samples: int = 1,
    effort: str = "direct",
    parent_id: str | None = None,
    avoid: tuple[str, ...] = (),
) -> Directive:
    return Directive.model_validate(
        {
            "action": action,
            "reason": reason,
            "round": len(state.directives),
            "samples": samples,
            "effort": effort,
            "parent_id": parent_id,
            "avoid": avoid,
            "predicted": PREDICTED[action],
        }
    )


def _stop(state: RingState, best: Best | None, reason: str) -> Directive:
    status: Status = "abstained"
    if best:
        status = "verified" if best.attempt.verdict.solved else "agreed" if best.agreed else "unverified"
    return Directive(
        action="stop",
        reason=reason,
        round=len(state.directives),
        samples=0,
        predicted=best.p if best else 0.0,
        selected_id=best.attempt.id if best else None,
        status=status,
        p_correct=best.p if best else 0.0,
    )
