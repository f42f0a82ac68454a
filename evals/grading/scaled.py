"""Limits of a run that follow from what the item's reference took under the same check: found once for each check."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from evals.item import Check, Item
from sandbox.types import Limits

Find = Callable[[str, Limits], Awaitable[Limits]]
"""Run a reference under generous limits, and say what a candidate gets."""
_CPU_SECONDS = 60.0
_WALL_SECONDS = 300.0


class ScaledLimits:
    """The limits of each check; safe to ask from many tasks of one loop.

    `limits`: those of a candidate where the item has no reference.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[tuple[int, str], tuple[Check, Limits]] = {}
        self._locks: dict[tuple[int, str], asyncio.Lock] = {}

    async def of(self, item: Item, find: Find) -> Limits:
        """What a candidate for `item` gets; `find` is asked the first time."""
        if item.reference is None:
            return self._limits
        key = id(item.check), item.reference
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._known:
                generous = replace(self._limits, cpu_seconds=_CPU_SECONDS, wall_seconds=_WALL_SECONDS)
                # The check is held as well, so that its identity stays its own.
                self._known[key] = item.check, await find(item.reference, generous)
            return self._known[key][1]
