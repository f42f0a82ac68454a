"""Opening and closing: what is begun is ended once, a failure is no end, and what is closed stays closed."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from processes import descendants, descriptors, groups_made_by, until
from scarcity import few_descriptors

from sandbox.errors import IsolationMissing
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Evaluate, Input, Program, TierName

ONE = Program("def f(): return 1")
SLEEPER = Program("import time\ndef f(): return time.sleep(0.3)")


@pytest.mark.parametrize("pause", [0.0, 0.01, 0.1])
async def test_an_entry_that_is_cancelled_leaves_nothing(pause: float) -> None:
    before, children = descriptors(), descendants(os.getpid())
    box = Sandbox()
    entering = asyncio.create_task(box.__aenter__())
    await asyncio.sleep(pause)
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert descendants(os.getpid()) == children
    assert groups_made_by(os.getpid()) == []
    # A thread that looked for the interpreter may have ended after its waiter.
    await until(lambda: descriptors() <= before)
    with pytest.raises(RuntimeError, match="closed"):
        await box.run(ONE, [Call("f")])


async def test_a_run_after_the_end_is_refused() -> None:
    async with Sandbox(tier="one-shot") as box:
        pass
    for _ in range(2):
        with pytest.raises(RuntimeError, match=r"^this Sandbox is closed; await its runs before `async with` ends"):
            await box.run(ONE, [Call("f")])
    with pytest.raises(RuntimeError, match="closed"):
        await box.opened()
    with pytest.raises(RuntimeError, match="closed"):
        await box.__aenter__()
    assert descendants(os.getpid()) == []


async def test_a_run_that_had_not_begun_when_the_block_ended_is_refused() -> None:
    async with Sandbox() as box:
        running = asyncio.create_task(box.run(ONE, [Call("f")]))
    with pytest.raises(RuntimeError, match="await its runs"):
        await running
    assert descendants(os.getpid()) == []


async def test_closing_twice_at_the_same_time_waits_twice() -> None:
    box = Sandbox()
    await box.opened()
    running = asyncio.create_task(box.run(SLEEPER, [Call("f")]))
    await asyncio.sleep(0)
    first = asyncio.create_task(box.aclose())
    await asyncio.sleep(0)
    await box.aclose()
    assert descendants(os.getpid()) == []
    assert (await running).status == "ok"
    await first
    await box.aclose()


async def test_closing_what_was_never_opened() -> None:
    box = Sandbox()
    await box.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await box.opened()


async def test_a_cancelled_closing_closes_all_the_same() -> None:
    box = Sandbox()
    await box.opened()
    closing = asyncio.create_task(box.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert descendants(os.getpid()) == []


def test_another_event_loop_is_refused_at_once() -> None:
    box = Sandbox()

    async def use() -> None:
        try:
            await box.run(ONE, [Call("f")])
        finally:
            await box.aclose()

    asyncio.run(use())
    for step in (use, box.opened, box.aclose):
        with pytest.raises(RuntimeError, match=r"another event loop; make one inside of each asyncio\.run$"):
            asyncio.run(step())


@pytest.mark.parametrize("left", [0, 6, 10])
@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_a_failure_to_open_is_no_end(tier: TierName, left: int) -> None:
    box = Sandbox(tier=tier)
    with few_descriptors(left), pytest.raises(IsolationMissing, match=r"too many files open.*ulimit -n"):
        await box.opened()
    assert (await box.run(ONE, [Call("f")])).isolation == tier
    await box.aclose()


async def test_entering_again_after_a_failure() -> None:
    box = Sandbox(tier="one-shot")
    with few_descriptors(), pytest.raises(IsolationMissing):
        await box.__aenter__()
    async with box:
        assert (await box.run(ONE, [Call("f")])).status == "ok"


async def test_the_tier_that_takes_over_is_asked_again_after_a_failure() -> None:
    async with Sandbox() as box:
        opened = await box.opened()
        with few_descriptors(), pytest.raises(IsolationMissing, match="too many files open"):
            await opened.supervisors()
        await opened.supervisors()


async def test_inputs_may_come_from_an_iterator(one_shot: Sandbox) -> None:
    def inputs() -> Iterator[Input]:
        yield Call("f")
        yield Evaluate("f() + 1")

    assert [result.value for result in (await one_shot.run(ONE, inputs())).results] == [1, 2]


async def test_what_is_no_input_is_named() -> None:
    box = Sandbox()
    with pytest.raises(TypeError, match=r"^inputs must be a list of Call, Evaluate or Stdin, not Call$"):
        await box.run(ONE, Call("f"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^an input must be a Call, an Evaluate or a Stdin, not int$"):
        await box.run(ONE, iter([1]))  # type: ignore[arg-type]


async def test_what_is_no_limits_is_named() -> None:
    with pytest.raises(TypeError, match=r"^limits must be Limits, not NoneType$"):
        Sandbox(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^limits must be Limits, not float$"):
        await Sandbox().run(ONE, [], 2.0)  # type: ignore[arg-type]
