"""`hi-moe sandbox`: run one untrusted program isolated, and try what the isolation stops."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli import sandbox_exits
from hi_moe.cli.options import json_option, load, settings_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hi_moe.cli.sandbox_files import Group
    from sandbox.settings import SandboxSettings
    from sandbox.types import Language, Program


class InputFile(click.Path):
    """A file, or `-` for stdin: `./-`, which as a path is the same, is the file of that name."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: "str | os.PathLike[str]", param: click.Parameter | None, ctx: click.Context | None
    ) -> "str | bytes | os.PathLike[str]":
        """The path that was given; absolute where nothing else tells it from stdin."""
        path = super().convert(value, param, ctx)
        return path if os.fspath(value) == "-" or path != Path("-") else Path.cwd() / "-"


@click.group()
def sandbox() -> None:
    """Run one untrusted program, isolated; check what the isolation stops."""


@sandbox.command(epilog=sandbox_exits.HELP)
@click.argument("file", type=InputFile())
@click.option(
    "--language", type=click.Choice(["python", "cpp", "javascript"]), help="Instead of what the suffix of FILE says."
)
@click.option(
    "--input", "inputs", multiple=True, type=InputFile(), metavar="FILE",
    help="Standard input, instead of this command's; several: one run each.",
)  # fmt: skip
@click.option("--call", "calls", multiple=True, metavar="'f(1, [2])'", help="Call a function of a Python program.")
@click.option("--eval", "expressions", multiple=True, metavar="EXPR", help="Evaluate in a Python program.")
@click.option("--tier", metavar="NAME", help="pool, one-shot or reduced; see docs/sandbox.md.")
@click.option("--cpu-seconds", type=float, metavar="S", help="CPU time for each input.")
@click.option("--wall-seconds", type=float, metavar="S", help="Wall time of a run.")
@click.option("--memory-mib", type=int, metavar="N", help="Memory of a run, in MiB.")
@click.option("--output-bytes", type=int, metavar="N", help="Longest output for each input.")
@click.option("--file-mib", type=int, metavar="N", help="Size of /tmp, its only writable folder, in MiB.")
@click.option("--threads", type=int, metavar="N", help="Threads at the same time.")
@click.option("--processes", type=int, metavar="N", help="Processes of a compiler at the same time.")
@click.option("--package", "packages", multiple=True, metavar="NAME", help="An installed distribution it may import.")
@json_option
@settings_options
def run(
    file: Path,
    language: "Language | None",
    inputs: tuple[Path, ...],
    calls: tuple[str, ...],
    expressions: tuple[str, ...],
    packages: tuple[str, ...],
    as_json: bool,
    profile: str | None,
    config: Path | None,
    **limits: object,
) -> int:
    """Run the untrusted program in FILE (`-`: stdin), isolated from this machine.

    It gets this command's standard input, and its output goes to stdout; how it ended goes to stderr. Calls and
    expressions share one process, in which FILE is loaded first; each prints its value on a line of stdout.

    \b
    hi-moe sandbox run solution.cpp < sample.txt
    hi-moe sandbox run solution.py --input 1.in --input 2.in --cpu-seconds 2
    hi-moe sandbox run solution.py --call 'two_sum([2, 7, 11], 9)' --eval 'two_sum.__doc__'
    """
    from hi_moe.cli.sandbox_files import read_cases, read_program

    flags = {f"sandbox.{name}": value for name, value in limits.items()} | {"sandbox.packages": packages or None}
    settings = load(profile, config, flags).settings.sandbox
    program = read_program(file, language)
    return _serve(settings, program, read_cases(file, program, inputs, calls, expressions), as_json)


def _serve(settings: "SandboxSettings", program: "Program", groups: "Sequence[Group]", as_json: bool) -> int:
    from hi_moe.cli.sandbox_report import RunReport
    from hi_moe.cli.signals import Interrupted, finish
    from hi_moe.cli.streams import say
    from hi_moe.isolation import isolated

    report = RunReport(program, as_json, several=sum(map(len, groups)) > 1)

    async def work() -> None:
        async with isolated(settings) as box:
            if notice := (await box.opened()).notice:
                say(f"the {settings.tier} tier does not start here, another one is used: {notice}")
            for group in groups:
                execution = await box.run(program, [case.input for case in group])
                report.show(group, execution)
                if execution.status == "compile_error":
                    # It is one on every input.
                    break

    try:
        finish(work())
    except Interrupted as signal:
        return signal.code
    report.end()
    return report.code


@sandbox.command()
@click.option("--tier", metavar="NAME", help="pool, one-shot or reduced, instead of sandbox.tier.")
@click.option("--all-tiers", is_flag=True, help="Every tier that works on this machine.")
@click.option("--only", multiple=True, metavar="NAME", help="Only the hostile program of this name.")
@click.option("--list", "names_only", is_flag=True, help="Only say what they are called and what they try.")
@json_option
@settings_options
def check(
    tier: str | None,
    all_tiers: bool,
    only: tuple[str, ...],
    names_only: bool,
    as_json: bool,
    profile: str | None,
    config: Path | None,
) -> int:
    """Run the hostile programs that ship with hi-moe and say what stopped each; last, which tiers work here.

    Exits with 0 when all were stopped, with 25 when one got through, with 3 when the tier does not work here.
    """
    from hi_moe.cli.sandbox_check import check as checked
    from hi_moe.cli.sandbox_check import chosen, listing
    from hi_moe.cli.sandbox_table import CheckView
    from hi_moe.cli.signals import Interrupted, finish
    from hi_moe.isolation import TIERS

    if all_tiers and tier is not None:
        raise click.UsageError("--tier and --all-tiers exclude each other", click.get_current_context())
    programs = chosen(only)
    if names_only:
        click.echo(listing(programs, as_json), nl=False)
        return 0
    settings = load(profile, config, {"sandbox.tier": tier}).settings.sandbox
    try:
        tiers = TIERS if all_tiers else (settings.tier,)
        return finish(checked(settings, tiers, CheckView(as_json), programs))
    except Interrupted as signal:
        return signal.code
