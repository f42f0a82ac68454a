"""What a worker on another machine opens: the same solver from the same settings, over that machine's weights."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from evals.executors.remote import Description
from evals.solvers.base import Solver
from hi_moe.evaluation.solvers import SolverSpec, open_solver
from hi_moe.provenance import git_revision, version
from hi_moe.settings import Loaded, Settings

FACTORY = f"{__name__}:open_remote"
"""As `evals.executors.remote.RemoteWorker` takes it."""


def config_of(spec: SolverSpec, loaded: Loaded) -> str:
    """JSON for `open_remote`: the solver and the resolved settings."""
    settings = loaded.settings.model_dump(mode="json", exclude={"ledger"})
    return json.dumps({"solver": spec.model_dump(mode="json"), "settings": settings})


@asynccontextmanager
async def open_remote(config: str) -> AsyncIterator[tuple[Solver, Description]]:
    """Open the solver that `config_of` describes. Raises what `open_solver` raises."""
    data = json.loads(config)
    loaded = Loaded(Settings.model_validate(data["settings"]), {})
    async with open_solver(SolverSpec.model_validate(data["solver"]), loaded) as opened:
        description = Description(
            models=dict(opened.models),
            prompts=dict(opened.prompts),
            isolation=opened.isolation,
            hi_moe=f"{version()} {git_revision() or ''}".strip(),
        )
        yield opened.solver, description
