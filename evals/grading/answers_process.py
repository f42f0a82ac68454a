"""The parent's side of the process that compares answers: start it, ask it, kill it when it is late, start another."""

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evals.grading.answers_compare import Pair
from hierarchy.errors import InfrastructureError, MissingComponent

End = Literal["answered", "late", "died"]

_WORKER = Path(__file__).with_name("answers_worker.py")
_START_SECONDS = 120.0
"""To load SymPy, on a machine with much else to do: 11 s were seen on two cores with eight programs on them."""
_LARGEST_REPLY_BYTES = 1 << 20


@dataclass(frozen=True)
class Reply:
    """What came of a question."""

    end: End
    same: tuple[bool, ...] = ()
    notes: tuple[str, ...] = ()
    """For each pair why it could not be compared, or nothing."""


def require_libraries() -> None:
    """Raise `MissingComponent` where answers could not be compared."""
    for library in ("math_verify", "latex2sympy2_extended"):
        if importlib.util.find_spec(library) is None:
            raise MissingComponent(f"{library!r} compares answers and is not there: pip install 'hi-moe[evals]'")


class AnswerProcess:
    """One child process, started on the first question and again after each end of it.

    Its CPU time for a question is bounded by the kernel, its memory too; it dies with this process. Not for two
    questions at once: the caller has a lock.
    """

    def __init__(self, *, seconds: float, patience: float = 30.0, python: str = sys.executable) -> None:
        """`seconds`: CPU seconds for a question. `patience`: wall seconds for each of them, beyond which the machine
        and not the question is to blame. `python`: the interpreter to start, which has the libraries.
        """
        self._seconds = seconds
        self._wall_seconds = seconds * patience
        self._python = python
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """Of the running child; None when there is none."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def ask(self, pairs: Sequence[Pair]) -> Reply:
        """Compare pairs of tidied LaTeX. `late` and `died` leave no process behind.

        Raises `MissingComponent` without math-verify, `InfrastructureError` when no child can be started or the
        machine is too busy to let it work.
        """
        process = self._process if self.pid is not None and self._process else await self._start()
        assert process.stdin
        assert process.stdout
        question = json.dumps({"pairs": pairs, "seconds": self._seconds})
        answered = False
        try:
            async with asyncio.timeout(self._wall_seconds):
                with contextlib.suppress(ConnectionError):
                    process.stdin.write(question.encode() + b"\n")
                    await process.stdin.drain()
                line = await process.stdout.readline()
                if line.endswith(b"\n"):
                    found = json.loads(line)
                    answered = not found["last"]
                    return Reply("answered", tuple(found["same"]), tuple(found["notes"]))
                code = await process.wait()
        except TimeoutError:
            raise InfrastructureError(
                f"an answer could not be compared: its process did not get {self._seconds:g} CPU seconds within "
                f"{self._wall_seconds:g} s; run with fewer at once"
            ) from None
        finally:
            if not answered:
                await self.close()
        return Reply("late" if code in (-signal.SIGPROF, -signal.SIGXCPU) else "died")

    async def close(self) -> None:
        """End the child, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    async def _start(self) -> asyncio.subprocess.Process:
        await self.close()
        require_libraries()
        try:
            process = await asyncio.create_subprocess_exec(
                self._python,
                "-I",
                str(_WORKER),
                str(os.getpid()),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_LARGEST_REPLY_BYTES,
                cwd="/",
                env={},
            )
        except OSError as error:
            raise InfrastructureError(f"the process that compares answers cannot be started: {error}") from error
        self._process = process
        assert process.stdout
        try:
            async with asyncio.timeout(_START_SECONDS):
                line = await process.stdout.readline()
        except TimeoutError:
            line = b""
        except asyncio.CancelledError:
            await self.close()
            raise
        why = json.loads(line).get("why") if line.endswith(b"\n") else "it ended before it was ready"
        if why is not None:
            await self.close()
            raise InfrastructureError(f"the process that compares answers does not work: {why}")
        return process
