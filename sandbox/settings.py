"""The `[sandbox]` section of the settings."""

from pydantic import BaseModel, ConfigDict, Field

from sandbox.types import Limits


class SandboxSettings(BaseModel):
    """Bounds of every run of untrusted code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpu_seconds: float = Field(default=5.0, gt=0, le=600)
    """CPU seconds per test input."""
    wall_seconds: float = Field(default=20.0, gt=0, le=3600)
    """Wall seconds of one run, all its inputs together."""
    memory_mib: int = Field(default=512, ge=64, le=65_536)
    """Address space of a run, in MiB, beyond what the interpreter itself needs."""
    output_bytes: int = Field(default=1_048_576, ge=1024, le=1 << 30)
    """Per test input: the value that is returned, and the text that is printed, each."""
    max_parallel: int = Field(default=2, ge=1, le=256)
    """Runs at the same time."""

    def limits(self) -> Limits:
        """The limits of one run."""
        return Limits(self.cpu_seconds, self.wall_seconds, self.memory_mib, self.output_bytes)
