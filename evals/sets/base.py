"""The base of every set: a name, where its rows come from, and how a row becomes an `Item`."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from evals.item import Item
from evals.sets.origins import Hub, Origin, Wheel
from hierarchy.errors import ProblemError, UsageError
from hierarchy.intake.record import read_record
from hierarchy.problem import Problem

Row = Mapping[str, object]
"""One row as its authors published it. Hostile until `ProblemSet.item` has made an `Item` of it."""


class ProblemSet(ABC):
    """A named set. Subclasses are a screen long: the names of the row's fields, and what checks an answer."""

    name: ClassVar[str]
    """As `--set` spells it."""
    summary: ClassVar[str]
    """One line: what it is, how many items, whose, which licence."""
    wheel: ClassVar[Wheel | None] = None
    hub: ClassVar[Hub | None] = None
    family: ClassVar[str | None] = None
    """The specialist for every item of the set, where one is right for all."""

    @abstractmethod
    def item(self, row: Row, number: int) -> Item:
        """The item of a row; `number` counts from 0 in the file. Raises `ProblemError`, `KeyError` and `TypeError` for
        a row of another form."""

    def items(self, rows: Sequence[Row], where: str) -> list[Item]:
        """All items. Raises `UsageError` that names the row when one has another form or an id comes twice."""
        found: dict[str, Item] = {}
        for number, row in enumerate(rows):
            try:
                item = self.item(row, number)
            except KeyError as error:
                raise UsageError(
                    f"{where}, row {number + 1}: no field {error.args[0]!r}; a row of {self.name!r} needs it: is this "
                    "another set's file?"
                ) from None
            except (ProblemError, TypeError, ValueError) as error:
                raise UsageError(f"{where}, row {number + 1}: {error}; is this another set's file?") from None
            if item.id in found:
                raise UsageError(f"{where}, row {number + 1}: duplicate id {item.id!r}; give every row its own")
            found[item.id] = item
        return list(found.values())


@dataclass(frozen=True)
class LoadedSet:
    """The items of a set and what they were read from."""

    set: ProblemSet
    items: tuple[Item, ...]
    origin: Origin

    @property
    def sha256(self) -> str:
        """Of what was read."""
        return self.origin.sha256


def problem(row: Row, number: int, **record: object) -> Problem:
    """A problem read as a user's own would be: the statement alone gives public tests. `record`: keys of
    `hierarchy.intake.record.read_record`, None for none. Raises `ProblemError`."""
    given = {key: value for key, value in record.items() if value is not None}
    return read_record(given, source=f"row {number + 1}", where=f"row {number + 1}")


def text(row: Row, key: str) -> str:
    """A field that must be text. Raises `KeyError` and `TypeError`."""
    value = row[key]
    if not isinstance(value, str):
        raise TypeError(f"{key!r} must be text, not {type(value).__name__}")
    return value


def digest(data: bytes) -> str:
    """sha256, in hex."""
    return hashlib.sha256(data).hexdigest()
