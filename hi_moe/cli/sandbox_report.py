"""What `hi-moe sandbox run` shows: answers on stdout, how the program ended on stderr, or all of it as JSON."""

import json
import sys

import click

from hi_moe.cli.exits import Exit
from hi_moe.cli.sandbox_exits import SandboxExit
from hi_moe.cli.sandbox_files import Group
from hi_moe.cli.streams import put, say
from hi_moe.cli.text import shorten
from hierarchy.judging.results import load_status
from hierarchy.wording import plural
from sandbox import values
from sandbox.compare.text import show
from sandbox.types import CaseResult, Execution, Program, Stdin

_CODES = {
    "ok": SandboxExit.OK,
    "exception": SandboxExit.FAILED,
    "crashed": SandboxExit.FAILED,
    "not_run": SandboxExit.FAILED,
    "accepted": SandboxExit.OK,
    "runtime_error": SandboxExit.FAILED,
    "time_limit": SandboxExit.TIME_LIMIT,
    "memory_limit": SandboxExit.MEMORY_LIMIT,
    "output_limit": SandboxExit.OUTPUT_LIMIT,
    "compile_error": SandboxExit.COMPILE_ERROR,
    "infrastructure": Exit.INFRASTRUCTURE,
}
"""By the status of a case, or of a whole run that came to none."""
_MESSAGE = 300
"""Characters of an error that a line shows; `--json` has all that was kept."""
_WHOLE = 1 << 62
"""A value is bounded by the sandbox already."""


class RunReport:
    """Shows each run as soon as it is over; `code` is that of the first input on which the program did not end well."""

    def __init__(self, program: Program, as_json: bool, several: bool) -> None:
        self.code: int = SandboxExit.OK
        self._program = program
        self._as_json = as_json
        self._several = several
        """Whether a line must say which input it is about."""
        self._runs: list[dict[str, object]] = []

    def show(self, group: Group, execution: Execution) -> None:
        """Show one run."""
        statuses = [str(result.status) for result in execution.results] or [load_status(execution)]
        self.code = self.code or next((code for status in statuses if (code := _CODES[status])), SandboxExit.OK)
        if self._as_json:
            self._runs.append(_data(group, execution))
        elif execution.status == "ok":
            self._print(group, execution)
        else:
            name = f"{group[0].name}: " if self._several and len(group) == 1 else ""
            say(f"{name}{_words(execution.status)}: {shorten(execution.detail, _MESSAGE)}; {_cost(execution)}")

    def end(self) -> None:
        """With `--json`, print everything as one line."""
        if self._as_json:
            data = {"language": self._program.language, "exit_code": int(self.code), "runs": self._runs}
            click.echo(json.dumps(data, allow_nan=False))

    def _print(self, group: Group, execution: Execution) -> None:
        for case, result in zip(group, execution.results, strict=True):
            if isinstance(case.input, Stdin):
                # A terminal shows the next line, how it ended, below what it printed.
                open_line = sys.stdout.isatty() and not result.stdout.endswith("\n")
                put(result.stdout, nl=bool(result.stdout) and open_line)
            else:
                # A line for each call, also for one that has no value: the lines stay those of the calls.
                put(show(result.value, _WHOLE) if result.status == "ok" else "")
                if result.stdout:
                    say("".join(f"  | {line}\n" for line in result.stdout.splitlines()), nl=False)
            name = f"{shorten(case.name)}: " if self._several else ""
            cost = f", {_cost(execution)}" if len(group) == 1 else ""
            say(f"{name}{_ending(result)}; {result.cpu_seconds:.3f} CPU s{cost}")
        if len(group) > 1:
            good = sum(result.status == "ok" for result in execution.results)
            say(f"{good} of {plural(len(group), 'input')} ok; {_cost(execution)}")


def _ending(result: CaseResult) -> str:
    """How it ended on one input: `time limit (cpu): more than 5 CPU seconds`."""
    limit = f" ({result.limit})" if result.limit else ""
    error = ": ".join(filter(None, (result.error_type, result.error_message)))
    return f"{_words(result.status)}{limit}{f': {shorten(error, _MESSAGE)}' if error else ''}"


def _cost(execution: Execution) -> str:
    return f"{execution.wall_seconds * 1e3:.0f} ms, {execution.isolation} tier"


def _words(status: str) -> str:
    return status.replace("_", " ")


def _data(group: Group, execution: Execution) -> dict[str, object]:
    results = [
        {
            "input": case.name,
            "status": result.status,
            "limit": result.limit,
            "value": values.encode(result.value),
            "stdout": result.stdout,
            "error_type": result.error_type,
            "error_message": result.error_message,
            "cpu_seconds": result.cpu_seconds,
        }
        for case, result in zip(group, execution.results, strict=False)
    ]
    return {
        "inputs": [case.name for case in group],
        "status": execution.status,
        "detail": execution.detail,
        "isolation": execution.isolation,
        "wall_seconds": execution.wall_seconds,
        "results": results,
    }
