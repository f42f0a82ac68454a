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
5. What cannot be cut apart is matched as any graph is. Where that would take more than `_MAX_STEPS`, the items must be
   equal exactly: more than 250 expected vectors so close that each one could pass for its neighbour.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence

from sandbox.compare.bipartite import perfect
from sandbox.compare.items import Item
from sandbox.compare.text import canonical, exact
from sandbox.compare.tolerance import Tolerance

_MAX_STEPS = 8_000_000
"""Elementary comparisons: 250 vectors that are all close to each other, half a second."""

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
    noisy: list[Item] = []
    for name, value in wanted:
        item = Item.read(name, value)
        if item.has_floats:
            noisy.append(item)
        elif left[name]:
            left[name] -= 1
        else:
            return False
    rest: list[Item] = []
    for name, value in zip(names, actual, strict=True):
        if left[name]:
            left[name] -= 1
            rest.append(Item.read(name, value))
    return _Matching(same, tolerance).of(noisy, rest)


class _Matching:
    """Matches items with floats, under one rule."""

    def __init__(self, same: Pair, tolerance: Tolerance) -> None:
        self._same = same
        self._tolerance = tolerance
        self._steps = 0

    def of(self, expected: Sequence[Item], actual: Sequence[Item]) -> bool:
        """Whether there is a perfect matching."""
        by_shape: defaultdict[str, tuple[list[Item], list[Item]]] = defaultdict(lambda: ([], []))
        for side, items in enumerate((expected, actual)):
            for item in items:
                by_shape[item.shape][side].append(item)
        if any(len(left) != len(right) for left, right in by_shape.values()):
            return False
        return all(self._same_shape(left, right) for left, right in by_shape.values())

    def _same_shape(self, expected: list[Item], actual: list[Item]) -> bool:
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

    def _cut(self, expected: list[Item], actual: list[Item], at: int) -> list[tuple[list[Item], list[Item]]]:
        """Groups between which coordinate `at` leaves a gap; the last one has the actual items that lie in none."""
        lows: list[float] = []
        highs: list[float] = []
        blocks: list[tuple[list[Item], list[Item]]] = []
        for low, high, item in sorted((self._interval(item.numbers[at], item) for item in expected), key=_bounds):
            if lows and low <= highs[-1]:
                highs[-1] = max(highs[-1], high)
            else:
                lows.append(low)
                highs.append(high)
                blocks.append(([], []))
            blocks[-1][0].append(item)
        outside: list[Item] = []
        for item in actual:
            number = item.numbers[at]
            block = bisect_right(lows, number) - 1
            (blocks[block][1] if block >= 0 and number <= highs[block] else outside).append(item)
        return [*blocks, ([], outside)] if outside else blocks

    def _interval(self, number: float, item: Item) -> tuple[float, float, Item]:
        if isinstance(number, int):
            return number, number, item
        reach = self._tolerance.reach(number)
        return number - reach, number + reach, item

    def _whole(self, expected: list[Item], actual: list[Item]) -> bool:
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
        return perfect(partners, [copies for _, copies in theirs])


def _bounds(interval: tuple[float, float, Item]) -> tuple[float, float]:
    return interval[:2]


def _classes(items: Sequence[Item], names: Sequence[str]) -> list[tuple[Item, int]]:
    """One item of each name, with the number of its copies."""
    counts = Counter(names)
    return [(item, counts.pop(name)) for item, name in zip(items, names, strict=True) if name in counts]
