"""The error of this room."""


class IsolationMissing(Exception):
    """Untrusted code cannot be isolated here, so it is not run. `str(error)` is one line: cause, then fix."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(f"untrusted code cannot be isolated: {cause}; {fix}")
        self.cause = cause
        self.fix = fix
