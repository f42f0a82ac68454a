"""What runs inside the sandbox: load the program, run the cases, report each one on a private descriptor.

Standard library only, like `values`: both are shipped as code objects. The program shares this interpreter and can
forge any message, which gains it nothing: expected outputs never come here, so a forged result is only another value
that the parent compares. A case that hits a limit ends the process and the parent starts a fresh one for the rest.
"""

import builtins
import io
import json
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypedDict

from sandbox import values

FILE_NAME = "<candidate>"
_MIB = 1 << 20
_INTERPRETER_MIB = 64
"""Address space of CPython 3.11 with this file's imports, 30 MiB, and the stack it may grow."""
_STACK_MIB = 64
_OPEN_FILES = 64
_MAX_MESSAGE = 500
"""Characters of an exception's message that are worth carrying."""


class Case(TypedDict):
    """A `Call` (`kind` "call") or an `Evaluate` (`kind` "evaluate")."""

    kind: str
    text: str
    """The entry point or the expression."""
    args: object
    """Typed JSON, as `kwargs`."""
    kwargs: object


class Request(TypedDict):
    """What the parent sends: everything the runner knows."""

    token: str
    descriptor: int
    source: str
    script: bool
    """Run as `__main__` with the standard input of the process instead of running cases."""
    cases: list[Case]
    cpu_seconds: float
    cpu_hard_seconds: int
    memory_mib: int
    output_bytes: int
    file_mib: int
    threads: int


class CompileError(Exception):
    """The program is no valid Python."""


class OutputTooLong(BaseException):
    """Printed text went over the limit; no `Exception`, so that a program's own handler lets it through."""


class CappedOutput(io.BytesIO):
    """Printed bytes up to a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.left = limit

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        """Keep `data`; raises `OutputTooLong`."""
        self.left -= len(data)
        if self.left < 0:
            raise OutputTooLong
        return super().write(data)

    def close(self) -> None:
        """Stay readable: neither the program nor the end of a text wrapper throws away what was printed."""


class Ended:
    """How one piece of the program's code ended."""

    def __init__(self) -> None:
        self.status = "ok"
        self.error_type = ""
        self.error_message = ""


class Session:
    """One program, the limits of each case and the private channel: one JSON object per line with the run's token."""

    def __init__(self, request: Request, descriptor: int) -> None:
        self._request = request
        self._descriptor = descriptor
        self._module = types.ModuleType("candidate")

    def send(self, kind: str, value: str = "null", **fields: object) -> None:
        """Write one message; `value` is JSON text already."""
        head = json.dumps({"token": self._request["token"], "kind": kind, **fields})
        rest = memoryview(f'{head[:-1]}, "value": {value}}}\n'.encode())
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def load(self) -> bool:
        """Run the program's top level as a module that is not `__main__`; says whether the cases can start."""
        self._module = sys.modules["candidate"] = types.ModuleType("candidate")
        try:
            with self._captured(CappedOutput(self._request["output_bytes"])), cpu_limit(self._request["cpu_seconds"]):
                self._execute()
                for case in self._request["cases"]:
                    if case["kind"] == "call":
                        self._check(case["text"])
        except CompileError as error:
            self.send("compile_error", detail=str(error))
            return False
        except BaseException as error:
            self.send("load_error", detail=": ".join(describe(error)))
            return False
        self.send("loaded")
        return True

    def run(self, index: int) -> bool:
        """Run one case and report it; says whether the process is fit for the next one."""
        output = CappedOutput(self._request["output_bytes"])
        value = "null"
        started = time.process_time()
        with self._captured(output), self._outcome() as ended, cpu_limit(self._request["cpu_seconds"]):
            value = json.dumps(values.encode(self._evaluate(self._request["cases"][index])))
        if ended.status == "ok" and (len(value) > self._request["output_bytes"] or output.left < 0):
            ended.status, value = "output_limit", "null"
        self._report(index, ended, started, value, output.getvalue().decode("utf-8", "replace"))
        return ended.status in ("ok", "exception")

    def run_script(self) -> None:
        """Run the program as `__main__`; its output goes straight to the standard output of the process."""
        self._module = sys.modules["__main__"] = types.ModuleType("__main__")
        sys.argv = ["program.py"]
        started = time.process_time()
        # Never disarmed: threads that outlive the main one and exit handlers count too.
        signal.setitimer(signal.ITIMER_PROF, self._request["cpu_seconds"])
        try:
            with self._outcome() as ended:
                self._execute()
                sys.stdout.flush()
        except CompileError as error:
            self.send("compile_error", detail=str(error))
            return
        self._report(0, ended, started)

    def _execute(self) -> None:
        try:
            code = compile(self._request["source"], FILE_NAME, "exec", dont_inherit=True)
        except SyntaxError as error:
            raise CompileError(f"line {error.lineno}: {error.msg}") from None
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise CompileError(f"{type(error).__name__}: {error}") from None
        exec(code, self._module.__dict__)  # noqa: S102 - this is the sandbox

    def _check(self, entry_point: str) -> None:
        name, _, method = entry_point.partition(".")
        found = self._module.__dict__.get(name)
        if not callable(found) or (method and not hasattr(found, method)):
            raise LookupError(f"the program does not define {entry_point!r}")

    def _evaluate(self, case: Case) -> object:
        namespace = self._module.__dict__
        if case["kind"] == "evaluate":
            code = compile(case["text"], "<expression>", "eval", dont_inherit=True)
            return eval(code, namespace)  # noqa: S307 - this is the sandbox
        name, _, method = case["text"].partition(".")
        function: Callable[..., object] = getattr(namespace[name](), method) if method else namespace[name]
        return function(*values.decode(case["args"]), **values.decode(case["kwargs"]))  # type: ignore[misc, arg-type]

    def _report(self, index: int, ended: Ended, started: float, value: str = "null", printed: str = "") -> None:
        self.send("case", value, index=index, stdout=printed, cpu_seconds=time.process_time() - started, **vars(ended))

    @contextmanager
    def _captured(self, output: CappedOutput) -> Iterator[None]:
        sys.stdout = io.TextIOWrapper(output, "utf-8", "backslashreplace", write_through=True)
        try:
            yield
        finally:
            sys.stdout = sys.__stdout__

    @contextmanager
    def _outcome(self) -> Iterator[Ended]:
        ended = Ended()
        ballast = bytearray(_MIB)
        try:
            yield ended
        except CompileError:
            raise
        except OutputTooLong:
            ended.status = "output_limit"
        except MemoryError:
            ballast.clear()
            ended.status = "memory_limit"
        except BaseException as error:
            if not (self._request["script"] and isinstance(error, SystemExit) and error.code in (None, 0)):
                ended.status = "exception"
                ended.error_type, ended.error_message = describe(error)


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """End the process with SIGPROF when the body uses more CPU time, all threads together."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def describe(error: BaseException) -> "tuple[str, str]":
    """Type name and message of an exception, with the last line of the program that it passed through."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)[:_MAX_MESSAGE]
    except BaseException:
        message = "its message cannot be read"
    where = "" if line is None else f"line {line}"
    return str(type(error).__name__), f"{message} ({where})" if message and where else message or where


def confine(request: Request) -> None:
    """Resource limits of this process, none of which can be raised again.

    The program may move its own soft CPU limit up to the hard one: the hard one bounds the process, not the case.
    """
    hard = request["cpu_hard_seconds"]
    memory = (request["memory_mib"] + _INTERPRETER_MIB) * _MIB
    # Kept under the hard limit, because an ordinary user cannot lift that.
    ceiling = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = _STACK_MIB * _MIB if ceiling == resource.RLIM_INFINITY else min(_STACK_MIB * _MIB, ceiling)
    for kind, soft_hard in (
        (resource.RLIMIT_CORE, (0, 0)),
        (resource.RLIMIT_CPU, (hard, hard + 1)),
        (resource.RLIMIT_FSIZE, (request["file_mib"] * _MIB,) * 2),
        (resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES)),
        (resource.RLIMIT_NPROC, (request["threads"] + 2,) * 2),
        (resource.RLIMIT_STACK, (stack, ceiling)),
        (resource.RLIMIT_AS, (memory, memory)),
    ):
        resource.setrlimit(kind, soft_hard)


def main(request: Request) -> None:
    """Confine this process, then run what was asked for.

    The channel is the standard error of the process, moved to the descriptor that the parent chose for this run.
    """
    descriptor = os.dup2(2, request["descriptor"], inheritable=False)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 2)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 1024)
    confine(request)
    sys.__stdout__.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    # `-S` leaves these out, and contest programs use them.
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    session = Session(request, descriptor)
    session.send("started")
    if request["script"]:
        session.run_script()
        return
    if session.load():
        for index in range(len(request["cases"])):
            if not session.run(index):
                break
    os._exit(0)
