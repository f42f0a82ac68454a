"""Which compiler and which interpreter this machine has."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PATH = "/usr/local/bin:/usr/bin"
"""Only what lies below `/usr` is there inside of a sandbox too."""


class ToolchainMissing(Exception):
    """A language cannot be run here. `str(error)` is one line: what is missing, then the command that gets it."""

    def __init__(self, language: str, program: str, package: str) -> None:
        self.cause = f"{program!r} is not installed in {_PATH}"
        self.fix = f"apt-get install {package}"
        super().__init__(f"{language} programs cannot be run: {self.cause}; {self.fix}")


@dataclass(frozen=True)
class Needed:
    """A program that a language needs: any of `names`, from the Debian package `package`."""

    names: tuple[str, ...]
    package: str


def find(language: str, needed: Sequence[Needed], path: str = _PATH, root: str = "/usr") -> list[str]:
    """Where the programs are, without symbolic links: some go through a folder that no sandbox shows.

    Raises `ToolchainMissing` for one that is not on `path` or leads out of `root`.
    """
    found = []
    for tool in needed:
        places = [os.path.realpath(place) for name in tool.names if (place := shutil.which(name, path=path))]
        inside = [place for place in places if Path(place).is_relative_to(root)]
        if not inside:
            raise ToolchainMissing(language, tool.names[0], tool.package)
        found.append(inside[0])
    return found
