"""The Dispatcher: who works on a step? Asks the router once per goal and spreads the samples over the best."""

from hierarchy.architect import SOLVE
from hierarchy.attempt import Action
from hierarchy.context import Emit, Ring
from hierarchy.events import Routed
from hierarchy.ledger import ModelCall
from hierarchy.plan import Directive, Plan, Ranking, Route, Step
from hierarchy.portfolio import shares
from hierarchy.state import Json, RingState
from hierarchy.usage import Usage

REPAIRER = "debugging"
"""The specialist that repairs, where it serves the task."""


async def dispatcher(state: RingState, ring: Ring, emit: Emit) -> Json:
    """The Dispatcher's node: a route for every step of the next wave."""
    plan = state.plan
    if plan is None:
        raise ValueError("the dispatcher was entered without a plan")
    rankings = dict(state.rankings)
    usage = Usage()
    routes: list[Route] = []
    for step in wave(plan, state)[: calls_left(state, ring)]:
        key = _goal(step, state)
        if key not in rankings:
            ranking = await ring.router.rank(state.problem, key)
            rankings[key] = ranking
            usage += ranking.usage
            if ranking.usage.calls:
                ring.ledger.record_call(ring.run_id, _call(state.round, step, ranking))
        route = choose(step, rankings[key], state, ring)
        ring.ledger.record_route(ring.run_id, state.round, route)
        emit(Routed(round=state.round, route=route))
        routes.append(route)
    return {
        "rankings": {goal: ranking.model_dump(mode="json") for goal, ranking in rankings.items()},
        "routes": [route.model_dump(mode="json") for route in routes],
        "usage": usage.model_dump(mode="json"),
    }


def wave(plan: Plan, state: RingState) -> tuple[Step, ...]:
    """The steps whose dependencies are done; a one-step plan is always ready."""
    return plan.steps if len(plan.steps) == 1 else plan.ready(frozenset(state.step_results))


def choose(step: Step, ranking: Ranking, state: RingState, ring: Ring) -> Route:
    """Who gets how many samples of this step. Pure."""
    directive = state.directive
    able = [(name, p) for name, p in ranking.scores if state.problem.task in ring.specialists[name].prompts]
    fresh = [(name, p) for name, p in able if name not in directive.avoid]
    scores = tuple(fresh or able)
    router, reason = ranking.router, ranking.reason
    repairer = ring.specialists.get(REPAIRER)
    fixed = ranking.router == "fixed"
    if directive.action == "repair" and not fixed and repairer and state.problem.task in repairer.prompts:
        scores, router, reason = ((REPAIRER, 1.0),), "repair", "repairs go to the debugger"
    samples = directive.samples if plan_final(step, state) else 1
    considered = ranking.model_copy(update={"scores": scores})
    return Route(
        step=step.id,
        shares=shares(considered, samples, min(_breadth(directive, ring), calls_left(state, ring))),
        router=router,
        confidence=considered.confidence,
        reason=reason,
    )


def calls_left(state: RingState, ring: Ring) -> int:
    """Model calls that the budget still allows, at least one: the Monitor has seen to that."""
    return max(1, ring.policy.budget.calls - state.usage.calls)


def plan_final(step: Step, state: RingState) -> bool:
    """Whether this step's candidates answer the whole problem."""
    return state.plan is None or step.id == state.plan.final.id


def _goal(step: Step, state: RingState) -> str:
    return state.problem.statement if step.id == SOLVE or plan_final(step, state) else step.goal


def _call(round_number: int, step: Step, ranking: Ranking) -> ModelCall:
    """The ledger's record of what a router asked a model."""
    return ModelCall(
        call_id=f"{round_number}.dispatcher.{step.id}",
        tier="dispatcher",
        model=ranking.model,
        prompt=ranking.prompt,
        prompt_version=ranking.prompt_version,
        prompt_sha256=ranking.prompt_sha256,
        usage=ranking.usage,
    )


_SINGLE: tuple[Action, ...] = ("direct", "repair")


def _breadth(directive: Directive, ring: Ring) -> int:
    return 1 if directive.action in _SINGLE else ring.policy.ladder.portfolio
