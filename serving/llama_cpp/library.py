"""Loading llama.cpp: quietly, and with a useful message where it is not installed.

llama.cpp writes thousands of lines to stderr unless a callback takes them. Ours keeps the last errors, so that a NULL
from the library can be explained, and writes nothing.
"""

import ctypes
import os
from collections import deque
from functools import cache
from typing import Any

from hierarchy.errors import MissingComponent

_ERROR_LEVELS = frozenset({3, 4})
"""`GGML_LOG_LEVEL_WARN` and `GGML_LOG_LEVEL_ERROR` of ggml.h."""
_CONTINUED = 5
"""`GGML_LOG_LEVEL_CONT`: goes on with the line before."""


class Library:
    """The loaded `llama_cpp` module (`api`) and what it complained about last."""

    def __init__(self, api: Any) -> None:
        self.api = api
        self._complaints: deque[str] = deque(maxlen=20)
        self._listening = False
        # ctypes does not keep a callback alive; the library would call into freed memory.
        self._callback = api.llama_log_callback(self._hear)
        api.llama_log_set(self._callback, ctypes.c_void_p(0))
        api.llama_backend_init()

    def _hear(self, level: int, text: bytes, _data: object) -> None:
        if level != _CONTINUED:
            self._listening = level in _ERROR_LEVELS
        if self._listening and text:
            self._complaints.append(text.decode("utf-8", errors="replace").strip())

    def forget(self) -> None:
        """Drop what was heard, before a call whose failure will be explained."""
        self._complaints.clear()

    def reason(self) -> str:
        """The last thing it complained about, in one line."""
        heard = [line for line in self._complaints if line]
        return heard[-1] if heard else "llama.cpp gave no reason"


@cache
def load_library() -> Library:
    """The library, loaded once in a process. Raises MissingComponent with the command that builds it."""
    # The threads of a decode wait for each other a thousand times a step. While they spin, without bound by default, a
    # thread that lost its core to another process, such as the sandbox that judges a sibling, costs the others their
    # time slice: 300 ms a token beside two busy processes. Sleeping at once (OMP_WAIT_POLICY=passive) costs 60 % on a
    # quiet machine. A short spin is as quick as the one and as polite as the other (docs/log.md, 2026-11-21). GNU's
    # OpenMP reads this when the library is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        import llama_cpp
        import numpy  # noqa: F401  the sampler needs it; better one message here than a traceback later
        import outlines_core  # noqa: F401  so do constraints
    except (ImportError, OSError, RuntimeError) as error:
        raise MissingComponent(
            f"the embedded engine is not installed ({error}): make setup, or python -m serving.build_llama --install"
        ) from error
    return Library(llama_cpp)
