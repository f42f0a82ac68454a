"""Solvers by name, wired from settings."""

import contextlib
import difflib
import hashlib
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import Field

from evals.solvers.asking import PLAIN, Asker
from evals.solvers.base import Solved, Solver
from evals.solvers.best_of_n import BestOfN
from evals.solvers.direct import Direct
from evals.store import RunFolder
from hi_moe.api import HiMoe
from hi_moe.assemble import Assembly, assemble
from hi_moe.provenance import prompt_hashes
from hi_moe.settings import Loaded
from hierarchy.base import Frozen
from hierarchy.errors import UnknownName, UsageError
from hierarchy.ledger.redact import redact
from hierarchy.problem import Problem
from hierarchy.specialist import Specialist

NAMES = ("hierarchy", "direct", "best-of-n", "specialist:NAME")
"""As `--solver` spells them."""
_ACCESS = {"api_key_env", "timeout_seconds", "retries", "max_concurrency", "plain_http"}
"""Of an endpoint: how it is reached, not what it answers. A key that was forgotten can so be given at `--resume`."""
WALL_SECONDS = 86_400.0
"""The hierarchy's time budget in a run that sets none: results must not depend on how busy the machine is, so tokens,
calls and rounds are what bounds it."""


class SolverSpec(Frozen):
    """A solver and its parameters, as a command line gives them; plain data, so that it can travel between machines."""

    name: str
    samples: int | None = Field(default=None, ge=1)
    """Of best-of-n; 8 by default."""
    temperature: float | None = Field(default=None, ge=0, le=2, allow_inf_nan=False)
    """Of direct and a specialist (0 by default), and of best-of-n's samples after the first (0.8 by default)."""
    budgets: dict[str, int] | None = None
    """Of best-of-n, matched: problem id → tokens."""
    matched: str = ""
    """What the budgets were taken from, for the manifest."""

    @property
    def parameters(self) -> dict[str, object]:
        """For the manifest: what is computed depends on them."""
        if self.name == "hierarchy":
            return {}
        if self.name != "best-of-n":
            return {"temperature": self.temperature or 0.0}
        found: dict[str, object] = {"temperature": 0.8 if self.temperature is None else self.temperature}
        if self.budgets is None:
            return found | {"samples": self.samples or 8}
        text = json.dumps(self.budgets, sort_keys=True)
        return found | {"matched": self.matched, "budgets_sha256": hashlib.sha256(text.encode()).hexdigest()}

    def check(self, n: int) -> None:
        """Raise `UsageError` for parameters that the solver does not have, and for n copies of one greedy answer."""
        kind = self.name.partition(":")[0]
        if kind not in ("hierarchy", "direct", "best-of-n", "specialist") or self.name == "specialist":
            near = difflib.get_close_matches(self.name, NAMES, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(NAMES)}"
            raise UnknownName(f"no solver {self.name!r}; {hint}")
        if self.samples is not None and kind != "best-of-n":
            raise UsageError(f"--samples is for best-of-n; {self.name!r} has none: leave it out, or use --n")
        if self.samples is not None and self.budgets is not None:
            raise UsageError("--samples and --match exclude each other: a budget says how many; leave one out")
        if self.budgets is not None and kind != "best-of-n":
            raise UsageError(f"--match is for best-of-n, not {self.name!r}; leave it out")
        if self.temperature is not None and kind == "hierarchy":
            raise UsageError("the hierarchy samples at its specialists' temperatures; leave --temperature out")
        if n > 1 and kind in ("direct", "specialist") and not self.temperature:
            raise UsageError(f"{n} greedy samples would be {n} copies of one; give a --temperature, or leave --n out")

    def check_items(self, ids: Iterable[str]) -> None:
        """Raise `UsageError` for a matched run over an item for which there is no budget."""
        missing = [] if self.budgets is None else [name for name in ids if name not in self.budgets]
        if missing:
            count = len(missing) - 1
            more = f" and {count} more item{'s' * (count > 1)}" if count else ""
            raise UsageError(
                f"the run to match, {self.matched!r}, has no finished sample of {missing[0]!r}{more}; finish it first "
                "(--resume), or choose the items that it has: --ids, --limit"
            )


@dataclass(frozen=True)
class OpenSolver:
    """A solver that is ready, and what a manifest says of it."""

    solver: Solver
    models: Mapping[str, str]
    prompts: Mapping[str, str]
    isolation: str


@contextlib.asynccontextmanager
async def open_solver(spec: SolverSpec, loaded: Loaded, folder: Path | None = None) -> AsyncIterator[OpenSolver]:
    """Open everything that the solver needs; its engines load when they are first asked.

    The hierarchy keeps its ledger in `folder`, or in memory where there is none. Raises what `assemble` raises, and
    `UnknownName` for a specialist.
    """
    keeps = spec.name == "hierarchy" and folder is not None
    url = f"sqlite:///{(folder / 'ledger.sqlite3').resolve()}" if keeps and folder else "sqlite://"
    settings = loaded.settings.model_copy(update={"ledger": loaded.settings.ledger.model_copy(update={"url": url})})
    async with assemble(replace(loaded, settings=settings)) as assembly:
        yield OpenSolver(_solver(spec, assembly, loaded), assembly.weights(), prompt_hashes(), assembly.isolation)


def _solver(spec: SolverSpec, assembly: Assembly, loaded: Loaded) -> Solver:
    if spec.name == "hierarchy":
        return Hierarchy(assembly, loaded)
    ring = assembly.ring
    asker = Asker(ring.models, ring.judge, assembly.settings.engine.max_tokens, _asked(spec, assembly))
    if spec.name != "best-of-n":
        return Direct(asker, spec.temperature or 0.0)
    parameters = spec.parameters
    return BestOfN(asker, spec.samples or 8, float(str(parameters["temperature"])), spec.budgets)


def _asked(spec: SolverSpec, assembly: Assembly) -> Specialist:
    _, colon, name = spec.name.partition(":")
    known = assembly.ring.specialists
    if not colon:
        return PLAIN
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise UnknownName(f"no specialist {name!r}; {hint}")
    return known[name]


class Hierarchy:
    """The whole ring, as `hi-moe solve` runs it."""

    def __init__(self, assembly: Assembly, loaded: Loaded) -> None:
        self._session = HiMoe(assembly, loaded)
        self._ledger = assembly.ledger

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        """One run of the ring, with its recorded calls."""
        outcome = await self._session.solve(problem, seed=seed)
        return Solved(outcome, tuple(self._ledger.calls(outcome.run_id)))


def for_evaluation(loaded: Loaded) -> Loaded:
    """Settings without a time budget, unless one was set."""
    if loaded.origins.get("budget.wall_seconds", "default") != "default":
        return loaded
    budget = loaded.settings.budget.model_copy(update={"wall_seconds": WALL_SECONDS})
    return replace(loaded, settings=loaded.settings.model_copy(update={"budget": budget}))


def settings_of(loaded: Loaded) -> dict[str, object]:
    """The settings for a manifest: without secrets, and without what changes no result."""
    unsaid: dict[str, Any] = {
        "ledger": True,
        "seed": True,  # the run's own stands beside the settings, and each cell has one
        "models": {
            "cache": True,
            "offline": True,
            "endpoints": dict.fromkeys(loaded.settings.models.endpoints, _ACCESS),
        },
    }
    data = redact(loaded.settings.model_dump(mode="json", exclude=unsaid))
    assert isinstance(data, dict)
    return data


def budgets_of(folder: Path) -> dict[str, int]:
    """Tokens that another run spent on each problem; the mean of its samples. Raises `UsageError`."""
    run = RunFolder(folder)
    run.manifest()
    spent: dict[str, list[int]] = {}
    for sample in run.samples():
        spent.setdefault(sample.task_id, []).append(sample.usage.tokens)
    return {name: round(sum(tokens) / len(tokens)) for name, tokens in spent.items()}
