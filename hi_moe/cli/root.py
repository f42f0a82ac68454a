"""The root of the command: lazy sub-commands, and the one place where errors become a line and an exit code."""

import importlib
import os
import sys
from typing import Any

import click

from hi_moe.cli.exits import Exit, of_error, one_line

COMMANDS = {
    "solve": ("hi_moe.cli.solve:solve", "Solve a problem: a text, stdin or a file."),
    "runs": ("hi_moe.cli.runs:runs", "List, show and export recorded runs."),
    "models": ("hi_moe.cli.models:models", "List, fetch and verify the weights."),
    "specialists": ("hi_moe.cli.specialists:specialists", "List the specialists."),
    "config": ("hi_moe.cli.config:config", "Show the settings and where each came from."),
    "doctor": ("hi_moe.cli.doctor:doctor", "Check this machine: each line ok, or cause and command."),
}
"""Name to (where it is, one line of help), so that `--help` imports none of them."""


class RootGroup(click.Group):
    """Imports a command when it is called, and turns every error into one line and a documented exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command inside the error boundary."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _silence_stdout()
            raise click.exceptions.Exit(Exit.PIPE) from None
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            raise click.exceptions.Exit(Exit.INTERRUPTED) from None
        except (click.exceptions.Exit, click.UsageError):
            raise
        except click.ClickException as error:
            click.echo(f"error: {error.format_message()}", err=True)
            raise click.exceptions.Exit(Exit.USAGE) from None
        except Exception as error:
            raise click.exceptions.Exit(report(error)) from error
        return result


def report(error: Exception) -> Exit:
    """Print one line about an error on stderr and give its exit code; a bug's traceback goes to a log file."""
    line = one_line(error)
    if os.environ.get("HI_MOE_DEBUG") == "1":
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if line is None:
        from hi_moe.cli.crash import write_log

        line = write_log(error)
    click.echo(f"error: {line}", err=True)
    return of_error(error)


def _silence_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of stdout has left."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (lives as long as the process)


@click.group(
    cls=RootGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Begin with `hi-moe doctor`, then `hi-moe solve "Write a function …"`.',
)
@click.version_option(package_name="hi-moe", message="%(prog)s %(version)s")
def root() -> None:
    """A hierarchical mixture of experts on your own machine: answers that were checked."""
