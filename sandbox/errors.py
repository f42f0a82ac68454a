"""The errors of this room."""

import copyreg
import errno
import os
from typing import Any

_MAX_SHOWN = 40
"""Characters of a refused value that an error quotes."""
_SCARCE = {
    errno.ENFILE: ("this machine has too many files open", "close some, or raise sysctl fs.file-max"),
    errno.EMFILE: ("this process has too many files open", "close some, or raise its limit with ulimit -n"),
    errno.ENOMEM: ("this machine is out of memory", "end other processes, or run where more is free"),
}
"""What may be there again in a moment: cause and fix. The text of the first contains that of the second."""


class Portable(Exception):
    """An error whose text is made of its arguments, and which survives pickling and copying all the same."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Past `__init__`, which takes other arguments than the text that it made of them.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class IsolationMissing(Portable):
    """Untrusted code cannot be isolated here, so it is not run. `str(error)` is one line: cause, then fix."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(f"untrusted code cannot be isolated: {cause}; {fix}")
        self.cause = cause
        self.fix = fix


class LimitsError(Portable, ValueError):
    """A limit that bounds nothing or is absurd. `str(error)` is one line: the field, its value, what is allowed."""

    def __init__(self, field: str, value: object, least: float, most: float, *, whole: bool) -> None:
        kind = "a whole number" if whole else "a number"
        super().__init__(f"{field}={_short(value)} is no limit: allowed is {kind} from {least:,} to {most:,}")
        self.field = field


class ReferenceFailed(Portable, ValueError):
    """A reference solution that did not do its work, so that nothing can be scaled from it. One line."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"no limits can be scaled from this reference run: {' '.join(cause.split())}")


def is_scarce(error: OSError) -> bool:
    """Whether a call was refused for want of descriptors or memory: that says nothing of who was asked."""
    return error.errno in _SCARCE


def scarcity(said: str) -> tuple[str, str] | None:
    """Cause and fix where the text of an error is that of `is_scarce`, of whichever process."""
    return next(
        ((f"{cause} ({said})", fix) for number, (cause, fix) in _SCARCE.items() if os.strerror(number) in said), None
    )


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        text = f"a very large {type(value).__name__}"
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
