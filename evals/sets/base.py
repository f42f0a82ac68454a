"""The base of every set: a name, where its rows come from, and how a row becomes an `Item`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from evals.item import AnswerCheck, Check, InputsCheck, Item, ScriptCheck, TestsCheck
from evals.sets.origins import Available, Hub, Origin, Wheel, available, resolve
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
    """One line: what it is and whose."""
    licence: ClassVar[str]
    size: ClassVar[int | None] = None
    """Items of the published file; None where that depends on the file."""
    wheel: ClassVar[Wheel | None] = None
    hub: ClassVar[Hub | None] = None
    published: ClassVar[str]
    """Where people get the file by hand."""
    family: ClassVar[str | None] = None
    """The specialist for every item of the set, where one is right for all."""

    @abstractmethod
    def item(self, row: Row, number: int) -> Item:
        """The item of a row; `number` counts from 0 in the file. Raises `ProblemError`, `KeyError`, `TypeError` and
        `ValueError` for a row of another form."""

    def origin(self, path: Path | None) -> Origin:
        """Read the set's files from the first source that has them. Raises `UsageError`, `MissingComponent`."""
        return resolve(self.name, path, self.wheel, self.hub, self.published)

    def available(self) -> Available:
        """Where `origin` would read it from without a path. Asks nothing of the network."""
        return available(self.wheel, self.hub)

    def count(self) -> int | None:
        """How many items it has by default, where that is known without reading it."""
        return self.size

    def items(self, rows: Iterable[tuple[str, Row]]) -> list[Item]:
        """All items of rows with their places. Raises `UsageError` that names the place of a row that has another form,
        or whose id comes twice."""
        found: dict[str, Item] = {}
        for number, (where, row) in enumerate(rows):
            try:
                item = self.item(row, number)
            except KeyError as error:
                raise UsageError(
                    f"{where}: no field {error.args[0]!r}, which {self.name!r} has: is this another set's file?"
                ) from None
            except ProblemError as error:
                raise UsageError(f"{where}: {error}") from None
            except (TypeError, ValueError) as error:
                raise UsageError(f"{where}: {error}; is this another set's file than {self.name!r}'s?") from None
            except RecursionError:
                raise UsageError(f"{where}: nested too deeply; take the row out") from None
            if not _can_refuse(item.check):
                raise UsageError(f"{where}: {item.id!r} has nothing that could refuse an answer; take the row out")
            if item.id in found:
                raise UsageError(f"{where}: duplicate id {item.id!r}; give every row its own")
            found[item.id] = item
        return list(found.values())


def _can_refuse(check: Check) -> bool:
    match check:
        case InputsCheck():
            return bool(check.base or check.plus)
        case TestsCheck():
            return bool(check.tests)
        case ScriptCheck():
            return bool(check.script.strip())
        case AnswerCheck():
            return bool(check.expected.strip())


@dataclass(frozen=True)
class LoadedSet:
    """The items of a set and what they were read from."""

    set: ProblemSet
    items: tuple[Item, ...]
    origin: Origin
    changed: str | None = None
    """One line for people when this set's file has another sha256 than the last time it was loaded."""

    @property
    def sha256(self) -> str:
        """Of what was read."""
        return self.origin.sha256


def problem(source: str, **record: object) -> Problem:
    """A problem read as a user's own would be: the statement alone gives public tests. `record`: keys of
    `hierarchy.intake.record.read_record`, None for none. Raises `ProblemError`."""
    given = {key: value for key, value in record.items() if value is not None}
    return read_record(given, source=source, where="the problem")


def text(row: Row, key: str) -> str:
    """A field that must be text. Raises `KeyError` and `TypeError`."""
    value = row[key]
    if not isinstance(value, str):
        raise TypeError(f"{key!r} must be text, not {type(value).__name__}")
    return value


def texts(row: Row, key: str) -> tuple[str, ...]:
    """A field that must be a list of texts. Raises `KeyError` and `TypeError`."""
    value = row[key]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"{key!r} must be a list of texts")
    return tuple(value)


def day(value: object) -> date | None:
    """A date, from `2024-01-31`, from the front of a time such as `2024-01-31T00:00:00`, or from Unix milliseconds as
    pandas writes them; None for None. Raises `ValueError`."""
    from datetime import UTC, datetime

    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        if isinstance(value, int):
            return datetime.fromtimestamp(value / 1000, UTC).date()
        return date.fromisoformat(str(value)[:10])
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{str(value)[:40]!r} is no date; write it as 2024-01-31") from None
