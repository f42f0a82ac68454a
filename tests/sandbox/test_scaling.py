from dataclasses import replace

import pytest

from sandbox.errors import ReferenceFailed
from sandbox.sandbox import Sandbox
from sandbox.scaling import scaled
from sandbox.types import Call, CaseResult, Execution, Limits, Program


def ran(*seconds: float) -> Execution:
    return Execution("ok", tuple(CaseResult("ok", cpu_seconds=each) for each in seconds))


def test_cpu_is_a_multiple_of_the_slowest_case() -> None:
    assert scaled(Limits(), ran(0.1, 2.0, 0.5)).cpu_seconds == 8.0


def test_a_fast_reference_gives_the_floor() -> None:
    assert scaled(Limits(), ran(0.001), floor_seconds=0.5).cpu_seconds == 0.5


def test_factor_can_be_chosen() -> None:
    assert scaled(Limits(), ran(2.0), factor=1.5).cpu_seconds == 3.0


def test_a_slow_reference_lifts_the_limit_of_the_settings() -> None:
    assert scaled(Limits(cpu_seconds=1), ran(3.0)).cpu_seconds == 12.0


@pytest.mark.parametrize("cases", [1, 10, 500])
def test_the_clock_stops_nobody_within_its_cpu_limit(cases: int) -> None:
    limits = scaled(Limits(), ran(*[0.5] * cases))
    assert limits.wall_seconds >= cases * limits.cpu_seconds


def test_a_load_that_took_longer_than_any_case_counts() -> None:
    assert scaled(Limits(), replace(ran(0.1), load_cpu_seconds=2.0)).cpu_seconds == 8.0


def test_nothing_goes_beyond_what_limits_allow() -> None:
    limits = scaled(Limits(), ran(*[3000.0] * 100))
    assert (limits.cpu_seconds, limits.wall_seconds) == (3600, 86_400)


def test_everything_but_the_times_stays() -> None:
    limits = scaled(Limits(memory_mib=77, output_bytes=7, file_mib=3, threads=2), ran(1.0))
    assert (limits.memory_mib, limits.output_bytes, limits.file_mib, limits.threads) == (77, 7, 3, 2)


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (Execution("compile_error", detail="line 1: invalid syntax"), "compile_error: line 1: invalid syntax"),
        (ran(), "it had no inputs"),
        (
            Execution("ok", (CaseResult("ok"), CaseResult("exception", error_type="KeyError", error_message="1\n2"))),
            "case 2 of 2: exception: KeyError 1 2$",
        ),
    ],
    ids=["not compiled", "no inputs", "a case failed"],
)
def test_a_reference_that_failed_is_an_error_of_one_line(reference: Execution, why: str) -> None:
    with pytest.raises(ReferenceFailed, match=why):
        scaled(Limits(), reference)


@pytest.mark.parametrize("factor", [0.5, 0, -1, float("nan"), float("inf")])
def test_a_factor_that_fails_the_reference_itself_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="factor="):
        scaled(Limits(), ran(1.0), factor=factor)


@pytest.mark.parametrize("floor", [0, -1, float("nan"), float("inf")])
def test_a_floor_that_is_no_limit_is_refused(floor: float) -> None:
    with pytest.raises(ValueError, match="floor_seconds="):
        scaled(Limits(), ran(1.0), floor_seconds=floor)


async def test_a_real_reference_passes_within_its_limits_and_a_loop_does_not() -> None:
    inputs = [Call("f", (10,)), Call("f", (200_000,))]
    async with Sandbox(tier="one-shot") as box:
        reference = Program("def f(n): return sum(range(n))")
        limits = scaled(box.limits, await box.run(reference, inputs), floor_seconds=0.3)
        assert [r.status for r in (await box.run(reference, inputs, limits)).results] == ["ok", "ok"]
        loop = Program("def f(n):\n    while n > 10: pass")
        assert [r.limit for r in (await box.run(loop, inputs, limits)).results] == ["", "cpu"]
