"""The `[sandbox]` section of the settings."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.types import LIMIT_BOUNDS, Limits, TierName


def _limit(name: str) -> Any:
    """The field of `Limits` of that name: its default and its bounds are those of the setting."""
    least, most = LIMIT_BOUNDS[name]
    return Field(default=getattr(Limits, name), ge=least, le=most)


class SandboxSettings(BaseModel):
    """Isolation and bounds of every run of untrusted code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: TierName = "pool"
    """How programs are isolated (docs/sandbox.md). Where the pool does not work, one-shot takes its place; `reduced`,
    which has no namespaces, is never chosen by itself and is named in every verdict."""
    packages: tuple[str, ...] = ()
    """Installed distributions that programs may import, those they depend on included: a list, or names with commas."""
    cpu_seconds: float = _limit("cpu_seconds")
    """CPU seconds per test input."""
    wall_seconds: float = _limit("wall_seconds")
    """Wall seconds of one run, all its inputs together."""
    memory_mib: int = _limit("memory_mib")
    """Address space of a run, in MiB, beyond what the interpreter itself needs."""
    output_bytes: int = _limit("output_bytes")
    """Per test input: the value that is returned, and the text that is printed, each."""
    file_mib: int = _limit("file_mib")
    """The only writable folder of a run, in MiB; it lives in memory and ends with the run."""
    threads: int = _limit("threads")
    """Threads that a program may start."""
    processes: int = _limit("processes")
    """Processes of a compiler at a time; a program has one."""
    max_parallel: int = Field(default=2, ge=1, le=256)
    """Runs at the same time."""

    @field_validator("packages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """An environment variable holds one text."""
        return tuple(filter(None, (name.strip() for name in value.split(",")))) if isinstance(value, str) else value

    def limits(self) -> Limits:
        """The limits of one run."""
        return Limits(**{name: getattr(self, name) for name in LIMIT_BOUNDS})
