"""What the parent sends: inputs and bounds, and nothing that a verdict hangs on."""

from dataclasses import replace
from typing import get_type_hints

import pytest

from sandbox import values
from sandbox.request import Request, make_request
from sandbox.types import Call, Evaluate, Limits
from sandbox.values import ValueCodecError

LIMITS = Limits(cpu_seconds=1.5, wall_seconds=10.0)


def test_it_holds_what_its_type_says_and_nothing_else() -> None:
    assert set(make_request("", [], LIMITS, script=False)) == set(get_type_hints(Request))


def test_arguments_travel_as_typed_json() -> None:
    args, kwargs = ((1, {2}), float("inf"), b"3"), {"key": [4], "$odd": {5: 6}}
    (case,) = make_request("", [Call("f", args, kwargs)], LIMITS, script=False)["cases"]
    assert (case["kind"], case["text"]) == ("call", "f")
    assert values.decode(case["args"]) == list(args)
    assert values.decode(case["kwargs"]) == kwargs


def test_an_expression_travels_as_text() -> None:
    (case,) = make_request("", [Evaluate("f(1)")], LIMITS, script=False)["cases"]
    assert (case["kind"], case["text"]) == ("evaluate", "f(1)")


def test_an_argument_that_cannot_travel_is_named_with_its_call() -> None:
    with pytest.raises(ValueCodecError) as caught:
        make_request("", [Call("f", (1,)), Call("g", (2, object()))], LIMITS, script=False)
    said = "an argument of 'g' is of type builtins.object, which typed JSON does not carry"
    assert str(caught.value) == said


def test_no_two_runs_share_token_and_descriptor() -> None:
    made = [make_request("", [], LIMITS, script=False) for _ in range(50)]
    assert len({request["token"] for request in made}) == 50
    assert min(len(request["token"]) for request in made) == 32
    assert len({request["descriptor"] for request in made}) > 5


def test_the_descriptor_is_below_the_limit_of_open_files() -> None:
    assert all(3 < make_request("", [], LIMITS, script=False)["descriptor"] < 64 for _ in range(200))


@pytest.mark.parametrize(
    ("cases", "cpu_seconds", "hard"),
    [(0, 1.5, 3), (1, 1.5, 4), (1, 2.0, 5), (3, 1.5, 7), (1, 0.001, 2)],
)
def test_the_process_has_the_time_of_its_load_and_its_cases(cases: int, cpu_seconds: float, hard: int) -> None:
    limits = replace(LIMITS, cpu_seconds=cpu_seconds)
    request = make_request("", [Evaluate("1")] * cases, limits, script=False)
    assert (request["cpu_seconds"], request["cpu_hard_seconds"]) == (cpu_seconds, hard)


def test_a_script_is_loaded_as_its_only_case() -> None:
    assert make_request("", [], replace(LIMITS, cpu_seconds=2), script=True)["cpu_hard_seconds"] == 3


@pytest.mark.parametrize(("threads", "cores", "hard"), [(1, 1, 11), (1, 2, 21), (1, 8, 21), (16, 8, 81)])
def test_the_process_has_no_more_time_than_its_threads_can_have_on_all_cores(
    monkeypatch: pytest.MonkeyPatch, threads: int, cores: int, hard: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(cores)))
    limits = replace(LIMITS, cpu_seconds=1.5, threads=threads)
    assert make_request("", [Evaluate("1")] * 1000, limits, script=False)["cpu_hard_seconds"] == hard
