"""All specialists: the shipped cards and a folder of one's own."""

import difflib
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from hierarchy.errors import SettingsError, UnknownName
from hierarchy.problem import Task
from hierarchy.specialist import Specialist
from specialists.card import read_card

_File = TypeVar("_File", bound=Traversable)


class Registry:
    """Specialists by name, in the order of their names: the same on every machine."""

    def __init__(self, specialists: Iterable[Specialist]) -> None:
        self._by_name = {each.name: each for each in sorted(specialists, key=lambda each: each.name)}

    @classmethod
    def load(cls, extra: Path | None = None) -> "Registry":
        """Read the shipped cards, then those of the folder `extra`; there, a card of the same name replaces ours.

        Raises `SettingsError` for a folder that does not exist, a bad card, or two cards of one name in a folder.
        """
        shipped = resources.files("specialists") / "cards"
        found = {each.name: each for each in map(read_card, _cards(shipped.iterdir()))}
        if extra is not None:
            if not extra.is_dir():
                raise SettingsError(f"routing.cards: {str(extra)!r} is not a folder; create it or unset routing.cards")
            own: dict[str, Specialist] = {}
            for file in _cards(extra.iterdir()):
                card = read_card(file)
                if card.name in own:
                    raise SettingsError(f"specialist card {str(file)!r}: name: {card.name!r} is taken by another card")
                own[card.name] = card
            found |= own
        return cls(found.values())

    def get(self, name: str) -> Specialist:
        """The specialist `name`. Raises `UnknownName` with a suggestion."""
        try:
            return self._by_name[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._by_name, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self._by_name)}"
            raise UnknownName(f"no specialist {name!r}; {hint}") from None

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(self._by_name)

    def models(self) -> tuple[str, ...]:
        """The models that cards name, each once."""
        return tuple(dict.fromkeys(each.model for each in self._by_name.values() if each.model is not None))

    def for_task(self, task: Task) -> tuple[Specialist, ...]:
        """Those who can give this kind of answer, by name. Raises `SettingsError` when there is none."""
        able = tuple(each for each in self._by_name.values() if task in each.prompts)
        if not able:
            raise SettingsError(f"no specialist serves the task {task!r}; add a card with prompts.{task}")
        return able


def _cards(files: Iterable[_File]) -> list[_File]:
    return sorted((file for file in files if file.name.endswith(".toml")), key=lambda file: file.name)
