import asyncio

import pytest

from sandbox.shared import Shared


class Work:
    """Counts how often it is done; waits for `go`, then fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.times = 0
        self.go = asyncio.Event()
        self._failures = failures

    async def __call__(self) -> int:
        self.times += 1
        await self.go.wait()
        if self.times <= self._failures:
            raise OSError(f"try {self.times}")
        return self.times


async def test_it_is_done_once_for_all() -> None:
    work = Work()
    work.go.set()
    shared = Shared(work)
    assert not shared.asked
    assert await asyncio.gather(*(shared.get() for _ in range(3))) == [1, 1, 1]
    assert shared.asked
    assert await shared.ended() == 1
    assert not shared.asked


async def test_all_who_wait_hear_of_a_failure_and_the_next_one_tries_again() -> None:
    work = Work(failures=1)
    work.go.set()
    shared = Shared(work)
    heard = await asyncio.gather(*(shared.get() for _ in range(2)), return_exceptions=True)
    assert [str(error) for error in heard] == ["try 1", "try 1"]
    assert not shared.asked
    assert await asyncio.gather(*(shared.get() for _ in range(2))) == [2, 2]


async def test_who_is_cancelled_leaves_it_to_the_next() -> None:
    work = Work()
    shared = Shared(work)
    waiting = asyncio.create_task(shared.get())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    work.go.set()
    assert await shared.get() == 1


async def test_its_end_waits_for_it() -> None:
    work = Work()
    shared = Shared(work)
    waiting = asyncio.create_task(shared.get())
    await asyncio.sleep(0)
    ending = asyncio.create_task(shared.ended())
    await asyncio.sleep(0)
    work.go.set()
    assert await ending == await waiting == 1


async def test_the_end_of_what_was_never_made_or_failed() -> None:
    work = Work(failures=1)
    work.go.set()
    shared = Shared(work)
    assert await shared.ended() is None
    with pytest.raises(OSError, match="try 1"):
        await shared.get()
    assert await shared.ended() is None
