"""The hostile table: a row for each program as soon as it is known, on a terminal folded to its width."""

import json
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from hi_moe.cli.streams import visible
from hi_moe.cli.table import table
from hi_moe.isolation import TierState
from hierarchy.wording import plural
from sandbox.hostile.attack import Finding
from sandbox.types import TierName

_MARGIN = " " * 7
_STYLES = {"ok": "green", "known": "yellow", "FAIL": "red"}


@dataclass
class Tally:
    """What became of all programs on one tier."""

    tier: TierName
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Count one more."""
        self.findings.append(finding)

    @property
    def through(self) -> list[str]:
        """Names of the programs that got through or had a wrong verdict, or after which honest ones had one."""
        return [finding.name for finding in self.findings if mark(finding) == "FAIL"]

    def line(self) -> str:
        """`pool: 58 of 58 hostile programs stopped, 4.1 s`."""
        known = sum(mark(finding) == "known" for finding in self.findings)
        stopped = len(self.findings) - known - len(self.through)
        seconds = sum(finding.milliseconds for finding in self.findings) / 1e3
        parts = [f"{self.tier}: {stopped} of {plural(len(self.findings), 'hostile program')} stopped"]
        parts += [f"{known} not stopped by its nature"] if known else []
        parts += [f"FAILED: {', '.join(self.through)}"] if self.through else []
        return f"{', '.join(parts)}, {seconds:.1f} s"


class CheckView:
    """Shows the check: rows and sums on stdout, a bar on stderr where that is a terminal; with JSON only one line."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._left: list[str] = []

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
            # What is printed meanwhile goes above the bar, unless it goes into a pipe or a file.
            here = sys.stdout.isatty()
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=here)
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def begin(self, tier: TierName, names: Sequence[str]) -> None:
        """A tier is begun."""
        self._left = list(names)
        if self._bar is not None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(f"{tier}: {self._left[0]}", total=len(names))

    def show(self, tier: TierName, finding: Finding) -> None:
        """One program is done."""
        if not self._as_json:
            # Not click's echo: it would write past the bar, into its line.
            print(folded(finding, Console().width) if sys.stdout.isatty() else row(tier, finding), flush=True)
        del self._left[:1]
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, description=f"{tier}: {next(iter(self._left), 'done')}")

    def finish(self, tally: Tally) -> None:
        """A tier is done."""
        if not self._as_json:
            print(f"{tally.line()}\n", flush=True)

    def end(self, states: Sequence[TierState], tallies: Sequence[Tally], code: int) -> None:
        """Everything is done: which tiers there are, and with JSON all that was found."""
        if self._as_json:
            found = {tally.tier: [asdict(finding) for finding in tally.findings] for tally in tallies}
            data = [asdict(state) | {"findings": found.get(state.tier, [])} for state in states]
            click.echo(json.dumps({"exit_code": int(code), "tiers": data}))
            return
        click.echo(table([(state.tier, state_text(state)) for state in states], ("TIER", "ON THIS MACHINE")), nl=False)


def mark(finding: Finding) -> str:
    """`ok`: stopped or harmless; `known`: this tier says of itself that it does not stop it; `FAIL`: it got through."""
    if not finding.ok:
        return "FAIL"
    return "known" if finding.known else "ok"


def row(tier: TierName, finding: Finding) -> str:
    """A program in one line, for a pipe: mark, tier, name, milliseconds, verdict, what it tried, what stopped it."""
    head = f"{mark(finding):<5}  {tier:<8}  {finding.name:<28}  {finding.milliseconds:>6.0f} ms  {finding.verdict:<22}"
    return visible(f"{head}  {finding.tried}  →  {finding.stopped_by}")


def folded(finding: Finding, width: int) -> str:
    """A program in lines of at most `width` columns, for a terminal: how it ended, below it what it tried and met."""
    head = f"{finding.name:<30} {finding.milliseconds:>6.0f} ms  {visible(finding.verdict)}"
    text = visible(f"{finding.tried} → {finding.stopped_by}")
    below = textwrap.fill(text, width, initial_indent=_MARGIN, subsequent_indent=_MARGIN)
    return f"{click.style(f'{mark(finding):<5}', fg=_STYLES[mark(finding)])}  {head[: width - len(_MARGIN)]}\n{below}"


def state_text(state: TierState) -> str:
    """Whether a tier works here; otherwise the cause, and what mends it or is used instead."""
    if state.works:
        return "works"
    instead = f"{state.instead} is used instead" if state.instead else ""
    return "; ".join(filter(None, (f"does not work: {state.cause}", instead, f"fix: {state.fix}" if state.fix else "")))
