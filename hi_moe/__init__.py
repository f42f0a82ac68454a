"""hi-moe: a hierarchical mixture of experts on your own machine. Answers that were checked.

```python
import hi_moe

outcome = hi_moe.solve("Write a function …")
outcome.status, outcome.code, outcome.p_correct
```

Everything is imported when it is first used: `import hi_moe` itself costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hi_moe.api import HiMoe, asolve, astream, solve, stream
    from hi_moe.settings import Settings
    from hierarchy.attempt import Attempt, Candidate, Verdict
    from hierarchy.errors import HiMoeError
    from hierarchy.events import CandidateJudged, DirectiveIssued, Event, RunFinished, RunStarted
    from hierarchy.outcome import Outcome
    from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest
    from hierarchy.usage import Budget, Usage

    __version__: str

_HOMES = {
    "hi_moe.api": ("HiMoe", "asolve", "astream", "solve", "stream"),
    "hi_moe.settings": ("Settings",),
    "hierarchy.attempt": ("Attempt", "Candidate", "Verdict"),
    "hierarchy.errors": ("HiMoeError",),
    "hierarchy.events": ("CandidateJudged", "DirectiveIssued", "Event", "RunFinished", "RunStarted"),
    "hierarchy.outcome": ("Outcome",),
    "hierarchy.problem": ("AssertionTest", "FunctionTest", "Problem", "StdioTest"),
    "hierarchy.usage": ("Budget", "Usage"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AssertionTest",
    "Attempt",
    "Budget",
    "Candidate",
    "CandidateJudged",
    "DirectiveIssued",
    "Event",
    "FunctionTest",
    "HiMoe",
    "HiMoeError",
    "Outcome",
    "Problem",
    "RunFinished",
    "RunStarted",
    "Settings",
    "StdioTest",
    "Usage",
    "Verdict",
    "asolve",
    "astream",
    "solve",
    "stream",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("hi-moe")
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'hi_moe' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
