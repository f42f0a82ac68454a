"""Exit codes of `hi-moe sandbox`, beside the common ones of `exits`. `docs/cli.md` documents them."""

from enum import IntEnum


class SandboxExit(IntEnum):
    """How an untrusted program ended, or what a check of the sandbox showed."""

    OK = 0
    FAILED = 20
    TIME_LIMIT = 21
    MEMORY_LIMIT = 22
    OUTPUT_LIMIT = 23
    COMPILE_ERROR = 24
    GOT_THROUGH = 25
    """A hostile program did what the isolation must prevent."""


HELP = """\b
Exit codes:
    0  ok: it ran to its end on every input
   20  failed: it raised, crashed or ended itself with another code than 0
   21  time limit: CPU or wall seconds
   22  memory limit
   23  output limit
   24  compile error: it is no valid program; also too long, or not UTF-8
   25  check: a hostile program got through
    2  usage: an argument, a file or a setting is wrong
    3  missing component: isolation, a package, a compiler
    4  infrastructure: our own failure, never the program's
  130  interrupted by Ctrl-C (129 by SIGHUP, 143 by SIGTERM); nothing is left running
With several inputs it is that of the first on which the program did not end well."""
