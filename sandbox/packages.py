"""Installed packages that programs may import: an allow-list of distributions and what they need, shown read-only."""

import importlib.metadata
import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path

INSIDE = "/opt/packages"
"""Where they are inside."""


class PackageMissing(ValueError):
    """A package of the allow-list, or one that it needs, is not installed here.

    `str(error)` is one line with the next command.
    """


@dataclass(frozen=True)
class Packages:
    """What to show, by `find_packages`."""

    names: tuple[str, ...] = ()
    entries: tuple[tuple[str, str], ...] = ()
    """Folder or file here, and its name below `INSIDE`."""
    modules: tuple[str, ...] = ()
    """What a program imports of the distributions that were named."""

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

    What they depend on is shown too, so that they can be imported, but is not part of `modules`: they import it
    themselves. Raises `PackageMissing` for one that is not there, and `TypeError` for one text instead of a list.
    """
    if isinstance(names, str):
        raise TypeError(f"packages={names!r} is one text and not a list of names; write packages=[{names!r}]")
    if not names:
        return Packages()
    entries: dict[str, str] = {}
    modules: set[str] = set()
    for distribution, named in _with_dependencies(names):
        for file in distribution.files or ():
            top = file.parts[0]
            # Scripts and the like lie outside of the folder of packages.
            if top in ("..", "__pycache__") or Path(top).is_absolute():
                continue
            entries[top] = os.path.realpath(str(file.locate()).removesuffix(str(file)) + top)
            if not named:
                continue
            if file.name == "__init__.py" and len(file.parts) == 2:
                modules.add(top)
            elif len(file.parts) == 1 and file.suffix in (".py", ".so"):
                modules.add(top.partition(".")[0])
    found = tuple((path, top) for top, path in sorted(entries.items()) if os.path.exists(path))
    return Packages(tuple(names), found, tuple(sorted(module for module in modules if not module.startswith("_"))))


def _with_dependencies(names: Sequence[str]) -> Iterator[tuple[Distribution, bool]]:
    """The distributions `names`, then all that they need on this machine, and whether each was named."""
    # Installed with everything that comes from the Hub, and only needed where packages are allowed.
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    wanted = deque[tuple[str, frozenset[str], str]]((name, frozenset(), "") for name in names)
    seen = set[tuple[str, frozenset[str]]]()
    while wanted:
        name, extras, dependent = wanted.popleft()
        key = (canonicalize_name(name), extras)
        if key in seen:
            continue
        seen.add(key)
        distribution = _installed(name, dependent)
        yield distribution, not dependent
        for text in distribution.requires or ():
            try:
                needed = Requirement(text)
            except InvalidRequirement:
                raise PackageMissing(
                    f"the package {name!r} needs {text!r}, which names nothing; leave it out"
                ) from None
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras or {""}):
                wanted.append((needed.name, frozenset(needed.extras), name))


def _installed(name: str, dependent: str) -> Distribution:
    try:
        distribution = importlib.metadata.distribution(name)
        if distribution.files:
            return distribution
    except (importlib.metadata.PackageNotFoundError, ValueError):
        pass
    what = f"{name!r}, which {dependent!r} needs," if dependent else repr(name)
    raise PackageMissing(f"the package {what} is not installed here; pip install {name}")
