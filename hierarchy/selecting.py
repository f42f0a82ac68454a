"""From candidates to the one to answer with: the Fleet's last act in a round, through the selector."""

from hierarchy.attempt import Attempt
from hierarchy.confidence import Evidence, p_correct
from hierarchy.context import Emit, Ring, model_call
from hierarchy.events import SelectionMade
from hierarchy.protocols import ChatModel
from hierarchy.state import Chosen, RingState
from hierarchy.usage import Usage
from prompts.loader import Prompt


async def select(state: RingState, ring: Ring, emit: Emit) -> tuple[Chosen | None, Usage]:
    """Which of all answers so far is best, and what finding out cost; None when there is nothing to choose from."""
    answers = [attempt for attempt in state.answers if attempt.verdict.status == "accepted" or _ran(attempt)]
    if len(answers) < 2 or state.problem.task == "text":
        return None, Usage()
    questions = 0

    def record(model: ChatModel, prompt: Prompt, usage: Usage, samples: int) -> None:
        nonlocal questions
        call_id = f"{state.round}.selector.{questions}"
        questions += 1
        call = model_call(call_id, "selector", None, model, prompt, usage, samples=samples, cancelled=0)
        ring.ledger.record_call(ring.run_id, call)

    checks = state.plan.checks if state.plan else ()
    selection = await ring.selector.select(state.problem, answers, checks, on_call=record)
    attempt = state.attempt(selection.attempt_id)
    evidence = Evidence(
        tests_passed=attempt.verdict.tests_passed,
        tests_total=attempt.verdict.tests_total,
        first_try=attempt.action == "direct",
        agreement=selection.agreement,
        voters=selection.voters,
    )
    chosen = Chosen(
        attempt_id=attempt.id,
        agreement=selection.agreement,
        voters=selection.voters,
        p_correct=p_correct(evidence),
        method=selection.method,
        reason=selection.reason,
    )
    emit(
        SelectionMade(
            round=state.round,
            attempt_id=attempt.id,
            method=selection.method,
            agreement=selection.agreement,
            reason=selection.reason,
        )
    )
    return chosen, selection.usage


def _ran(attempt: Attempt) -> bool:
    return attempt.verdict.status not in ("compile_error", "infrastructure")
