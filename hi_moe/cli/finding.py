"""What a check of `hi-moe doctor` found."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the report. `fix` is the next thing to type; empty where nothing is wrong."""

    check: str
    ok: bool
    text: str
    fix: str = ""

    def as_data(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def from_error(check: str, error: Exception) -> Finding:
    """An error's line as a finding: our messages end with `: COMMAND` or `; COMMAND` of their own."""
    return Finding(check, False, " ".join(str(error).split()))
