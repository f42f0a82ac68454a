"""From settings to a sandbox that works here, and which tiers would: shared by `assemble` and the command line."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import get_args

from hierarchy.errors import MissingComponent
from sandbox.errors import IsolationMissing
from sandbox.languages.toolchain import ToolchainMissing
from sandbox.packages import PackageMissing
from sandbox.sandbox import Sandbox
from sandbox.settings import SandboxSettings
from sandbox.types import TierName

TIERS: tuple[TierName, ...] = get_args(TierName)
"""All of them, the preferred one first."""


@dataclass(frozen=True)
class TierState:
    """Whether a tier works on this machine. `cause` and `fix` are empty where it does."""

    tier: TierName
    works: bool
    cause: str = ""
    fix: str = ""
    instead: TierName | None = None
    """The tier that is used in its place, where there is one."""


@asynccontextmanager
async def isolated(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    """Open the sandbox that `settings` describe.

    Raises `MissingComponent` where untrusted code cannot be isolated, or a package that it may import is not installed,
    and inside of the block where the compiler or interpreter of a language is not.
    """
    try:
        sandbox = Sandbox(settings.limits(), settings.max_parallel, settings.tier, settings.packages)
        async with sandbox:
            yield sandbox
    except (IsolationMissing, PackageMissing, ToolchainMissing) as error:
        raise MissingComponent(str(error)) from error


async def try_tier(tier: TierName, packages: Sequence[str] = ()) -> TierState:
    """Open a tier for real and close it again. Raises `MissingComponent` for a package that is not installed."""
    try:
        async with Sandbox(max_parallel=1, tier=tier, packages=packages) as sandbox:
            opened = await sandbox.opened()
    except IsolationMissing as missing:
        return TierState(tier, False, missing.cause, missing.fix)
    except PackageMissing as missing:
        raise MissingComponent(str(missing)) from missing
    first = opened.tiers[0].name
    return TierState(tier, True) if first == tier else TierState(tier, False, opened.notice, instead=first)
