"""The log of an unexpected error: what a bug report needs, in one file."""

import platform
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import version

from platformdirs import user_log_path


def write_log(error: BaseException) -> str:
    """Write the traceback to a file in the platform's log folder; give the line to show the user."""
    name = f"{type(error).__name__}: {' '.join(str(error).split())}"
    now = datetime.now(UTC)
    head = (
        f"{now.isoformat()}\nhi-moe {version('hi-moe')}, Python {platform.python_version()}, {platform.platform()}\n"
        f"arguments: {sys.argv[1:]!r}\n\n"
    )
    try:
        folder = user_log_path("hi-moe", ensure_exists=True)
        path = folder / f"crash-{now:%Y%m%dT%H%M%S}-{now.microsecond:06d}.log"
        path.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError as cannot:
        return f"unexpected {name}; no log could be written ({cannot.strerror}); HI_MOE_DEBUG=1 shows the traceback"
    return f"unexpected {name}; traceback in {path}; please open an issue with that file attached"
