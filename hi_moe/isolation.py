"""From settings to a sandbox that works here: what `assemble` and the command line share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hierarchy.errors import MissingComponent
from sandbox.errors import IsolationMissing
from sandbox.sandbox import Sandbox
from sandbox.settings import SandboxSettings


@asynccontextmanager
async def isolated(settings: SandboxSettings) -> AsyncIterator[Sandbox]:
    """Open the sandbox that `settings` describe. Raises `MissingComponent` where untrusted code cannot be isolated."""
    try:
        async with Sandbox(settings.limits(), settings.max_parallel) as sandbox:
            yield sandbox
    except IsolationMissing as error:
        raise MissingComponent(str(error)) from error
