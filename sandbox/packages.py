"""Installed packages that programs may import: an allow-list of distributions, shown read-only."""

import importlib.metadata
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INSIDE = "/opt/packages"
"""Where they are inside."""


class PackageMissing(ValueError):
    """A package of the allow-list is not installed here. `str(error)` is one line with the next command."""


@dataclass(frozen=True)
class Packages:
    """What to show, by `find_packages`."""

    names: tuple[str, ...] = ()
    entries: tuple[tuple[str, str], ...] = ()
    """Folder or file here, and its name below `INSIDE`."""
    modules: tuple[str, ...] = ()
    """What a program imports."""

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that hold them."""
        return tuple(sorted({str(Path(path).parent) for path, _ in self.entries}))

    @property
    def path(self) -> list[str]:
        """What goes onto `sys.path`."""
        return [INSIDE] if self.entries else []


def find_packages(names: Sequence[str]) -> Packages:
    """Find the distributions `names` (`numpy`, not their modules) in this interpreter's environment.

    What they depend on is not followed: name it too. Raises `PackageMissing`.
    """
    entries: dict[str, str] = {}
    modules: set[str] = set()
    for name in names:
        try:
            files = importlib.metadata.distribution(name).files
        except (importlib.metadata.PackageNotFoundError, ValueError):
            files = None
        if not files:
            raise PackageMissing(f"the package {name!r} is not installed here; pip install {name}")
        for file in files:
            top = file.parts[0]
            # Scripts and the like lie outside of the folder of packages.
            if top in ("..", "__pycache__") or Path(top).is_absolute():
                continue
            entries[top] = os.path.realpath(str(file.locate()).removesuffix(str(file)) + top)
            if file.name == "__init__.py" and len(file.parts) == 2:
                modules.add(top)
            elif len(file.parts) == 1 and file.suffix in (".py", ".so"):
                modules.add(top.partition(".")[0])
    found = tuple((path, top) for top, path in sorted(entries.items()) if os.path.exists(path))
    return Packages(tuple(names), found, tuple(sorted(module for module in modules if not module.startswith("_"))))
