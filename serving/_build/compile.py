"""Compiling the wheel with pip, in a child process, with a bar where somebody watches."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hierarchy.errors import InfrastructureError
from serving._build.recipe import VERSION, Recipe

_STEP = re.compile(r"\[(\d+)/(\d+)\]")
"""Ninja's count of what is compiled, `[12/210]`."""
_GRACE_SECONDS = 20.0
_NOTE = "compiling llama.cpp for this CPU, 4 to 8 minutes, once"


def compile_wheel(recipe: Recipe, folder: Path, log: Path) -> Path:
    """Compile into `folder`; all that the tools say goes to `log`. Raises InfrastructureError with the log's path.

    pip brings CMake and Ninja along. Its own cache of built wheels is passed by: it does not know about flags.
    """
    command = [sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"]
    command += ["--no-binary", "llama-cpp-python", "--wheel-dir", str(folder), f"llama-cpp-python=={VERSION}"]
    environment = {
        **os.environ,
        "CMAKE_ARGS": shlex.join(recipe.cmake),
        "CMAKE_BUILD_PARALLEL_LEVEL": os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1)),
    }
    return run_build(command, environment, folder, log, f"{_NOTE} ({recipe.name})")


def run_build(command: list[str], environment: dict[str, str], folder: Path, log: Path, note: str) -> Path:
    """Run a command that leaves one wheel in `folder`, showing its progress. Raises InfrastructureError."""
    began = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as record, _child(command, environment) as child, _bar(note) as show:
        assert child.stdout is not None
        for line in child.stdout:
            record.write(line)
            if step := _STEP.search(line):
                show(int(step.group(1)), int(step.group(2)))
    found = sorted(folder.glob("*.whl"))
    if child.returncode != 0 or not found:
        lines = [line.strip() for line in log.read_text(encoding="utf-8").splitlines()]
        why = next((line for line in reversed(lines) if "error" in line.lower()), "it left no wheel")
        raise InfrastructureError(
            f"llama.cpp could not be built (exit {child.returncode}: {why}); all that was said is in {str(log)!r}; "
            "then again: python -m serving.build_llama --install"
        )
    print(f"compiled llama.cpp in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return found[0]


@contextmanager
def _child(command: list[str], environment: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """A child whose whole group goes when we are interrupted: compilers must not stay behind."""
    child = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with child:
        try:
            yield child
        except BaseException:
            # As Ctrl-C would: pip then takes its temporary folder away.
            os.killpg(child.pid, signal.SIGINT)
            try:
                child.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
            raise


@contextmanager
def _bar(note: str) -> "Iterator[_Show]":
    """A bar on stderr, a single line where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        print(f"{note}: ...", file=sys.stderr)
        yield _Show(None)
        return
    with Progress(TextColumn(note), BarColumn(), TimeElapsedColumn(), console=console) as progress:
        yield _Show(progress)


class _Show:
    """Moves the bar, if there is one."""

    def __init__(self, progress: object) -> None:
        from rich.progress import Progress

        self._progress = progress if isinstance(progress, Progress) else None
        self._task = self._progress.add_task("", total=None) if self._progress else None

    def __call__(self, done: int, total: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)
