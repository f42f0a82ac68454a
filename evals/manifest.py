"""What a run was made with: enough to repeat it, and to refuse to go on with anything else."""

from pydantic import Field

from hierarchy.base import Frozen

VERSION = 1
_SAYS_WHERE_AND_WHEN: dict[str, bool | dict[str, bool]] = {"version": True, "sessions": True, "set": {"source": True}}
"""Two runs may differ in these and still be the same experiment."""


class SetInfo(Frozen):
    """The set and what was chosen from it."""

    name: str
    sha256: str
    """Of the file's bytes, or over the files of a folder."""
    source: str
    """Where it came from: `path NAME`, `wheel NAME==VERSION` or `hub REPOSITORY@REVISION`."""
    items: tuple[str, ...]
    """Ids, in the order of the set."""


class Session(Frozen):
    """One process that worked on the run."""

    started: str
    """ISO 8601, UTC."""
    machine: dict[str, str] = Field(default_factory=dict)
    """Processor, cores, memory, kernel, Python."""
    hi_moe: str = ""
    """Version and git revision."""
    isolation: str = ""
    """Sandbox tier in use."""
    executor: str = "local"


class Manifest(Frozen):
    """`run.json` of a run's folder."""

    version: int = VERSION
    set: SetInfo
    solver: str
    """Name of the solver, e.g. `hierarchy`, `best-of-n`."""
    parameters: dict[str, object] = Field(default_factory=dict)
    """Of the solver: plain JSON."""
    n: int = 1
    """Samples per item."""
    seed: int = 0
    settings: dict[str, object] = Field(default_factory=dict)
    """Resolved settings, without secrets and without the ledger's address."""
    models: dict[str, str] = Field(default_factory=dict)
    """Name → sha256 of the weights."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """`NAME@VERSION` → sha256."""
    sessions: tuple[Session, ...] = ()

    def differences(self, other: "Manifest") -> list[str]:
        """Dotted keys in which `other` is another experiment, with both values: `seed: 0 → 1`."""
        before, now = self._identity(), other._identity()
        return [
            f"{key}: {_change(before.get(key), now.get(key))}"
            for key in sorted(before.keys() | now.keys())
            if before.get(key) != now.get(key)
        ]

    def _identity(self) -> dict[str, object]:
        return flat(self.model_dump(mode="json", exclude=_SAYS_WHERE_AND_WHEN))


def flat(data: object, prefix: str = "") -> dict[str, object]:
    """Nested mappings as one, with dotted keys; lists stay whole, empty mappings have no keys."""
    if not isinstance(data, dict):
        return {prefix: data}
    found: dict[str, object] = {}
    for key, value in data.items():
        found |= flat(value, f"{prefix}.{key}" if prefix else str(key))
    return found


def _change(before: object, now: object) -> str:
    """Both values; of two lists what tells them apart, since their beginnings may well be the same."""
    if isinstance(before, list) and isinstance(now, list):
        if len(before) != len(now):
            return f"{len(before)} → {len(now)} of them"
        before, now = next((old, new) for old, new in zip(before, now, strict=True) if old != new)
    return f"{_short(before)} → {_short(now)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
