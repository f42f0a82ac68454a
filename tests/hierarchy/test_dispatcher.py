"""Who gets how many samples: portfolio, avoidance, repairs, and the waves of a plan."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from scenario import attempt, state, verdict

from hierarchy.context import Ring
from hierarchy.dispatcher import choose, wave
from hierarchy.plan import Directive, Plan, Ranking, Step
from hierarchy.specialist import Specialist
from hierarchy.state import RingState

SOLVE = Step(id="solve", goal="solve it")
RANKING = Ranking(
    scores=(("math", 0.5), ("python", 0.3), ("algorithms", 0.2)), router="keyword", reason="keywords: sum"
)


def specialist(name: str, task: str = "function") -> Specialist:
    return Specialist.model_validate({"name": name, "description": name, "prompts": {task: "solve_function"}})


SPECIALISTS: Mapping[str, Specialist] = {
    "math": specialist("math", "math"),
    "python": specialist("python"),
    "algorithms": specialist("algorithms"),
    "debugging": specialist("debugging"),
}


@pytest.fixture
def ring(scripted_ring: Ring) -> Ring:
    return replace(scripted_ring, specialists=SPECIALISTS)


def in_round(**directive: object) -> RingState:
    run = state("direct", attempts=(attempt("0.solve.0", verdict(0)),))
    made = Directive.model_validate({"action": "sample", "reason": "", "round": 1, "samples": 8, **directive})
    return run.model_copy(update={"directives": (*run.directives, made)})


def test_only_specialists_that_serve_the_task_are_chosen(ring: Ring) -> None:
    route = choose(SOLVE, RANKING, in_round(), ring)
    assert [name for name, _ in route.shares] == ["python", "algorithms"]
    assert sum(samples for _, samples in route.shares) == 8


def test_a_direct_round_has_one_specialist(ring: Ring) -> None:
    route = choose(SOLVE, RANKING, in_round(action="direct", samples=1), ring)
    assert route.shares == (("python", 1),)
    assert route.router == "keyword"


def test_the_stuck_specialist_is_avoided_where_another_can(ring: Ring) -> None:
    route = choose(SOLVE, RANKING, in_round(avoid=("python",)), ring)
    assert [name for name, _ in route.shares] == ["algorithms"]
    alone = choose(SOLVE, RANKING, in_round(avoid=("python", "algorithms")), ring)
    assert [name for name, _ in alone.shares] == ["python", "algorithms"]


def test_repairs_go_to_the_debugger(ring: Ring) -> None:
    route = choose(SOLVE, RANKING, in_round(action="repair", samples=1, parent_id="0.solve.0"), ring)
    assert (route.shares, route.router) == ((("debugging", 1),), "repair")


def test_a_fixed_specialist_repairs_its_own_work(ring: Ring) -> None:
    fixed = Ranking(scores=(("python", 1.0),), router="fixed")
    route = choose(SOLVE, fixed, in_round(action="repair", samples=1, parent_id="0.solve.0"), ring)
    assert route.shares == (("python", 1),)


def test_steps_of_a_plan_get_one_sample_and_the_last_one_all(ring: Ring) -> None:
    first, last = Step(id="a", goal="part"), Step(id="b", goal="whole", depends_on=("a",))
    run = in_round(action="plan", effort="plan").model_copy(update={"plan": Plan(steps=(first, last))})
    assert sum(samples for _, samples in choose(first, RANKING, run, ring).shares) == 1
    assert sum(samples for _, samples in choose(last, RANKING, run, ring).shares) == 8


def test_waves_leave_out_what_is_done() -> None:
    first, last = Step(id="a", goal="part"), Step(id="b", goal="whole", depends_on=("a",))
    plan = Plan(steps=(first, last))
    assert wave(plan, in_round()) == (first,)
    assert wave(plan, in_round().model_copy(update={"step_results": {"a": "1.a.0"}})) == (last,)
