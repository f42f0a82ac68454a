"""What a check says of one answer, whatever kind of check it is."""

from typing import NamedTuple

from hierarchy.attempt import Failure, Status, Verdict


class Judged(NamedTuple):
    """One answer, judged by hidden tests."""

    status: Status
    base: bool | None = None
    """On the base inputs, where the set tells base and plus apart."""
    detail: str = ""
    """One line for a person."""
    failure: Failure | None = None
    seconds: float = 0.0
    """Seconds in the sandbox or the answer checker."""

    @property
    def passed(self) -> bool:
        """On everything."""
        return self.status == "accepted"


NO_PROGRAM = Judged("compile_error", detail="no program found in the answer")
NO_ANSWER = Judged("compile_error", detail="no final answer found")


def of_verdict(verdict: Verdict) -> Judged:
    """What the judge of the public tests says, as a grade's part."""
    return Judged(verdict.status, None, verdict.detail, verdict.failure, verdict.sandbox_seconds)
