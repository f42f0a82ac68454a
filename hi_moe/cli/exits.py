"""Exit codes of `hi-moe`. They are part of its interface: `docs/cli.md` documents them."""

import errno
from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """How a command ended. The order of definition is from best to worst."""

    VERIFIED = 0
    AGREED = 10
    UNVERIFIED = 11
    ABSTAINED = 12
    USAGE = 2
    MISSING = 3
    INFRASTRUCTURE = 4
    INTERRUPTED = 130
    HUNG_UP = 129
    TERMINATED = 143
    PIPE = 141


STOPPED = (Exit.INTERRUPTED, Exit.HUNG_UP, Exit.TERMINATED)
"""A signal ended the command: 128 plus its number."""

HELP = """\b
Exit codes:
    0  verified: every public test passed
   10  agreed: independent answers agree
   11  unverified: the best answer found; no test and no agreement confirms it
   12  abstained: no answer worth showing
    2  usage: an argument, a file or a setting is wrong
    3  missing component: weights, a compiler, isolation
    4  infrastructure: disk full, engine or sandbox broken
  130  interrupted by Ctrl-C; the run is kept and can be resumed
  129  interrupted because the terminal was closed (SIGHUP); likewise
  143  interrupted by SIGTERM; likewise
  141  stdout was closed before the answer was written
With several problems it is the worst of them."""


def worst(codes: Iterable[Exit]) -> Exit:
    """The worst of several codes; `VERIFIED` for none."""
    order = list(Exit)
    return max(codes, key=order.index, default=Exit.VERIFIED)


def of_status(status: str) -> Exit:
    """The code of an outcome's status."""
    return Exit[status.upper()]


def of_error(error: BaseException) -> Exit:
    """The code of an error: which boundary was crossed."""
    from hierarchy.errors import MissingComponent, UsageError

    if isinstance(error, UsageError):
        return Exit.USAGE
    if isinstance(error, MissingComponent):
        return Exit.MISSING
    return Exit.INFRASTRUCTURE


def one_line(error: BaseException) -> str | None:
    """What to tell a user about an expected error; None for one that is a bug of ours."""
    from hierarchy.errors import HiMoeError

    if isinstance(error, HiMoeError):
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        where = "the output" if error.filename is None else repr(error.filename)
        return f"disk full while writing {where}; free some space and run the command again"
    return None
