"""Which compiler and which interpreter this machine has."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import Portable

_PATH = "/usr/local/bin:/usr/bin"
"""Only what lies below `/usr` is there inside of a sandbox too."""


class ToolchainMissing(Portable):
    """A language cannot be run here. `str(error)` is one line: the cause, then what mends it.

    `package` is the Debian package that does, and empty where none does.
    """

    def __init__(self, language: str, cause: str, fix: str = "", package: str = "") -> None:
        self.cause = cause
        self.fix = fix or f"apt-get install {package}"
        self.package = package
        super().__init__(f"{language} programs cannot be run: {cause}; {self.fix}")


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
        places = [(place, os.path.realpath(place)) for name in tool.names if (place := shutil.which(name, path=path))]
        inside = [real for _, real in places if Path(real).is_relative_to(root)]
        if not inside:
            name = tool.names[0]
            cause = f"{name!r} is not installed in {path}"
            if places:
                link, real = places[0]
                cause = f"{link!r} leads to {real!r}, and programs are shown only what is below {root}"
            elif elsewhere := shutil.which(name):
                cause += f" ({elsewhere!r} is not used: programs are shown only what is below {root})"
            raise ToolchainMissing(language, cause, package=tool.package)
        found.append(inside[0])
    return found
