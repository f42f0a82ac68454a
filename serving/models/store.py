"""The folder of weights, and the only way from a model's name to a file."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hierarchy.errors import MissingComponent
from serving.models.catalogue import Catalogue, ModelEntry
from serving.models.digest import HashBook, sha256_file
from serving.models.fetch import Progress
from serving.models.pull import Puller, partial_bytes, partial_note
from serving.settings import ModelsSettings

ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True)
class ModelStatus:
    """Where a model stands on this machine."""

    name: str
    state: Literal["absent", "partial", "present"]
    bytes: int
    """On the disk now."""
    total_bytes: int
    """Of the whole file; 0 for a file of the user's own that is not there."""


@dataclass(frozen=True)
class VerifyReport:
    """A model's file, read to its last byte. `problem` names what is wrong and the command that mends it."""

    name: str
    path: Path
    size_bytes: int
    sha256: str
    expected_bytes: int | None
    expected_sha256: str | None
    problem: str | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with the file."""
        return self.problem is None


class ModelStore:
    """Weights by name: those of the catalogue, in `cache`, and the user's own `files`, which win a name they share.

    A name that ends in `.gguf` or has a `/` is the path of a file of one's own (relative to the working folder), as in
    `hi-moe solve --model ./my-model.gguf`.

    `cache`: None is `models` in the platform's cache folder. `offline`: never fetch.
    """

    def __init__(
        self,
        cache: Path | None = None,
        files: Mapping[str, Path] | None = None,
        offline: bool = False,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.cache = cache.expanduser().absolute() if cache is not None else default_cache()
        self.catalogue = catalogue if catalogue is not None else Catalogue.load()
        self._files = {name: path.expanduser().absolute() for name, path in (files or {}).items()}
        self._offline = offline
        self._hashes = HashBook(self.cache / ".hashes")

    @classmethod
    def from_settings(cls, settings: ModelsSettings) -> "ModelStore":
        """The store that the `[models]` section describes."""
        return cls(settings.cache, settings.files, settings.offline)

    def names(self) -> list[str]:
        """Every name that can be asked for, the user's files first."""
        return [*self._files, *(name for name in self.catalogue.names() if name not in self._files)]

    def path(self, name: str) -> Path:
        """The checked file. Raises UnknownName; MissingComponent when it is absent, truncated or altered.

        The checksum is the remembered one unless the file's size or time changed, so this is quick.
        """
        if (own := self._own(name)) is not None:
            return _checked(name, own)
        entry = self._entry(name)
        target = self._here(entry)
        size = target.stat().st_size
        with _readable(name, target):
            found = self._hashes.sha256(name, target) if size == entry.size_bytes else None
        if problem := _problem(entry, size, found):
            raise MissingComponent(problem)
        return target

    def sha256(self, name: str) -> str:
        """Checksum of the model's file, remembered since it was pulled or last read. Raises as `path`."""
        path = self.path(name)
        with _readable(name, path):
            return self._hashes.sha256(name, path)

    def status(self, name: str) -> ModelStatus:
        """Absent, partly here or here; looks at sizes only. Raises UnknownName."""
        if (own := self._own(name)) is not None:
            size = own.stat().st_size if own.is_file() else 0
            return ModelStatus(name, "present" if size else "absent", size, size)
        entry = self._entry(name)
        target = self.cache / entry.file
        size = target.stat().st_size if target.is_file() else partial_bytes(self.cache, name)
        if target.is_file() and size == entry.size_bytes:
            return ModelStatus(name, "present", size, size)
        return ModelStatus(name, "partial" if size else "absent", size, entry.size_bytes)

    def pull(self, name: str, on_progress: ProgressCallback | None = None) -> Path:
        """Make sure that the model is here and right. Blocks; `on_progress` is called from this thread.

        Raises UnknownName, MissingComponent (each source with its reason), InfrastructureError (disk).
        """
        if (own := self._own(name)) is not None:
            return _checked(name, own)
        return Puller(self.cache, self._hashes, self._offline, on_progress).pull(self._entry(name))

    def verify(self, name: str, on_progress: ProgressCallback | None = None) -> VerifyReport:
        """Read and hash the whole file. Raises UnknownName; MissingComponent when there is none."""
        if (own := self._own(name)) is not None:
            return self._read(name, None, _checked(name, own), on_progress)
        entry = self._entry(name)
        return self._read(name, entry, self._here(entry), on_progress)

    def _read(
        self, name: str, entry: ModelEntry | None, path: Path, on_progress: ProgressCallback | None
    ) -> VerifyReport:
        size = path.stat().st_size

        def heard(done: int) -> None:
            if on_progress is not None:
                on_progress(Progress(name, "cache", done, size, "checking the sha256"))

        with _readable(name, path):
            found = sha256_file(path, heard)
        # Also a wrong one: the next pull then knows that this file must go.
        self._hashes.note(name, path, found)
        if entry is None:
            return VerifyReport(name, path, size, found, None, None, None)
        problem = _problem(entry, size, found)
        return VerifyReport(name, path, size, found, entry.size_bytes, entry.sha256, problem)

    def _here(self, entry: ModelEntry) -> Path:
        """The entry's file, right or wrong. Raises MissingComponent when there is none."""
        target = self.cache / entry.file
        if not target.is_file():
            note = partial_note(self.cache, entry)
            raise MissingComponent(
                f"model {entry.name!r} is not on this machine{note}: hi-moe models pull {entry.name}"
            )
        return target

    def _entry(self, name: str) -> ModelEntry:
        return self.catalogue.get(name, also=self._files)

    def _own(self, name: str) -> Path | None:
        """The file of the user's own that `name` stands for; None for a name of the catalogue."""
        if name in self._files:
            return self._files[name]
        return Path(name).expanduser().absolute() if name.lower().endswith(".gguf") or os.sep in name else None


def default_cache() -> Path:
    """`models` in the platform's cache folder of hi-moe."""
    from platformdirs import user_cache_path

    return user_cache_path("hi-moe") / "models"


def _checked(name: str, path: Path) -> Path:
    """`path`, if a GGUF file is there. Raises MissingComponent."""
    with _readable(name, path), path.open("rb") as stream:
        magic = stream.read(4)
    if magic != b"GGUF":
        raise MissingComponent(
            f"the file {str(path)!r} of model {name!r} is no GGUF file (it begins with {magic!r}); "
            "names of models: hi-moe models list"
        )
    return path


@contextmanager
def _readable(name: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MissingComponent(
            f"the file {str(path)!r} of model {name!r} cannot be read: {error.strerror}; "
            "names of models: hi-moe models list"
        ) from error


def _problem(entry: ModelEntry, size: int, sha256: str | None) -> str | None:
    """What is wrong with the entry's file, with both numbers, and the command that mends it."""
    mend = f"fetch it again: hi-moe models pull {entry.name}"
    if size != entry.size_bytes:
        how = "truncated" if size < entry.size_bytes else "altered"
        return f"the weights of {entry.name!r} are {how}: {size} bytes instead of {entry.size_bytes}; {mend}"
    if sha256 != entry.sha256:
        return f"the weights of {entry.name!r} are altered: sha256 {sha256} instead of {entry.sha256}; {mend}"
    return None
