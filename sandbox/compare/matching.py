"""Whether two collections hold the same items when their order does not matter and floats may be off a little.

"Close" is not transitive, so taking the first close item for each is wrong: 2.0 and 3.0 match 1.0 and 2.0 within 1.0,
but not if the two 2.0 are paired off first. What is asked for is a perfect matching. It is found without comparing
every item with every other one, and what it costs depends on the *expected* items alone: nothing that a program returns
can make it slow.

1. Items without floats equal one kind of item only, so they are counted.
2. Of the others only those of the same shape can match: the same types, lengths and texts, numbers left out.
3. Numbers alone are matched in sorted order, which finds a matching if there is one, because the bounds that a number
   allows grow with it.
4. Vectors of numbers are cut apart at every gap that the expected ones leave in one of their coordinates.
5. What cannot be cut apart is matched by augmenting paths (Kuhn 1955). Over `_MAX_STEPS` such items must be equal
   exactly: that is more than 250 expected vectors so close that each one could pass for its neighbour.
"""

import math
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sandbox.compare.text import canonical, exact
from sandbox.compare.tolerance import Tolerance
from sandbox.values import MAX_DEPTH

_MAX_STEPS = 8_000_000
"""Elementary comparisons, about a second."""

Pair = Callable[[object, object], bool]
"""Whether an expected item and an actual one are the same."""


def matched(expected: Collection[object], actual: Collection[object], same: Pair, tolerance: Tolerance) -> bool:
    """Whether every expected item can be paired with an actual item of its own that is the `same`."""
    if len(expected) != len(actual):
        return False
    names = [canonical(item) for item in actual]
    left = Counter(names)
    wanted = [(canonical(item), item) for item in expected]
    if Counter(name for name, _ in wanted) == left:
        return True
    noisy: list[_Item] = []
    for name, value in wanted:
        item = _Item.read(name, value)
        if item.has_floats:
            noisy.append(item)
        elif left[name]:
            left[name] -= 1
        else:
            return False
    rest: list[_Item] = []
    for name, value in zip(names, actual, strict=True):
        if left[name]:
            left[name] -= 1
            rest.append(_Item.read(name, value))
    return _Matching(same, tolerance).of(noisy, rest)


@dataclass(frozen=True)
class _Item:
    """An item taken apart."""

    name: str
    """Its canonical text."""
    value: object
    shape: str
    """What must be equal exactly, with a mark for every number."""
    numbers: tuple[float, ...]
    """The numbers in order; ints stay ints."""
    is_regular: bool
    """The shape and the numbers say everything: there is no set with numbers in it, and no complex number."""
    has_floats: bool
    size: int
    """How many values it holds, itself included."""

    @staticmethod
    def read(name: str, value: object) -> "_Item":
        reader = _Reader()
        reader.read(value, 0)
        shape = " ".join(reader.parts)
        return _Item(
            name, value, shape, tuple(reader.numbers), reader.is_regular, reader.has_floats, max(reader.size, 1)
        )


class _Reader:
    """Collects what an `_Item` says."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.numbers: list[float] = []
        self.is_regular = True
        self.has_floats = False
        self.has_numbers = False
        self.size = 0

    def read(self, value: object, depth: int) -> None:
        """Add `value`. One stack frame a level, as in `text`."""
        self.size += 1
        if depth > MAX_DEPTH:
            self.is_regular = False
        elif isinstance(value, (list, tuple, deque)):
            self.parts.append(f"{type(value).__name__}[")
            for item in value:
                self.read(item, depth + 1)
            self.parts.append("]")
        elif isinstance(value, dict):
            self.parts.append("dict[")
            for name, item in sorted(((canonical(key), item) for key, item in value.items()), key=lambda pair: pair[0]):
                self.parts.append(f"{name}:")
                self.read(item, depth + 1)
            self.parts.append("]")
        elif isinstance(value, (set, frozenset)):
            inside = _Reader()
            for item in value:
                inside.read(item, depth + 1)
            self._add_set(value, inside)
        else:
            self._add_scalar(value)

    def _add_set(self, value: Collection[object], inside: "_Reader") -> None:
        self.size += inside.size
        self.has_floats |= inside.has_floats
        self.has_numbers |= inside.has_numbers
        if inside.has_numbers:
            self.is_regular = False
            self.parts.append(f"set of {len(value)}")
        else:
            self.parts.append(canonical(value))

    def _add_scalar(self, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float, complex)):
            self.parts.append(canonical(value))
            return
        self.has_numbers = True
        self.has_floats |= not isinstance(value, int)
        real: float
        if isinstance(value, complex):
            self.is_regular = False
            real = value.real if math.isfinite(value.imag) else math.nan
        else:
            real = value
        if isinstance(real, int) or math.isfinite(real):
            self.parts.append("#")
            self.numbers.append(real)
        else:
            self.parts.append(canonical(value))


class _Matching:
    """Matches items with floats, under one rule."""

    def __init__(self, same: Pair, tolerance: Tolerance) -> None:
        self._same = same
        self._tolerance = tolerance
        self._steps = 0

    def of(self, expected: Sequence[_Item], actual: Sequence[_Item]) -> bool:
        """Whether there is a perfect matching."""
        by_shape: defaultdict[str, tuple[list[_Item], list[_Item]]] = defaultdict(lambda: ([], []))
        for side, items in enumerate((expected, actual)):
            for item in items:
                by_shape[item.shape][side].append(item)
        if any(len(left) != len(right) for left, right in by_shape.values()):
            return False
        return all(self._same_shape(left, right) for left, right in by_shape.values())

    def _same_shape(self, expected: list[_Item], actual: list[_Item]) -> bool:
        if all(isinstance(item.value, (int, float)) for item in (*expected, *actual)):
            left, right = (sorted(side, key=lambda item: item.numbers) for side in (expected, actual))
            return all(self._same(one.value, other.value) for one, other in zip(left, right, strict=True))
        width = len(expected[0].numbers)
        # Each entry: items that may match each other, the coordinate to try next, coordinates tried in vain.
        waiting = [(expected, actual, 0, 0)]
        while waiting:
            left, right, at, tried = waiting.pop()
            if len(left) == 1 or tried >= width or self._steps > _MAX_STEPS:
                if not self._whole(left, right):
                    return False
                continue
            self._steps += len(left)
            blocks = self._cut(left, right, at)
            if any(len(ours) != len(theirs) for ours, theirs in blocks):
                return False
            tried = tried + 1 if len(blocks) == 1 else 0
            waiting += [(ours, theirs, (at + 1) % width, tried) for ours, theirs in blocks]
        return True

    def _cut(self, expected: list[_Item], actual: list[_Item], at: int) -> list[tuple[list[_Item], list[_Item]]]:
        """Groups between which coordinate `at` leaves a gap; the last one has the actual items that lie in none."""
        lows: list[float] = []
        highs: list[float] = []
        blocks: list[tuple[list[_Item], list[_Item]]] = []
        for low, high, item in sorted((self._interval(item.numbers[at], item) for item in expected), key=_bounds):
            if lows and low <= highs[-1]:
                highs[-1] = max(highs[-1], high)
            else:
                lows.append(low)
                highs.append(high)
                blocks.append(([], []))
            blocks[-1][0].append(item)
        outside: list[_Item] = []
        for item in actual:
            number = item.numbers[at]
            block = bisect_right(lows, number) - 1
            (blocks[block][1] if block >= 0 and number <= highs[block] else outside).append(item)
        return [*blocks, ([], outside)] if outside else blocks

    def _interval(self, number: float, item: _Item) -> tuple[float, float, _Item]:
        if isinstance(number, int):
            return number, number, item
        reach = self._tolerance.reach(number)
        return number - reach, number + reach, item

    def _whole(self, expected: list[_Item], actual: list[_Item]) -> bool:
        """Match a group that cannot be cut apart."""
        if len(expected) == 1:
            return self._same(expected[0].value, actual[0].value)
        # What an expected item accepts depends on its types (4 wants 4, 4.0 also 4.0000001); which of them accept an
        # actual item only on its value.
        ours = _classes(expected, [exact(item.value) for item in expected])
        theirs = _classes(actual, [item.name for item in actual])
        if len(ours) == 1:
            ((one, _),) = ours
            return all(self._same(one.value, other.value) for other, _ in theirs)
        # What a pair of sets costs is bounded by this very sum, so by the cube of what they hold.
        weight = max(item.size if item.is_regular else item.size**3 for item in expected)
        count = len(expected)
        steps = count * count * (weight + count // 2)
        if self._steps + steps > _MAX_STEPS:
            return Counter(item.name for item in expected) == Counter(item.name for item in actual)
        self._steps += steps
        partners: list[list[int]] = []
        for one, copies in ours:
            found = [index for index, (other, _) in enumerate(theirs) if self._same(one.value, other.value)]
            partners += [found] * copies
        return _perfect(partners, [copies for _, copies in theirs])


def _bounds(interval: tuple[float, float, _Item]) -> tuple[float, float]:
    return interval[:2]


def _classes(items: Sequence[_Item], names: Sequence[str]) -> list[tuple[_Item, int]]:
    """One item of each name, with the number of its copies."""
    counts = Counter(names)
    return [(item, counts.pop(name)) for item, name in zip(items, names, strict=True) if name in counts]


def _perfect(partners: Sequence[Sequence[int]], room: Sequence[int]) -> bool:
    """Whether each left node finds a place at one of its partners, `room[i]` of them at partner i."""
    guests: list[set[int]] = [set() for _ in room]
    home: dict[int, int] = {}
    for node in range(len(partners)):
        path = _augmenting_path(node, partners, guests, room)
        if not path:
            return False
        for guest, place in path:
            if guest in home:
                guests[home[guest]].remove(guest)
            guests[place].add(guest)
            home[guest] = place
    return True


def _augmenting_path(
    node: int, partners: Sequence[Sequence[int]], guests: Sequence[set[int]], room: Sequence[int]
) -> list[tuple[int, int]]:
    """Who has to move where so that `node` finds a place, the last one first; empty when nothing helps."""
    reached_by: dict[int, int] = {}
    before: dict[int, int] = {}
    queue = deque([node])
    while queue:
        guest = queue.popleft()
        for place in partners[guest]:
            if place in reached_by:
                continue
            reached_by[place] = guest
            if len(guests[place]) < room[place]:
                path = [(guest, place)]
                while guest != node:
                    place = before[guest]  # noqa: PLW2901 - walking back
                    guest = reached_by[place]
                    path.append((guest, place))
                return path
            for other in guests[place]:
                before[other] = place
                queue.append(other)
    return []
