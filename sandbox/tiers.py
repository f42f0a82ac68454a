"""Which tiers a sandbox runs on, opened in order: the chosen one, then the one that takes over where it fails."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.canaries import prove
from sandbox.cgroup import Cgroups
from sandbox.errors import IsolationMissing
from sandbox.groups import Groups
from sandbox.launch import Launcher
from sandbox.oneshot import OneShot
from sandbox.packages import Packages
from sandbox.pool.tier import Pool
from sandbox.pool.worker import Recipe
from sandbox.reduced.check import require_reduced
from sandbox.report import Report, Tier
from sandbox.request import Request
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

    async def bubblewrap(self) -> Launcher:
        """For a language that has no tier of its own.

        Raises `IsolationMissing` where bubblewrap is not in use or does not hold.
        """
        if self.last is None:
            raise IsolationMissing("the reduced tier runs nothing but Python", "use the pool or the one-shot tier")
        await self.last.prove()
        return self.last.launcher

    @property
    def groups(self) -> Groups | None:
        """For the same: lends control groups out, where they can be made."""
        return None if self.last is None else self.last.groups

    async def aclose(self) -> None:
        """End everything, in that order."""
        for tier in self.tiers:
            await tier.aclose()


async def open_tiers(tier: TierName, limits: Limits, max_parallel: int, packages: Packages) -> Opened:
    """Open what `Sandbox(tier=...)` asks for. Raises `IsolationMissing` where it would not be safe."""
    if tier == "reduced":
        return Opened([await require_reduced(packages)])
    launcher = await asyncio.to_thread(Launcher.find, packages)
    place = await asyncio.to_thread(Cgroups.find)
    last = OneShotLater(launcher, None if place is None else Groups(place, max_parallel + _SPARE))
    try:
        if tier == "one-shot":
            await last.prove()
            return Opened([last], last=last)
        pool = Pool(recipe(launcher, limits, place), max_parallel)
        try:
            await pool.warm()
            await prove(pool)
        except BaseException as error:
            await pool.aclose()
            if not isinstance(error, OSError):
                raise
            await last.prove()
            return Opened([last], str(error) or "a zygote did not start in time", last)
        return Opened([pool, last], last=last)
    except BaseException:
        await last.aclose()
        raise


class OneShotLater:
    """The one-shot tier, which may never be needed: its canaries are sent before its first run."""

    name: TierName = "one-shot"

    def __init__(self, launcher: Launcher, groups: Groups | None) -> None:
        self.launcher = launcher
        self.groups = groups
        self._tier = OneShot(launcher, groups)
        self._proof: asyncio.Task[None] | None = None

    async def prove(self) -> None:
        """Send the canaries, once. Raises `IsolationMissing` where the tier does not hold."""
        if self._proof is None:
            self._proof = asyncio.create_task(prove(self._tier))
        await asyncio.shield(self._proof)

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request; see `report.Tier`. Raises `IsolationMissing` where the tier does not hold."""
        await self.prove()
        return await self._tier.process(request, limits, deadline, stdin)

    async def aclose(self) -> None:
        """See `report.Tier`."""
        if self._proof is not None:
            await asyncio.wait([self._proof])
        await self._tier.aclose()
        if self.groups is not None:
            await self.groups.aclose()


def recipe(launcher: Launcher, limits: Limits, groups: Cgroups | None) -> Recipe:
    """How the pool's zygotes are made."""
    shipment = Shipment.of("sandbox.values", "sandbox.runner", "sandbox.linux", "sandbox.pool.zygote")
    return Recipe(launcher, shipment, [*PRELOADED, *launcher.packages.modules], limits, groups)
