"""Which items of a set a run is about."""

import difflib
import fnmatch
from collections.abc import Sequence
from datetime import date

from pydantic import Field

from evals.item import Item
from hierarchy.base import Frozen
from hierarchy.errors import UnknownName, UsageError


class Selection(Frozen):
    """Filters, all of which an item has to pass; `limit` is applied last."""

    limit: int | None = Field(default=None, ge=1)
    ids: tuple[str, ...] = ()
    """Ids, or patterns such as `contest/math/*`."""
    since: date | None = None
    """Released on this day or later."""
    until: date | None = None
    """Released on this day or earlier."""

    def of(self, items: Sequence[Item], name: str) -> list[Item]:
        """The chosen items, in the order of the set.

        Raises `UnknownName` for an id that is not there, `UsageError` when nothing is left, or dates are asked for and
        the set has none.
        """
        chosen = list(items)
        if self.ids:
            chosen = _by_id(chosen, self.ids, name)
        if self.since or self.until:
            if not any(item.released for item in chosen):
                raise UsageError(f"the rows of {name!r} have no dates; leave --since and --until out")
            chosen = [item for item in chosen if item.released and self._in_time(item.released)]
        if self.limit is not None:
            chosen = chosen[: self.limit]
        if not chosen:
            asked = ", ".join(f"--{key} {value}" for key, value in self.model_dump(exclude_defaults=True).items())
            raise UsageError(f"no item of {name!r} is left by {asked or 'the selection'}; widen it")
        return chosen

    def _in_time(self, released: date) -> bool:
        return (self.since is None or released >= self.since) and (self.until is None or released <= self.until)


def ids_of(text: str | None) -> tuple[str, ...]:
    """The ids or patterns of a list with commas; none where there is no list. Raises `UsageError` for an empty one."""
    if text is None:
        return ()
    found = tuple(filter(None, map(str.strip, text.split(","))))
    if not found:
        raise UsageError(f"--ids {text!r} names no item; give ids or patterns, or leave it out for all items")
    return found


def _by_id(items: Sequence[Item], wanted: Sequence[str], name: str) -> list[Item]:
    matched: set[str] = set()
    known = [item.id for item in items]
    for pattern in wanted:
        # An id itself first: ids may hold the characters of patterns.
        found = {pattern} if pattern in known else set(fnmatch.filter(known, pattern))
        if not found:
            near = difflib.get_close_matches(pattern, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"they look like {known[0]!r}"
            raise UnknownName(f"no item {pattern!r} in {name!r}; {hint}")
        matched |= found
    return [item for item in items if item.id in matched]
