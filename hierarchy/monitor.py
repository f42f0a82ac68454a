"""The Monitor: is this getting anywhere? `decide` is a pure function of what was tried so far; the node adds effects.

The ladder, cheapest rung first: direct → sample → repair → plan → escalate → stop. Each rung is a directive with a
prediction of whether it will solve the problem; a round that goes far from its prediction is a surprise. The evidence
for this order (small models, up to 8B): samples filtered by public tests and one or two repairs give most of the gain;
planning an easy problem hurts; hence the Architect stays silent until the cheap rungs failed.
"""

from hierarchy.attempt import Action
from hierarchy.confidence import SURPRISE_BITS, surprise_bits
from hierarchy.context import Emit, Ring
from hierarchy.critique import criticise
from hierarchy.events import DirectiveIssued, Surprised
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Status
from hierarchy.progress import (
    Best,
    best_answer,
    exhausted,
    plan_goes_on,
    repair_target,
    solved,
    stuck_reason,
)
from hierarchy.settings import Policy
from hierarchy.state import Json, RingState

PREDICTED_AGAIN = 0.95
"""P(a round brings an answer that passes its public tests) when one that does is already there."""


async def monitor(state: RingState, ring: Ring, emit: Emit) -> Json:
    """The Monitor's node: look back at the last round, decide about the next, and close the run when it is over."""
    state = state.model_copy(update={"elapsed": ring.stopwatch.elapsed()})
    update: Json = {}
    surprise = surprise_of(state)
    if surprise:
        ring.ledger.record_surprise(ring.run_id, state.round, surprise)
        emit(Surprised(round=state.round, text=surprise))
        state = state.model_copy(update={"surprises": (*state.surprises, surprise)})
        update["surprises"] = list(state.surprises)
    afford = exhausted(state, ring.policy.budget) is None
    if state.problem.task == "text" and state.answers and state.critique is None and afford:
        p, usage = await criticise(state, ring)
        state = state.model_copy(update={"critique": p, "usage": state.usage + usage})
        update |= {"critique": p, "usage": usage.model_dump(mode="json")}
    directive = decide(state, ring.policy)
    ring.ledger.record_directive(ring.run_id, directive)
    emit(DirectiveIssued(directive=directive))
    update["directives"] = [directive.model_dump(mode="json")]
    if directive.action == "stop":
        update["outcome"] = close(state, directive).model_dump(mode="json")
    return update


def close(state: RingState, last: Directive) -> Outcome:
    """The outcome of a run that ends with `last`."""
    chosen = state.attempt(last.selected_id) if last.selected_id else None
    return Outcome(
        run_id=state.run_id,
        problem_id=state.problem.id,
        status=last.status or "abstained",
        p_correct=last.p_correct or 0.0,
        text=chosen.candidate.text if chosen else "",
        code=chosen.candidate.code if chosen else None,
        answer=chosen.candidate.answer if chosen else None,
        reason=last.reason,
        selected_id=last.selected_id,
        attempts=state.attempts,
        usage=state.usage,
        rounds=len(state.directives),
        seconds=state.elapsed,
        surprises=state.surprises,
    )


def predict(state: RingState, action: Action, samples: int) -> float:
    """P(the next round brings an answer that passes the public tests), from how near the run has come.

    Starting values, read off small samples of the 1.5B coder (docs/log.md): 20 of 23 greedy HumanEval answers pass
    their public tests; what a first answer fails, later ones solve the more seldom, the fewer of the tests it passed.
    """
    if any(attempt.verdict.solved for attempt in state.answers):
        return PREDICTED_AGAIN
    if action == "direct":
        return 0.85 if state.problem.task == "function" else 0.5
    near = max((a.verdict.tests_passed / max(a.verdict.tests_total, 1) for a in state.answers), default=0.0)
    if action == "sample":
        return 1 - (1 - (0.03 + 0.2 * near)) ** max(samples, 1)
    return {"repair": 0.05 + 0.3 * near, "plan": 0.05 + 0.2 * near, "escalate": 0.3 + 0.4 * near}[action]


def surprise_of(state: RingState) -> str | None:
    """What was surprising about the round that just ended, in one line; None when nothing was.

    A round counts only when it was finished by the answers themselves: not while a plan goes on, not when the sandbox
    failed, and not where nothing can be tested.
    """
    if not state.directives or not state.problem.public_tests or plan_goes_on(state):
        return None
    if not any(attempt.round == state.round for attempt in state.answers):
        return None
    last = state.directive
    went_well = solved(state, state.round)
    bits = surprise_bits(last.predicted, went_well)
    if bits <= SURPRISE_BITS:
        return None
    p = last.predicted if went_well else 1 - last.predicted
    return f"{last.action} {'solved it' if went_well else 'failed'} where that had p={p:.2f} ({bits:.1f} bits)"


def decide(state: RingState, policy: Policy) -> Directive:
    """The next rung. Pure: the same state and policy give the same directive."""
    if not state.directives:
        return _go(state, "direct", "first try: one greedy candidate")
    best = best_answer(state)
    spent = exhausted(state, policy.budget)
    if spent:
        done = best is not None and best.attempt.verdict.solved and _good_enough(best, state, policy)
        return _stop(state, best, _why_good(best) if best and done else spent)
    if state.directive.action == "plan" and plan_goes_on(state):
        last = state.directive
        return _go(state, "plan", "next steps of the plan", samples=last.samples, effort="plan", avoid=last.avoid)
    if state.problem.task == "text":
        return _stop(state, best, "open text: nothing can be run or compared")
    if best and _good_enough(best, state, policy):
        return _stop(state, best, _why_good(best))
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


def _can_still_fail_visibly(state: RingState) -> bool:
    """Without public tests nothing tells a planned answer from the ones at hand, so planning is not worth its cost."""
    return bool(state.problem.public_tests)


def _good_enough(best: Best, state: RingState, policy: Policy) -> bool:
    if best.attempt.verdict.solved:
        return best.p >= policy.ladder.confidence or policy.ladder.confidence == 0
    return best.agreed and best.p >= policy.ladder.confidence


def _why_good(best: Best) -> str:
    if best.attempt.verdict.solved:
        return f"passes all {best.attempt.verdict.tests_total} public tests"
    return "independent candidates agree"


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
            "predicted": predict(state, action, samples),
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
