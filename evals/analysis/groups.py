"""What scores can be broken down by: every property of the items that the set knows."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from evals.sample import ItemFacts

_Key = TypeVar("_Key", bound=Hashable)

NONE = "(none)"
"""The group of what has no value where others of the run have one."""


def dimensions(items: Iterable[ItemFacts]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Dimension → group → ids of its items, both in the order in which the items first name them.

    Dimensions are `difficulty`, `family`, `tag` and the names of the items' facts, such as `subject`; one that no item
    has is left out, and so is a fact that is the same for all items or another one for each. An item is in the group of
    each of its tags.
    """
    known = tuple(items)
    found: dict[str, Mapping[str, tuple[str, ...]]] = {
        "difficulty": {item.id: _known(item.difficulty) for item in known},
        "family": {item.id: _known(item.family) for item in known},
        "tag": {item.id: item.tags for item in known},
    }
    for name in dict.fromkeys(name for item in known for name in item.facts):
        values = {item.id: _known(item.facts.get(name)) for item in known}
        if 1 < len(set(values.values())) < len(known):
            found.setdefault(name, values)
    return {name: groups for name, values in found.items() if (groups := grouped(values))}


def grouped(values: Mapping[_Key, tuple[str, ...]]) -> dict[str, tuple[_Key, ...]]:
    """Group → keys, given the groups of each key; those without any come last, under `NONE`. Empty when all are."""
    groups: dict[str, list[_Key]] = {}
    for key, names in values.items():
        for name in dict.fromkeys(names):
            groups.setdefault(name, []).append(key)
    without = [key for key, names in values.items() if not names]
    if groups and without:
        groups[NONE] = without
    return {name: tuple(keys) for name, keys in groups.items()}


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
