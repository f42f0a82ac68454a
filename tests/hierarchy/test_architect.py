"""Plans out of a small model's JSON: what can be followed is kept, what cannot is dropped."""

import json

from scenario import problem

from hierarchy.architect import SOLVE, direct_plan, read_plan


def draft(*steps: tuple[str, list[str]], checks: tuple[str, ...] = ()) -> str:
    return json.dumps(
        {
            "steps": [{"id": name, "goal": f"do {name}", "depends_on": depends} for name, depends in steps],
            "checks": list(checks),
        }
    )


def test_the_direct_plan_is_the_problem_itself() -> None:
    plan = direct_plan(problem())
    assert [(step.id, step.goal) for step in plan.steps] == [(SOLVE, problem().statement)]


def test_the_last_step_depends_on_all_others() -> None:
    plan = read_plan(draft(("parse", []), ("count", ["parse"]), ("join", [])), problem())
    assert plan
    assert [step.depends_on for step in plan.steps] == [(), ("parse",), ("parse", "count")]
    assert plan.final.id == "join"


def test_arrows_to_unknown_or_later_steps_are_dropped() -> None:
    plan = read_plan(draft(("a", ["z", "b"]), ("b", ["a", "a"]), ("c", [])), problem())
    assert plan
    assert [step.depends_on for step in plan.steps] == [(), ("a",), ("a", "b")]


def test_waves_follow_the_dependencies() -> None:
    plan = read_plan(draft(("a", []), ("b", []), ("c", ["a"]), ("d", [])), problem())
    assert plan
    assert [step.id for step in plan.ready(frozenset())] == ["a", "b"]
    assert [step.id for step in plan.ready(frozenset({"a", "b"}))] == ["c"]
    assert [step.id for step in plan.ready(frozenset({"a", "b", "c"}))] == ["d"]


def test_two_steps_of_one_name_are_no_plan() -> None:
    assert read_plan(draft(("a", []), ("a", [])), problem()) is None


def test_broken_json_is_no_plan() -> None:
    assert read_plan('{"steps": [', problem()) is None


def test_only_checks_that_call_the_function_are_kept() -> None:
    checks = ("assert add(2, 2) == 4", "assert other(1) == 1", "print('hello')", "add(1, 1) == 2")
    plan = read_plan(draft(("a", []), ("b", []), checks=checks), problem())
    assert plan
    assert len(plan.checks) == 2
