"""Evaluation put together: from settings and a solver's name to a run in a folder. The parts are in `evals`.

```python
import asyncio
from pathlib import Path
from hi_moe.evaluation import RunOptions, Selection, Settings, SolverSpec, evaluate

options = RunOptions(
    set_name="contest", selection=Selection(limit=5), solver=SolverSpec(name="direct"), out=Path("runs/five")
)
progress = asyncio.run(evaluate(options, Settings.load()))
```

Everything is imported when it is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.compare import compare
    from evals.results import load_results
    from hi_moe.evaluation.abtest import AbOptions, ab_test
    from hi_moe.evaluation.arms import read_arm
    from hi_moe.evaluation.running import RunOptions, evaluate
    from hi_moe.evaluation.selection import Selection
    from hi_moe.evaluation.solvers import SolverSpec
    from hi_moe.settings import Settings

_HOME_OF = {
    "AbOptions": "hi_moe.evaluation.abtest",
    "RunOptions": "hi_moe.evaluation.running",
    "Selection": "hi_moe.evaluation.selection",
    "Settings": "hi_moe.settings",
    "SolverSpec": "hi_moe.evaluation.solvers",
    "ab_test": "hi_moe.evaluation.abtest",
    "compare": "evals.compare",
    "evaluate": "hi_moe.evaluation.running",
    "load_results": "evals.results",
    "read_arm": "hi_moe.evaluation.arms",
}

__all__ = [
    "AbOptions",
    "RunOptions",
    "Selection",
    "Settings",
    "SolverSpec",
    "ab_test",
    "compare",
    "evaluate",
    "load_results",
    "read_arm",
]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'hi_moe.evaluation' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
