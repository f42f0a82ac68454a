"""The only place that wires: from resolved settings to a ring that can be run."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from hi_moe.isolation import isolated
from hi_moe.provenance import git_revision, prompt_hashes, version
from hi_moe.settings import Loaded, Settings
from hierarchy.context import Ring, Roles
from hierarchy.graph import RingGraph, build, plain_serializer
from hierarchy.judge import Judge
from hierarchy.ledger.ids import new_run_id
from hierarchy.ledger.ledger import Ledger
from hierarchy.ledger.records import RunRecord
from hierarchy.problem import Problem
from hierarchy.protocols import Router
from hierarchy.run import WallClock
from hierarchy.selection import Selector
from hierarchy.settings import Policy
from sandbox.types import TierName
from serving.engines import Engines, weights_of
from serving.models.store import ModelStore
from specialists.cascade import Cascade, FixedRouter
from specialists.guided import GuidedRouter
from specialists.keyword import KeywordRouter
from specialists.registry import Registry


@dataclass(frozen=True)
class Assembly:
    """Everything of one profile that lives longer than a run."""

    settings: Settings
    store: ModelStore
    ledger: Ledger
    graph: RingGraph
    ring: Ring
    """With an empty run id; `for_run` gives the one to work with."""
    isolation: TierName
    """The sandbox tier in use. A verdict names the one that it was reached in."""

    def for_run(self, run_id: str) -> Ring:
        """The ring for one run."""
        return replace(self.ring, run_id=run_id)

    def weights(self) -> dict[str, str]:
        """Name → sha256 of every model that a tier or a specialist may use; empty for an endpoint.

        Raises `MissingComponent`.
        """
        cards = (specialist.model for specialist in self.ring.specialists.values())
        used = {*self.settings.models.of_tiers(), *filter(None, cards)}
        return weights_of(self.store, self.settings.models, self.settings.engine, sorted(used))

    def record(self, problem: Problem, seed: int) -> RunRecord:
        """What is to be recorded about a new run. Raises `MissingComponent` when weights are not here."""
        return RunRecord(
            run_id=new_run_id(),
            problem=problem,
            settings=self.settings.model_dump(mode="json"),
            profile=self.settings.profile,
            seed=seed,
            version=version(),
            git_revision=git_revision(),
            models=self.weights(),
            prompts=prompt_hashes(),
            isolation=self.isolation,
        )


@contextlib.asynccontextmanager
async def assemble(loaded: Loaded) -> AsyncIterator[Assembly]:
    """Open ledger, checkpoints and sandbox; engines open when they are first needed. All are closed at the end.

    Raises `SettingsError`, `UnknownName`, `LedgerError`, and `MissingComponent` where isolation is missing, or a
    package that programs may import.
    """
    settings = loaded.settings
    async with contextlib.AsyncExitStack() as stack:
        registry = Registry.load(settings.routing.cards)
        store = ModelStore.from_settings(settings.models)
        ledger = stack.enter_context(Ledger.open(settings.ledger.url))
        engines = await stack.enter_async_context(Engines(store, settings.models, settings.engine))
        sandbox = await stack.enter_async_context(isolated(settings.sandbox))
        tier = (await sandbox.opened()).tiers[0].name
        judge = Judge(sandbox)
        ring = Ring(
            run_id="",
            specialists={name: registry.get(name) for name in registry.names()},
            models=engines,
            roles=Roles(settings.models.monitor, settings.models.architect, settings.models.escalation),
            router=_router(settings, registry, engines),
            judge=judge,
            selector=Selector(judge, engines, settings.ladder),
            ledger=ledger,
            policy=Policy(
                ladder=settings.ladder,
                budget=settings.budget,
                max_tokens=settings.engine.max_tokens,
                can_escalate=settings.models.escalation is not None,
            ),
            stopwatch=WallClock(),
        )
        graph = await stack.enter_async_context(_graph(ledger.checkpoint_path))
        yield Assembly(settings, store, ledger, graph, ring, tier)


def _router(settings: Settings, registry: Registry, engines: Engines) -> Router:
    routing = settings.routing
    if routing.specialist is not None:
        return FixedRouter(registry, routing.specialist)
    guided = GuidedRouter(registry, engines, settings.models.dispatcher, routing.prompt)
    return Cascade([KeywordRouter(registry), guided], [routing.keyword_threshold])


@contextlib.asynccontextmanager
async def _graph(path: Path | None) -> AsyncIterator[RingGraph]:
    """The compiled ring with its checkpoints beside the ledger; in memory where the ledger is no file."""
    if path is None:
        from langgraph.checkpoint.memory import InMemorySaver

        yield build(InMemorySaver(serde=plain_serializer()))
        return
    import aiosqlite
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with aiosqlite.connect(path) as connection:
        # As in the ledger: with WAL this survives a killed process whole, and saves a disk flush at every step.
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=NORMAL")
        yield build(AsyncSqliteSaver(connection, serde=plain_serializer()))
