"""Which tiers a sandbox runs on, opened in order: the chosen one, then the one that takes over where it fails."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.errors import IsolationMissing
from sandbox.isolation import require_isolation
from sandbox.launch import Launcher
from sandbox.oneshot import OneShot
from sandbox.packages import Packages
from sandbox.pool.tier import Pool
from sandbox.pool.worker import Recipe
from sandbox.reduced.check import require_reduced
from sandbox.report import Tier
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
"""Zygotes beyond the runs at a time: one run may begin while the last one's namespaces are being taken down."""


@dataclass(frozen=True)
class Opened:
    """Tiers in the order in which they are tried."""

    tiers: Sequence[Tier]
    notice: str = ""
    """Why the first one is not the one that was asked for."""
    launcher: Launcher | None = None
    """What the tiers start bubblewrap with; nothing for `reduced`, which does without."""

    def bubblewrap(self) -> Launcher:
        """For a language that has no tier of its own. Raises `IsolationMissing` where bubblewrap is not in use."""
        if self.launcher is None:
            raise IsolationMissing("the reduced tier runs nothing but Python", "use the pool or the one-shot tier")
        return self.launcher

    async def aclose(self) -> None:
        """End everything, in that order."""
        for tier in self.tiers:
            await tier.aclose()


async def open_tiers(tier: TierName, limits: Limits, max_parallel: int, packages: Packages) -> Opened:
    """Open what `Sandbox(tier=...)` asks for. Raises `IsolationMissing` where it would not be safe."""
    if tier == "reduced":
        return Opened([await require_reduced(packages)])
    if tier == "one-shot":
        launcher = await asyncio.to_thread(require_isolation, packages)
        return Opened([OneShot(launcher)], launcher=launcher)
    launcher = await asyncio.to_thread(Launcher.find, packages)
    pool = Pool(recipe(launcher, limits), max_parallel + _SPARE)
    try:
        await pool.warm()
    except OSError as error:
        await pool.aclose()
        launcher.close()
        launcher = await asyncio.to_thread(require_isolation, packages)
        return Opened([OneShot(launcher)], str(error), launcher)
    return Opened([pool, OneShot(launcher)], launcher=launcher)


def recipe(launcher: Launcher, limits: Limits) -> Recipe:
    """How the pool's zygotes are made."""
    shipment = Shipment.of("sandbox.values", "sandbox.runner", "sandbox.pool.linux", "sandbox.pool.zygote")
    return Recipe(launcher, shipment, [*PRELOADED, *launcher.packages.modules], limits.file_mib)
