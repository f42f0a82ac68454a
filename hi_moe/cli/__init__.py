"""The `hi-moe` command: one file per group of commands, each imported only when it is used."""

from hi_moe.cli.root import root as main

__all__ = ["main"]
