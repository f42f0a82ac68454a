"""How untrusted code runs: limits, namespaces, seccomp, typed results. Knows nothing of models or problems.

```python
from sandbox import Call, Limits, Program, Sandbox

async with Sandbox(Limits(cpu_seconds=2)) as sandbox:
    execution = await sandbox.run(Program("def f(x): return x * 2"), [Call("f", (21,))])
```

What is covered and what is not stands in `sandbox.sandbox`; how results are compared, in `sandbox.compare`. Everything
is imported when it is first used: `import sandbox` itself costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.errors import IsolationMissing, LimitsError, ReferenceFailed
    from sandbox.languages.run import InputsUnsupported
    from sandbox.languages.toolchain import ToolchainMissing
    from sandbox.packages import PackageMissing
    from sandbox.sandbox import Sandbox
    from sandbox.scaling import scaled
    from sandbox.types import Call, CaseResult, Evaluate, Execution, Limits, Program, Stdin
    from sandbox.values import Opaque, ValueCodecError

_HOMES = {
    "sandbox.errors": ("IsolationMissing", "LimitsError", "ReferenceFailed"),
    "sandbox.languages.run": ("InputsUnsupported",),
    "sandbox.languages.toolchain": ("ToolchainMissing",),
    "sandbox.packages": ("PackageMissing",),
    "sandbox.sandbox": ("Sandbox",),
    "sandbox.scaling": ("scaled",),
    "sandbox.types": ("Call", "CaseResult", "Evaluate", "Execution", "Limits", "Program", "Stdin"),
    "sandbox.values": ("Opaque", "ValueCodecError"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Call",
    "CaseResult",
    "Evaluate",
    "Execution",
    "InputsUnsupported",
    "IsolationMissing",
    "Limits",
    "LimitsError",
    "Opaque",
    "PackageMissing",
    "Program",
    "ReferenceFailed",
    "Sandbox",
    "Stdin",
    "ToolchainMissing",
    "ValueCodecError",
    "scaled",
]


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'sandbox' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
