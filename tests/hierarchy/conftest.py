"""Rings around a scripted engine: the policies are played through, with the real sandbox and a real ledger."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest
from scenario import policy as default_policy

from hierarchy.context import Ring, Roles
from hierarchy.judge import Judge
from hierarchy.ledger import Ledger
from hierarchy.protocols import ChatModel, Router
from hierarchy.run import WallClock
from hierarchy.selection import Selector
from hierarchy.settings import Policy
from sandbox.sandbox import Sandbox
from serving.scripted import ScriptedEngine
from specialists.keyword import KeywordRouter
from specialists.registry import Registry

RingOver = Callable[..., Ring]


class Models:
    """Engines by name."""

    def __init__(self, engines: Mapping[str | None, ChatModel]) -> None:
        self._engines = engines

    async def get(self, name: str | None = None) -> ChatModel:
        """The engine of that name, or the default one."""
        return self._engines.get(name) or self._engines[None]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as box:
        yield box


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.sqlite3") as opened:
        yield opened


@pytest.fixture
def ring_over(sandbox: Sandbox, ledger: Ledger) -> RingOver:
    """A ring whose models are scripted: `ring_over(engine, policy=…, bigger=…, router=…)`."""

    def make(
        engine: ScriptedEngine,
        *,
        policy: Policy | None = None,
        bigger: ScriptedEngine | None = None,
        router: Router | None = None,
    ) -> Ring:
        registry = Registry.load()
        models = Models({None: engine, "bigger": bigger or engine})
        policy = policy or default_policy()
        judge = Judge(sandbox)
        return Ring(
            run_id="run-0001",
            specialists={name: registry.get(name) for name in registry.names()},
            models=models,
            roles=Roles(escalation="bigger" if bigger else None),
            router=router or KeywordRouter(registry),
            judge=judge,
            selector=Selector(judge, models, policy.ladder),
            ledger=ledger,
            policy=policy,
            stopwatch=WallClock(),
        )

    return make


@pytest.fixture
def scripted_ring(ring_over: RingOver) -> Ring:
    """A ring whose engine is never asked."""
    return ring_over(ScriptedEngine([]))
