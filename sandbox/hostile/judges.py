"""Whether a hostile program got through: pure functions of what its run returned and of the traces outside.

A program that was not understood counts as one that got through: only evidence of being stopped is an all-clear. The
words for what stopped it are made from the result; what the kernel answered is put down to the system call filter only
where the filter gives that answer to that call.
"""

import errno
import os
from collections.abc import Callable

from sandbox import seccomp
from sandbox.bait import Traces
from sandbox.compare.printed import same_output
from sandbox.compare.text import exact, show
from sandbox.compare.values import same
from sandbox.hostile.record import Judge, Ruling
from sandbox.types import CaseResult, Execution
from sandbox.values import Opaque

_PLACES = {
    "ENOENT": "no such file there",
    "ESRCH": "no such process in its namespace",
    "EROFS": "read-only file system",
    "ENOSPC": "size of its /tmp",
    "EFBIG": "file size limit",
    "EMFILE": "limit of open files",
    "EXDEV": "file system boundary",
}
_NEW_PROCESSES = ("fork", "vfork", "clone")
_LIMITS = {
    "cpu": "CPU limit",
    "wall": "wall time limit",
    "memory": "memory limit",
    "output": "output limit",
    "file": "file size limit",
    "processes": "no further process",
    "threads": "thread limit",
}


def attempts(execution: Execution, traces: Traces) -> Ruling:
    """`f` returned how each of its tries ended, see `prelude`: one that got something got through."""
    return escaped(execution, traces) or _unless_ok(execution) or _attempts(execution.results[0].value)


def bounded(most: int) -> Judge:
    """`f` returned how much it got, which is harmless up to `most`; or a limit ended it."""

    def judge(execution: Execution, traces: Traces) -> Ruling:
        value = execution.results[0].value if execution.results else None
        ended = escaped(execution, traces) or _unless_ok(execution)
        if ended is not None:
            return ended
        if type(value) is not int:
            return Ruling(True, f"nothing understandable came home: {show(value, 100)}")
        return Ruling(value > most, f"{value:,} of at most {most:,}")

    return judge


def ended(execution: Execution, traces: Traces) -> Ruling:
    """The run must have been ended, by a limit or by its own doing, or have brought nothing that was wanted."""
    return escaped(execution, traces) or _unless_ok(execution) or Ruling(True, "it ended well")


def cheated(execution: Execution, traces: Traces) -> Ruling:
    """Through is whose value or printed text is taken for the expected one."""
    return escaped(execution, traces) or _unless_ok(execution) or _compared(execution.results[0])


def found(pick: Callable[[object], bool], otherwise: str) -> Judge:
    """Through is a value that `pick` says yes to; `otherwise` says what a program met that found nothing."""

    def judge(execution: Execution, traces: Traces) -> Ruling:
        return escaped(execution, traces) or _unless_ok(execution) or picked(execution.results[0].value)

    def picked(value: object) -> Ruling:
        return Ruling(True, f"nothing: it found {show(value, 100)}") if pick(value) else Ruling(False, otherwise)

    return judge


def escaped(execution: Execution, traces: Traces) -> Ruling | None:
    """What no program may do, whatever it was up to: touch the outside, bring a secret, pass for right, blame us."""
    if traces.touched:
        return Ruling(True, f"nothing: {traces.touched[0]}")
    said = _said(execution)
    if any(secret in said for secret in traces.secrets):
        return Ruling(True, "nothing: a secret came home")
    for result in execution.results:
        if result.status == "ok" and (
            same(traces.wanted, result.value) or same_output(str(traces.wanted), result.stdout)
        ):
            return Ruling(True, "nothing: it was taken for right")
    if execution.status == "infrastructure":
        return Ruling(True, f"it was blamed on us: {execution.detail}")
    return None


def words_for(call: str, error: str) -> str:
    """What an error name means here; `call` is the name of the try, its first word the system call if it was one."""
    name = call.partition(" ")[0]
    if (error == "EPERM" and name in seccomp.DENIED) or (error == "EAGAIN" and name in _NEW_PROCESSES):
        return f"{error} from the system call filter"
    if error == "ENOSYS":
        return "ENOSYS from the system call filter"
    number = getattr(errno, error, None)
    return _PLACES.get(error) or (error if number is None else f"{error}, {os.strerror(number).lower()}")


def _attempts(value: object) -> Ruling:
    if not isinstance(value, dict) or not value:
        return Ruling(True, f"nothing understandable came home: {show(value, 100)}")
    words: dict[str, None] = {}
    for name, end in value.items():
        if not isinstance(end, list) or len(end) != 2 or end[0] != "stopped":
            return Ruling(True, f"nothing: {name} gave {show(end, 100)}")
        words[words_for(str(name), str(end[1]))] = None
    return Ruling(False, "; ".join(words))


def _unless_ok(execution: Execution) -> Ruling | None:
    """A run that was ended by anything is stopped by that."""
    if execution.status != "ok":
        return Ruling(False, execution.detail)
    result = execution.results[0]
    if result.status == "ok":
        return None
    if result.limit:
        return Ruling(False, _LIMITS[result.limit])
    if result.error_type == "BrokenChannel":
        return Ruling(False, "a channel that takes only messages of its run")
    return Ruling(False, f"{result.error_type}: {result.error_message}"[:80].rstrip(": "))


def _said(execution: Execution) -> str:
    """Everything that came out, as one text. Not `repr`, which fails for an integer of many digits."""
    parts = [execution.detail]
    for result in execution.results:
        parts += [exact(result.value), result.stdout, result.error_type, result.error_message]
    return "\n".join(parts)


def _compared(result: CaseResult) -> Ruling:
    if isinstance(result.value, Opaque):
        return Ruling(False, "objects of foreign types stay inside")
    return Ruling(False, "values are compared outside, where the expected one is")
