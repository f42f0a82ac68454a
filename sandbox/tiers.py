"""Which tiers a sandbox runs on, opened in order: the chosen one, then the one that takes over where it fails."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.canaries import prove
from sandbox.cgroup import Cgroups
from sandbox.errors import IsolationMissing, scarcity
from sandbox.groups import Groups
from sandbox.languages.supervised import Supervisors
from sandbox.launch import Launcher
from sandbox.oneshot import OneShot
from sandbox.packages import Packages
from sandbox.pool.tier import Pool
from sandbox.pool.worker import Recipe
from sandbox.reduced.check import require_reduced
from sandbox.report import Report, Tier
from sandbox.request import Request
from sandbox.shared import Shared
from sandbox.shipment import Shipment
from sandbox.types import Limits, TierName

PRELOADED = (
    *("argparse", "array", "ast", "asyncio", "base64", "bisect", "calendar", "cmath", "collections", "collections.abc"),
    *("contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "hashlib"),
    *("heapq", "inspect", "io", "itertools", "json", "math", "numbers", "operator", "os", "pprint", "queue", "random"),
    *("re", "secrets", "statistics", "string", "struct", "sys", "textwrap", "threading", "time", "traceback", "types"),
    *("typing", "unicodedata", "uuid", "zlib"),
)
"""What contest programs import, and what that imports."""
_SPARE = 1
"""Control groups beyond the runs at a time: what a run wrote into memory may be charged to its own for a while."""


@dataclass(frozen=True)
class Opened:
    """Tiers in the order in which they are tried."""

    tiers: Sequence[Tier]
    notice: str = ""
    """Why the first one is not the one that was asked for."""
    last: "OneShotLater | None" = None
    """What starts bubblewrap for a single run; nothing for `reduced`, which does without."""

    async def supervisors(self) -> Supervisors:
        """For a language that has no tier of its own.

        Raises `IsolationMissing` where bubblewrap is not in use or does not hold.
        """
        if self.last is None:
            raise IsolationMissing("the reduced tier runs nothing but Python", "use the pool or the one-shot tier")
        return await self.last.supervisors()

    async def aclose(self) -> None:
        """End everything, in that order, whatever becomes of one of them."""
        async with contextlib.AsyncExitStack() as stack:
            for tier in reversed(self.tiers):
                stack.push_async_callback(tier.aclose)


async def open_tiers(tier: TierName, limits: Limits, max_parallel: int, packages: Packages) -> Opened:
    """Open what `Sandbox(tier=...)` asks for.

    Raises `IsolationMissing` where it would not be safe, also when that is for want of descriptors or memory.
    """
    try:
        if tier == "reduced":
            return Opened([await require_reduced(packages)])
        async with contextlib.AsyncExitStack() as undo:
            opened = await _bubblewrapped(tier, limits, max_parallel, packages, undo)
            undo.pop_all()
            return opened
    except OSError as error:
        cause, fix = scarcity(str(error)) or (f"the machine refused what it takes ({error})", "see docs/limits.md")
        raise IsolationMissing(cause, fix) from error


async def _bubblewrapped(
    tier: TierName, limits: Limits, max_parallel: int, packages: Packages, undo: contextlib.AsyncExitStack
) -> Opened:
    launcher = await asyncio.to_thread(Launcher.find, packages)
    undo.callback(launcher.close)
    place = await asyncio.to_thread(Cgroups.find)
    last = OneShotLater(launcher, None if place is None else Groups(place, max_parallel + _SPARE))
    undo.push_async_callback(last.aclose)
    if tier == "one-shot":
        await last.prove()
        return Opened([last], last=last)
    pool = Pool(recipe(launcher, limits, place), max_parallel)
    undo.push_async_callback(pool.aclose)
    try:
        await pool.warm()
    except OSError as error:
        if scarcity(str(error)):
            # The other tier needs as much, and would go on in place of this one when there is room again.
            raise
        await last.prove()
        return Opened([last], str(error) or "a zygote did not start in time", last)
    await prove(pool)
    return Opened([pool, last], last=last)


class OneShotLater:
    """The one-shot tier, which may never be needed: its canaries are sent before its first run."""

    name: TierName = "one-shot"

    def __init__(self, launcher: Launcher, groups: Groups | None) -> None:
        self.launcher = launcher
        self._groups = groups
        self._tier = OneShot(launcher, groups)
        self._proof = Shared(lambda: prove(self._tier))
        # In a thread: it compiles what goes into the sandbox, some 10 ms.
        self._supervisors = Shared(lambda: asyncio.to_thread(Supervisors, launcher, groups))

    async def prove(self) -> None:
        """Send the canaries, once. Raises `IsolationMissing` where the tier does not hold."""
        await self._proof.get()

    async def supervisors(self) -> Supervisors:
        """What runs other languages in the same way. Raises `IsolationMissing` where the tier does not hold."""
        await self.prove()
        return await self._supervisors.get()

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request; see `report.Tier`. Raises `IsolationMissing` where the tier does not hold."""
        await self.prove()
        return await self._tier.process(request, limits, deadline, stdin)

    async def aclose(self) -> None:
        """See `report.Tier`."""
        await self._proof.ended()
        await self._supervisors.ended()
        await self._tier.aclose()
        if self._groups is not None:
            await self._groups.aclose()


def recipe(launcher: Launcher, limits: Limits, groups: Cgroups | None) -> Recipe:
    """How the pool's zygotes are made."""
    shipment = Shipment.of("sandbox.values", "sandbox.runner", "sandbox.linux", "sandbox.pool.zygote")
    return Recipe(launcher, shipment, [*PRELOADED, *launcher.packages.modules], limits, groups)
