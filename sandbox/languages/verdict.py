"""From how a process ended to the result of its input."""

import os
import signal

from sandbox.languages.language import Language
from sandbox.languages.supervised import Ended
from sandbox.signals import signal_name
from sandbox.types import CaseResult, CaseStatus, LimitKind, Limits

_SAID_CHARACTERS = 2000
_NEARLY_ALL = 0.9
"""A process that dies with this share of its memory in use most likely died of it: the next allocation failed, or its
stack met the bound."""
_WORDS: tuple[tuple[str, LimitKind], ...] = (
    ("Resource temporarily unavailable", "threads"),
    ("ERR_WORKER", "threads"),
    ("EAGAIN", "processes"),
    ("EFBIG", "file"),
    ("ENOSPC", "file"),
)
"""What a failure that nobody caught says when a limit was the cause: C++ of a thread, Node.js of anything."""


def result_of(ended: Ended, language: Language, limits: Limits) -> CaseResult:
    """The result of a process that was executed; its standard error is part of the message of a failure."""
    printed = ended.output.decode("utf-8", "replace")
    if ended.over_output:
        return _result(ended, "output_limit", "output", f"more than {limits.output_bytes} bytes of output", "")
    code = os.waitstatus_to_exitcode(ended.status)
    if ended.over_cpu or code == -signal.SIGXCPU or ended.cpu_seconds > limits.cpu_seconds:
        return _result(ended, "time_limit", "cpu", f"more than {limits.cpu_seconds:g} CPU seconds", printed)
    if code == 0:
        return _result(ended, "ok", "", "", printed)
    said = ended.errors.decode("utf-8", "replace")
    is_full = ended.out_of_memory or _is_full(ended, code, limits)
    if is_full or any(word in said for word in language.memory_words):
        return _result(ended, "memory_limit", "memory", f"more than {limits.memory_mib} MiB of memory", printed)
    tail = said[-_SAID_CHARACTERS:].strip()
    if code < 0:
        name = signal_name(-code)
        message = f"the process was killed by {name}"
        limit: LimitKind = "file" if name == "SIGXFSZ" else _limit_of(said)
        return _result(ended, "crashed", limit, _with(message, tail), printed, name)
    kind, message = language.describe(code, said)
    return _result(ended, "exception", _limit_of(said), _with(message, tail), printed, kind)


def _result(
    ended: Ended, status: CaseStatus, limit: LimitKind, message: str, printed: str, error_type: str = ""
) -> CaseResult:
    return CaseResult(
        status,
        error_type=error_type,
        error_message=message,
        stdout=printed,
        cpu_seconds=ended.cpu_seconds,
        limit=limit,
    )


def _is_full(ended: Ended, code: int, limits: Limits) -> bool:
    """Whether it looks so. A control group tells for certain whether a kill was its own."""
    looks = code < 0 and ended.peak_bytes >= _NEARLY_ALL * limits.memory_mib * (1 << 20)
    return looks and not (code == -signal.SIGKILL and ended.out_of_memory is not None)


def _limit_of(said: str) -> LimitKind:
    """Which limit a failure tells of; a program can only slander itself here."""
    return next((limit for word, limit in _WORDS if word in said), "")


def _with(message: str, said: str) -> str:
    return f"{message}\n{said}" if said else message
