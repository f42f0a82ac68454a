"""The one place where whatever goes wrong in a command becomes a line on stderr and a documented exit code."""

import os
import sys
from collections.abc import Callable

import click

from hi_moe.cli.exits import Exit, of_error, one_line
from hi_moe.cli.streams import say


def guarded(command: Callable[[], object]) -> int:
    """Run `command`, which gives its exit code or None for 0; give the code of how it ended."""
    try:
        code = command()
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_stdout()
        return Exit.PIPE
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return Exit.INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return Exit.USAGE
    except click.ClickException as error:
        say(f"error: {_usage(error)}")
        return Exit.USAGE
    except Exception as error:
        return report(error)
    return code if isinstance(code, int) else Exit.VERIFIED


def report(error: Exception, line: str | None = None) -> Exit:
    """Print one line about an error (`line_of`) on stderr and give its exit code."""
    if os.environ.get("HI_MOE_DEBUG") == "1":
        import traceback

        say("".join(traceback.format_exception(error)), nl=False)
    say(f"error: {line or line_of(error)}")
    return of_error(error)


def line_of(error: Exception) -> str:
    """What to tell the user. A bug of ours leaves its traceback in a log file, and the line names that file."""
    line = one_line(error)
    if line is None:
        from hi_moe.cli.crash import write_log

        line = write_log(error)
    return line


def _usage(error: click.ClickException) -> str:
    """Click's message in one line, and where to read on."""
    message = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message.rstrip('.')}; see: {context.command_path} --help" if context else message


def _silence_stdout() -> None:
    """Let the interpreter's last flush go nowhere: the reader of stdout has left."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  (lives as long as the process)
