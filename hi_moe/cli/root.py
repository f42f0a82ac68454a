"""The root of the command. Its help imports none of the sub-commands: each is imported when it is called."""

import sys
from typing import Any, NoReturn

import click

from hi_moe.cli.boundary import guarded
from hi_moe.cli.exits import Exit
from hi_moe.cli.lazy import LazyGroup
from hi_moe.cli.streams import prepare

COMMANDS = {
    "solve": ("hi_moe.cli.solve:solve", "Solve a problem: a text, stdin or a file."),
    "runs": ("hi_moe.cli.runs:runs", "List, show and export recorded runs."),
    "eval": ("hi_moe.cli.eval:evaluation", "Evaluate over problem sets: run, grade, compare, report."),
    "models": ("hi_moe.cli.models:models", "List, fetch and verify the weights."),
    "specialists": ("hi_moe.cli.specialists:specialists", "List the specialists."),
    "sandbox": ("hi_moe.cli.sandbox:sandbox", "Run one untrusted program, isolated; check the isolation."),
    "config": ("hi_moe.cli.config:config", "Show the settings and where each came from."),
    "doctor": ("hi_moe.cli.doctor:doctor", "Check this machine: each line ok, or cause and command."),
}
"""Name to (where it is, one line of help)."""


class RootGroup(LazyGroup):
    """Ends with one line and a documented exit code whatever happens."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a closed stdout gets the exit code that shells know it by."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Further out click would make it an exit with 1.
            raise click.exceptions.Exit(Exit.PIPE) from None

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command line inside the error boundary and exit with the code of how it ended."""
        # Not standalone: click's own handling prints errors over several lines and knows no exit codes but 1 and 2.
        kwargs["standalone_mode"] = False
        prepare()
        sys.exit(guarded(lambda: super(RootGroup, self).main(*args, **kwargs)))


@click.group(
    cls=RootGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Begin with `hi-moe doctor`, then `hi-moe solve "Write a function …"`.',
)
@click.version_option(package_name="hi-moe", message="%(prog)s %(version)s")
def root() -> None:
    """A hierarchical mixture of experts on your own machine: answers that were checked."""
