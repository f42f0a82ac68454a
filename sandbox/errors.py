"""The errors of this room."""

_MAX_SHOWN = 40
"""Characters of a refused value that an error quotes."""


class IsolationMissing(Exception):
    """Untrusted code cannot be isolated here, so it is not run. `str(error)` is one line: cause, then fix."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(f"untrusted code cannot be isolated: {cause}; {fix}")
        self.cause = cause
        self.fix = fix


class LimitsError(ValueError):
    """A limit that bounds nothing or is absurd. `str(error)` is one line: the field, its value, what is allowed."""

    def __init__(self, field: str, value: object, least: float, most: float, *, whole: bool) -> None:
        kind = "a whole number" if whole else "a number"
        super().__init__(f"{field}={_short(value)} is no limit: allowed is {kind} from {least:,} to {most:,}")
        self.field = field


class ReferenceFailed(ValueError):
    """A reference solution that did not do its work, so that nothing can be scaled from it. One line."""

    def __init__(self, cause: str) -> None:
        super().__init__(f"no limits can be scaled from this reference run: {' '.join(cause.split())}")


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        text = f"a very large {type(value).__name__}"
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
