"""What every source of weights shares: progress, its way to fail, and the disk."""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hierarchy.errors import InfrastructureError

MARGIN_BYTES = 64 << 20
"""Left free on the disk by a pull: other programs, and this one's ledger, write too."""


@dataclass(frozen=True)
class Progress:
    """A moment of a pull. `source`: cache, hub or pypi; `note`: what is being done, for people."""

    name: str
    source: str
    done_bytes: int
    total_bytes: int
    note: str = ""


Report = Callable[[int, str], None]
"""A source tells the bytes it has and a note."""


class SourceFailed(Exception):
    """This source could not deliver, for the one-line reason given; the next one is tried."""


def one_line(error: BaseException | str) -> str:
    """The first line of an error, at most 200 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:200].rstrip(".") if lines else type(error).__name__


def megabytes(size: int) -> str:
    """Bytes as people read them (1 MB = 10^6 bytes)."""
    return f"{size / 1e6:,.1f} MB"


def require_space(folder: Path, needed: int, name: str) -> None:
    """Raise InfrastructureError unless `needed` bytes and the margin are free where `folder` is."""
    free = shutil.disk_usage(folder).free
    if free < needed + MARGIN_BYTES:
        raise InfrastructureError(
            f"not enough disk for model {name!r}: {megabytes(needed + MARGIN_BYTES)} needed, {megabytes(free)} free in "
            f"{str(folder)!r}; free some, or set models.cache to another folder, then: hi-moe models pull {name}"
        )


@contextmanager
def disk_errors(folder: Path, name: str) -> Iterator[None]:
    """Turn an OSError of writing in `folder` into an InfrastructureError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(folder, name) from error
        raise InfrastructureError(
            f"the models folder {str(folder)!r} cannot be used: {error.strerror or one_line(error)}; "
            f"set models.cache to another folder, then: hi-moe models pull {name}"
        ) from error


def disk_full(folder: Path, name: str) -> InfrastructureError:
    """The disk ran full in the middle of a pull."""
    free = shutil.disk_usage(folder).free
    return InfrastructureError(
        f"the disk of {str(folder)!r} ran full while model {name!r} was fetched ({megabytes(free)} free); "
        f"what was fetched is kept: free some and go on with: hi-moe models pull {name}"
    )
