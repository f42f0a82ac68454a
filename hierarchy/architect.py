"""The Architect: what are the steps? Silent until the cheap rungs failed.

At effort `direct` the plan is the problem itself and costs nothing. At effort `plan` one model call, constrained to a
JSON schema, decomposes the problem into steps with dependencies and writes extra checks. The checks help to select
among candidates and are never shown to a repair: rewriting code to satisfy self-written tests makes it worse
(HumanEval 81.7 → 78.0 on a 7B).
"""

import json

from pydantic import Field, ValidationError

from hierarchy.asking import messages_of
from hierarchy.assertions import parse_assertions
from hierarchy.base import Frozen
from hierarchy.chat import JsonConstraint, Sampling
from hierarchy.context import Emit, Ring, ask
from hierarchy.errors import PromptTooLong
from hierarchy.events import Planned
from hierarchy.plan import Plan, Step
from hierarchy.problem import Problem
from hierarchy.state import Json, RingState
from hierarchy.usage import Usage
from prompts.loader import load

MAX_STEPS = 4
MIN_PLAN_TOKENS = 100
"""Below this many tokens of the budget a plan is not worth asking for."""
SOLVE = "solve"
"""Id of the only step of a plan at effort `direct`."""

# No maxLength: an automaton has a state for each character that is counted, and each state a transition for most tokens
# of the vocabulary. With 300, 16 and 120 characters it took minutes and 4 GB to compile; max_tokens bounds a plan.
_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "steps": {
                "type": "array",
                "minItems": 2,
                "maxItems": MAX_STEPS,
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string", "pattern": "[a-z][a-z0-9_]{0,15}"},
                        "goal": {"type": "string", "minLength": 1},
                        "depends_on": {"type": "array", "maxItems": 3, "items": {"type": "string"}},
                    },
                    "required": ["id", "goal", "depends_on"],
                },
            },
            "checks": {"type": "array", "maxItems": 4, "items": {"type": "string"}},
        },
        "required": ["steps", "checks"],
    }
)


class _Draft(Frozen):
    """What the model wrote, before its dependencies are checked."""

    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)
    checks: tuple[str, ...] = ()


def direct_plan(problem: Problem) -> Plan:
    """The plan of effort `direct`: one step, the problem itself."""
    return Plan(steps=(Step(id=SOLVE, goal=problem.statement),))


async def architect(state: RingState, ring: Ring, emit: Emit) -> Json:
    """The Architect's node: the plan for the directive in force."""
    directive = state.directive
    if directive.effort == "direct":
        return {"plan": direct_plan(state.problem).model_dump(mode="json"), "step_results": {}}
    if state.plan and len(state.plan.steps) > 1:
        return {}
    plan, usage = await _decompose(state, ring)
    emit(Planned(round=directive.round, plan=plan))
    return {"plan": plan.model_dump(mode="json"), "step_results": {}, "usage": usage.model_dump(mode="json")}


async def _decompose(state: RingState, ring: Ring) -> tuple[Plan, Usage]:
    prompt = load("plan")
    turns = prompt.render(statement=state.problem.statement, entry_point=state.problem.must_define)
    model = await ring.models.get(ring.roles.architect)
    left = ring.policy.budget.tokens - state.usage.tokens - model.count_tokens(messages_of(turns))
    if left < MIN_PLAN_TOKENS:
        return direct_plan(state.problem), Usage()
    sampling = Sampling(max_tokens=min(600, left), seed=state.seed, constraint=JsonConstraint(schema_text=_SCHEMA))
    try:
        completion, usage = await ask(
            ring, model, prompt, turns, sampling, tier="architect", call_id=f"{state.round}.architect.plan"
        )
    except PromptTooLong:
        return direct_plan(state.problem), Usage()
    plan = read_plan(completion.text, state.problem) if completion else None
    return plan or direct_plan(state.problem), usage


def read_plan(text: str, problem: Problem) -> Plan | None:
    """The plan in the model's JSON; None when there is none that can be followed.

    Dependencies on unknown or later steps are dropped, and the last step depends on all the others: a small model gets
    the steps right more often than the arrows.
    """
    try:
        draft = _Draft.model_validate_json(text)
        steps: list[Step] = []
        for step in draft.steps:
            known = [earlier.id for earlier in steps]
            kept = tuple(name for name in dict.fromkeys(step.depends_on) if name in known)
            last = len(steps) == len(draft.steps) - 1
            steps.append(step.model_copy(update={"depends_on": tuple(known) if last else kept}))
        return Plan(steps=tuple(steps), checks=parse_assertions(draft.checks, problem))
    except ValidationError:
        return None
