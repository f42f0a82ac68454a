"""What a program does on an input that has no expected output: the evidence for selection."""

import hashlib
from dataclasses import dataclass

from sandbox.compare.text import canonical
from sandbox.types import CaseResult, CaseStatus

DIGITS = 9
"""Significant digits in which two floats must agree to be the same behaviour: looser than the 1e-9 noise of summing in
another order, tighter than any difference that a wrong formula makes."""
_MAX_KEY = 500


@dataclass(frozen=True)
class Observation:
    """One program on one input."""

    status: CaseStatus
    """`not_run` also stands for a program that did not load; `error_type` says why."""
    key: str
    """Equal exactly for equal behaviour: the type-tagged value or the tokens printed, floats rounded to `DIGITS`
    significant digits; for an error its type alone, since messages differ between programs that agree."""
    value: object = None
    """What was returned, as plain built-ins or `Opaque`; None for a program on stdin."""
    stdout: str = ""
    """What a program on stdin printed."""
    error_type: str = ""

    @property
    def ran(self) -> bool:
        """Whether the program came to an end on this input, by itself."""
        return self.status == "ok"


def observation(case: CaseResult, *, stdin: bool = False) -> Observation:
    """The observation of one case; `stdin` says that what counts is the printed text."""
    if case.status != "ok":
        key = f"{case.status}:{case.error_type}"
    elif stdin:
        key = f"printed:{' '.join(map(_token, case.stdout.split()))}"
    else:
        key = f"returned:{canonical(case.value, DIGITS)}"
    if len(key) > _MAX_KEY:
        kind, _, rest = key.partition(":")
        key = f"{kind}:sha256:{hashlib.sha256(rest.encode('utf-8', 'backslashreplace')).hexdigest()}"
    return Observation(
        status=case.status,
        value=case.value,
        stdout=case.stdout if stdin else "",
        error_type=case.error_type,
        key=key,
    )


def _token(token: str) -> str:
    """A printed token; a decimal number rounded, so that noise in its last digits does not count."""
    try:
        return f"{float(token):.{DIGITS}g}" if "." in token and not token.isalpha() else token
    except ValueError:
        return token
