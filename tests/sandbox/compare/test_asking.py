"""Calls about hostile values, in the real sandbox."""

from collections.abc import Sequence

from sandbox.compare.asking import Answers, Runner, ask
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Execution, Input, Limits, Program
from sandbox.values import MAX_DEPTH, ValueCodecError

SOURCE = "import time\ndef check(value):\n    while value == 'spin': pass\n    if value == 'sleep': time.sleep(60)\n"
SOURCE += "    return value"


def within(box: Sandbox, limits: Limits, runs: list[int]) -> Runner:
    async def run(source: str, inputs: Sequence[Input]) -> Execution:
        runs.append(len(inputs))
        try:
            return await box.run(Program(source), inputs, limits)
        except ValueCodecError as error:
            return Execution("infrastructure", detail=str(error))

    return run


def calls(*values: object) -> list[Call]:
    return [Call("check", (value,)) for value in values]


async def test_light_values_share_a_process_and_heavy_ones_do_not(box: Sandbox) -> None:
    runs: list[int] = []
    weights = [1, 2, 16 << 20, 16 << 20, 3, (16 << 20) - 3, 1]
    answers = await ask(SOURCE, calls(*range(7)), weights, within(box, box.limits, runs))
    assert [case.value for case in answers.cases] == list(range(7))
    assert runs == [2, 1, 1, 2, 1]
    assert answers.seconds > 0


async def test_nothing_to_ask_starts_nothing(box: Sandbox) -> None:
    runs: list[int] = []
    assert await ask(SOURCE, [], [], within(box, box.limits, runs)) == Answers(())
    assert runs == []


async def test_a_value_that_uses_up_the_wall_time_costs_no_other_its_answer(one_shot: Sandbox) -> None:
    runs: list[int] = []
    limits = Limits(cpu_seconds=0.3, wall_seconds=1.0)
    values = [1, "sleep", 2, "spin", 3]
    answers = await ask(SOURCE, calls(*values), [1] * 5, within(one_shot, limits, runs))
    assert [case.status for case in answers.cases] == ["ok", "time_limit", "ok", "time_limit", "ok"]
    # The sleeper ends the first process without being its first; alone at the head of the second one it is at fault.
    assert runs == [5, 4, 3]


async def test_a_value_that_cannot_be_handed_over_costs_no_other_its_answer(box: Sandbox) -> None:
    runs: list[int] = []
    deep: object = []
    for _ in range(MAX_DEPTH):
        deep = [deep]
    answers = await ask(SOURCE, calls(1, deep, 2), [1, 1, 1], within(box, box.limits, runs))
    assert [case.status for case in answers.cases] == ["ok", "crashed", "ok"]
    words = "it cannot be handed over: an argument of 'check' is nested deeper than 200 levels"
    assert answers.cases[1].error_message == words
    assert answers.failure == ""
    # All three, the source alone, the first, the second, the source alone, the third.
    assert runs == [3, 1, 1, 1, 1, 1]


async def test_a_source_that_cannot_be_asked_is_told_apart_from_a_value(box: Sandbox) -> None:
    runs: list[int] = []
    answers = await ask("x = 1", calls(1, 2), [1, 1], within(box, box.limits, runs))
    assert (answers.cases, runs) == ((), [2, 1])
    assert "check" in answers.failure


async def test_what_takes_too_long_in_all_is_not_asked(box: Sandbox) -> None:
    async def slow(source: str, inputs: Sequence[Input]) -> Execution:
        execution = await box.run(Program(source), inputs)
        return Execution("ok", execution.results, wall_seconds=70.0)

    answers = await ask(SOURCE, calls(1, 2, 3), [16 << 20] * 3, slow)
    over = CaseResult("not_run", error_message="other values took the 120 s that there are for all")
    assert [case.status for case in answers.cases] == ["ok", "ok", "not_run"]
    assert answers.cases[2] == over
