"""What runs inside the sandbox: load the program, run the cases, report each one on a private descriptor.

Standard library only, like `values`: both are shipped as code objects. The program shares this interpreter and can
forge any message, which gains it nothing: expected outputs never come here, so a forged result is only another value
that the parent compares. A case that hits a limit ends the process and the parent starts a fresh one for the rest.

Every import here is paid by every run: `json`, `signal`, `typing` and `contextlib` together would double the start.
"""

import atexit
import builtins
import errno
import io
import os
import resource
import sys
import time

from sandbox import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sandbox.request import Case, Request

FILE_NAME = "<candidate>"
_MIB = 1 << 20
_INTERPRETER_MIB = 64
"""Address space of CPython 3.11 with this file's imports, 14 MiB, and room for the main thread's stack to grow."""
_STACK_MIB = 64
_OPEN_FILES = 64
_QUEUED_SIGNALS = 256
"""Timers count, too: the kernel keeps up to 600 bytes for each of them, and its usual limit is some 100,000."""
_MOST_DESCRIPTORS = 1 << 20
"""The kernel's own bound, unless an administrator has raised it (`fs.nr_open`)."""
_MAX_MESSAGE = 500
"""Characters of an exception's message that are worth carrying."""
_MAX_NAME = 100
_Module = type(sys)
_ESCAPES = {number: f"\\u{number:04x}" for number in range(32)} | {ord('"'): '\\"', ord("\\"): "\\\\"}


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


class Session:
    """One program, the limits of each case and the private channel, whose lines `channel.parse` describes."""

    def __init__(self, request: "Request", descriptor: int, arm: "Callable[[float], None]") -> None:
        self._arm = arm
        self._request = request
        self._descriptor = descriptor
        self._module = _Module("candidate")
        # Given back when something fails: what is left of the memory limit may be too little to report it. Zeros that
        # nobody has written take address space and no memory.
        self._ballast = bytes(_MIB)

    def send(self, kind: str, *parts: str, **fields: object) -> None:
        """Write one message; `parts` are JSON text already, which holds no tab."""
        head = to_json({"token": self._request["token"], "kind": kind, **fields})
        rest = memoryview(("\t".join((head, *parts)) + "\n").encode("utf-8", "surrogatepass"))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def load(self) -> bool:
        """Run the program's top level as a module that is not `__main__`; says whether the cases can start."""
        self._module = sys.modules["candidate"] = _Module("candidate")
        started = time.process_time()
        try:
            with Bounded(CappedOutput(self._request["output_bytes"]), self._request["cpu_seconds"], self._arm):
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
        self.send("loaded", cpu_seconds=time.process_time() - started)
        return True

    def run(self, index: int) -> bool:
        """Run one case and report it; says whether the process is fit for the next one."""
        limit = self._request["output_bytes"]
        output = CappedOutput(limit)
        status, error_type, error_message, limited, value = "ok", "", "", "", "null"
        started = time.process_time()
        try:
            with Bounded(output, self._request["cpu_seconds"], self._arm):
                value = to_json(values.encode(self._evaluate(self._request["cases"][index])))
        except BaseException as error:
            self._ballast = b""
            status, error_type, error_message, limited = classify(error)
        if output.left < 0 or (status == "ok" and len(value.encode("utf-8", "surrogatepass")) > limit):
            status, error_type, error_message, limited, value = "output_limit", "", "", "output", "null"
        self.send(
            "case",
            to_json(output.getvalue().decode("utf-8", "replace")),
            value,
            index=index,
            status=status,
            error_type=error_type,
            error_message=error_message,
            limit=limited,
            cpu_seconds=time.process_time() - started,
        )
        return status in ("ok", "exception")

    def run_script(self) -> None:
        """Run the program as `__main__`; its output goes straight to the standard output of the process."""
        self._module = sys.modules["__main__"] = _Module("__main__")
        sys.argv = ["program.py"]
        status, error_type, error_message, limited = "ok", "", "", ""
        started = time.process_time()
        # Never disarmed: threads that outlive the main one and exit handlers count too.
        self._arm(self._request["cpu_seconds"])
        try:
            self._execute()
            flush()
        except CompileError as error:
            self.send("compile_error", detail=str(error))
            return
        except BaseException as error:
            self._ballast = b""
            if not (isinstance(error, SystemExit) and error.code in (None, 0)):
                status, error_type, error_message, limited = classify(error)
        self.send(
            "case",
            '""',
            "null",
            index=0,
            status=status,
            error_type=error_type,
            error_message=error_message,
            limit=limited,
            cpu_seconds=time.process_time() - started,
        )

    def leave(self) -> None:  # pragma: no cover - only inside the sandbox, where nothing measures
        """What the end of an interpreter does for a program: wait for threads, run exit handlers, drop globals."""
        threading = sys.modules.get("threading")
        for step in (
            threading._shutdown if threading else None,
            atexit._run_exitfuncs,
            self._module.__dict__.clear,
            flush,
        ):
            try:
                if step is not None:
                    step()
            except BaseException as error:
                # As the interpreter does: said on the standard error, which nobody reads, and no reason to fail.
                del error

    def _execute(self) -> None:
        try:
            code = compile(self._request["source"], FILE_NAME, "exec", dont_inherit=True)
        except SyntaxError as error:
            said = str(error.msg)[:_MAX_MESSAGE]
            raise CompileError(f"line {error.lineno}: {said}" if error.lineno else said) from None
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            raise CompileError(f"{type(error).__name__}: {error}") from None
        exec(code, self._module.__dict__)  # noqa: S102 - this is the sandbox

    def _check(self, entry_point: str) -> None:
        name, dot, method = entry_point.partition(".")
        found = self._module.__dict__.get(name)
        if not callable(found) or (dot and not hasattr(found, method)):
            raise LookupError(f"the program does not define {entry_point!r}")

    def _evaluate(self, case: "Case") -> object:
        namespace = self._module.__dict__
        if case["kind"] == "evaluate":
            code = compile(case["text"], "<expression>", "eval", dont_inherit=True)
            return eval(code, namespace)  # noqa: S307 - this is the sandbox
        name, _, method = case["text"].partition(".")
        function = getattr(namespace[name](), method) if method else namespace[name]
        return function(*values.decode(case["args"]), **values.decode(case["kwargs"]))  # type: ignore[misc, arg-type]


def flush() -> None:
    """Write out what was printed, also to a standard output that the program has since replaced, closed or deleted."""
    for name in ("stdout", "__stdout__"):
        try:
            getattr(sys, name).flush()
        except (AttributeError, ValueError) as error:
            # There is none any more, or it is closed or detached: nothing of it is left to write.
            del error


class Bounded:
    """While it is open, printed text is kept apart and the process ends with SIGPROF after `cpu_seconds`, all threads
    together."""

    def __init__(self, output: CappedOutput, cpu_seconds: float, arm: "Callable[[float], None]") -> None:
        self._arm = arm
        self._output = output
        self._cpu_seconds = cpu_seconds

    def __enter__(self) -> None:
        sys.stdout = io.TextIOWrapper(self._output, "utf-8", "backslashreplace", write_through=True)
        self._arm(self._cpu_seconds)

    def __exit__(self, kind: object, error: object, trace: "TracebackType | None") -> None:
        self._arm(0)
        sys.stdout = sys.__stdout__


def classify(error: BaseException) -> "tuple[str, str, str, str]":
    """Status, type name, message and limit of what ended a case."""
    if isinstance(error, OutputTooLong):
        return "output_limit", "", "", "output"
    if isinstance(error, MemoryError):
        return "memory_limit", "", "", "memory"
    return "exception", *describe(error), _limit_of(error)


def _limit_of(error: BaseException) -> str:
    """Which limit an exception tells of. The filter answers EAGAIN to a new process, as a full user would get it."""
    if isinstance(error, OSError):
        if error.errno == errno.ENOMEM:
            return "memory"
        if error.errno in (errno.EFBIG, errno.ENOSPC):
            return "file"
        return "processes" if error.errno == errno.EAGAIN else ""
    return "threads" if isinstance(error, RuntimeError) and "new thread" in str(error.args) else ""


def describe(error: BaseException) -> "tuple[str, str]":
    """Type name and message of an exception, with the last line of the program that it passed through."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)[:_MAX_MESSAGE]
    except BaseException:
        message = "its message cannot be read"
    where = f"line {line}" if line else ""
    return str(type(error).__name__)[:_MAX_NAME], f"{message} ({where})" if message and where else message or where


def to_json(data: object) -> str:
    """JSON of plain data: no subclasses, only finite numbers, string keys. A lone surrogate stays as it is."""
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, str):
        return f'"{data.translate(_ESCAPES)}"'
    if isinstance(data, list):
        return f"[{','.join([to_json(item) for item in data])}]"
    if isinstance(data, dict):
        pairs = data.get("$dict")
        if isinstance(pairs, list):
            # Two calls a level instead of six: the deepest value must fit into the usual limit of recursion.
            return f'{{"$dict":[{",".join([f"[{to_json(key)},{to_json(item)}]" for key, item in pairs])}]}}'
        return f"{{{','.join([f'{to_json(key)}:{to_json(item)}' for key, item in data.items()])}}}"
    return repr(data)


def confine(
    request: "Request", used_bytes: int = _INTERPRETER_MIB * _MIB, tasks: int = 2
) -> None:  # pragma: no cover - only inside the sandbox, where nothing measures
    """Resource limits of this process, none of which can be raised again.

    `used_bytes` of its address space are ours, and `tasks` of its user are there: bubblewrap's first process and this.
    The program may move its own soft CPU limit up to the hard one: the hard one bounds the process, not the case.
    """
    hard = request["cpu_hard_seconds"]
    files = request["file_mib"] * _MIB
    threads = request["threads"] + tasks
    memory = request["memory_mib"] * _MIB + used_bytes
    # Kept under the hard limit, because an ordinary user cannot lift that.
    ceiling = resource.getrlimit(resource.RLIMIT_STACK)[1]
    stack = _STACK_MIB * _MIB if ceiling == resource.RLIM_INFINITY else min(_STACK_MIB * _MIB, ceiling)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (files, files))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_SIGPENDING, (_QUEUED_SIGNALS, _QUEUED_SIGNALS))
    resource.setrlimit(resource.RLIMIT_NPROC, (threads, threads))
    resource.setrlimit(resource.RLIMIT_STACK, (stack, ceiling))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def serve(
    request: "Request", descriptor: int, arm: "Callable[[float], None]"
) -> None:  # pragma: no cover - only inside, where nothing measures
    """Run what was asked for and end this process; it is confined already and `descriptor` is its channel.

    `arm` has SIGPROF sent after so many seconds of its CPU time; 0 takes it back.
    """
    # `-S` leaves these out, and contest programs use them.
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    sys.path += [folder for folder in request["path"] if folder not in sys.path]
    session = Session(request, descriptor, arm)
    session.send("started")
    if request["script"]:
        session.run_script()
        session.leave()
    elif session.load():
        for index in range(len(request["cases"])):
            if not session.run(index):
                break
    session.send("finished")
    os._exit(0)


def hide_channel(channel: int, descriptor: int) -> None:  # pragma: no cover - only inside, where nothing measures
    """Move the channel to the descriptor that the parent chose for this run; close all others but the standard ones."""
    os.dup2(channel, descriptor, inheritable=False)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 2)
    os.closerange(3, descriptor)
    # As many as the caller may have had open: what it passes on keeps its number.
    os.closerange(descriptor + 1, max(_MOST_DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
