"""Whether two answers are the same, as far as that can be said without algebra; what is left is a list of questions.

A pure function: the questions go to the worker (`answers_process`), their answers come back as `known`, and it is
called again.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from string import ascii_letters

from evals.grading.answers_numbers import number, plain_letters
from evals.grading.answers_shape import Group, Leaf, Shape, folded

Pair = tuple[str, str]
"""Expected and given, tidied LaTeX."""
LAYERS = ("none", "number", "normal form", "text", "math-verify")
"""Cheapest first; a verdict names the dearest it needed."""
_SPACES = re.compile(r"(?<![a-zA-Z\d]) +| +(?![a-zA-Z\d])|(?<=\d) +(?!\d)|(?<=[a-zA-Z]) +(?=\d)")
_LONE_BRACES = re.compile(r"([_^])\{(\w)\}")
_TIME = re.compile(r"(?:[01]?\d|2[0-4])\s*:\s*[0-5]\d(?:\s*:\s*[0-5]\d)?")
_INDEXED = re.compile(r"([a-zA-Z])_\{?(\d+)\}?")
_LARGEST_SET = 24
"""Members; of two larger sets only those that are the same in normal form are found equal."""


@dataclass
class Comparison:
    """One comparison; `known` grows between two calls of `same`."""

    known: dict[Pair, bool] = field(default_factory=dict)
    notes: dict[Pair, str] = field(default_factory=dict)
    """Why algebra could not compare a pair."""
    needed: list[Pair] = field(default_factory=list)
    layer: str = "none"
    reason: str = ""
    """Why the answer was refused, for a person."""

    def same(self, expected: Shape, given: Shape) -> bool | None:
        """None when `needed` must be answered first."""
        self.needed, self.reason = [], ""
        return self._same(expected, given)

    def _same(self, expected: Shape, given: Shape) -> bool | None:
        if isinstance(expected, Leaf) and isinstance(given, Leaf):
            same = self._leaves(expected, given)
            return self._with_chain(same, expected, given) if same is not False and given.chain else same
        if isinstance(expected, Group) and isinstance(given, Group):
            return self._groups(expected, given)
        if _whole(expected) or _whole(given):
            return self._ask(_latex(expected), _latex(given))
        single = expected if isinstance(expected, Group) else given
        if isinstance(single, Group) and single.kind == "set" and len(single.members) == 1:
            pair = (single.members[0], given) if single is expected else (expected, single.members[0])
            return self._same(*pair)
        return self._refused("normal form", "one is a single value, the other is not")

    def _groups(self, expected: Group, given: Group) -> bool | None:
        if "named" in (expected.kind, given.kind):
            return self._assignments(expected, given)
        if expected.kind == given.kind == "ratio":
            return self._ratios(expected, given)
        if expected.kind != given.kind or expected.brackets != given.brackets:
            if _whole(expected) or _whole(given):
                return self._ask(expected.text, given.text)
            return self._refused("normal form", "they are of different kinds: a set, a tuple, an interval, a matrix")
        if expected.kind in ("brackets", "matrix", "row"):
            return self._in_order(expected.members, given.members)
        same = self._in_any_order(expected.members, given.members)
        if same is False and expected.kind == "union":
            # The same set can be cut into other intervals.
            return self._ask(expected.text, given.text)
        return same

    def _assignments(self, expected: Group, given: Group) -> bool | None:
        """`x=1, y=2` against the same, against a tuple in the order of the names, or `x_1=1, x_2=2` against a set."""
        if expected.kind == given.kind:
            if set(expected.names) != set(given.names):
                if all(isinstance(one, Leaf) and one.name for one in (*expected.members, *given.members)):
                    return self._in_any_order(expected.members, given.members)  # y = 2x, z = 1 and x = y/2, z = 1
                return self._refused("normal form", "they are values of other variables")
            by_name = dict(zip(given.names, given.members, strict=True))
            return self._in_order(expected.members, tuple(by_name[name] for name in expected.names))
        named, other = (expected, given) if expected.kind == "named" else (given, expected)
        if other.kind == "set" and _one_unknown(named.names):
            return self._in_any_order(expected.members, given.members)
        if other.kind != "brackets" or other.brackets != "()":
            return self._refused("normal form", "one is a list of assignments, the other is not")
        values = _in_order_of_names(named)
        return self._in_order(*((values, other.members) if named is expected else (other.members, values)))

    def _ratios(self, expected: Group, given: Group) -> bool | None:
        """Part by part, or as numbers in the same ratio where no time of day can be meant."""
        if expected.unit and given.unit and expected.unit != given.unit:
            return self._refused("normal form", f"the unit is {expected.unit!r}, not {given.unit!r}")
        left, right = _numbers(expected), _numbers(given)
        if left and right and len(left) == len(right) and not (_is_time(expected) or given.unit):
            self._used("number")
            same = all(a * right[0] == b * left[0] for a, b in zip(left, right, strict=True))
            return same or self._refused("number", f"{given.text!r} is not {expected.text!r}")
        return self._in_order(expected.members, given.members)

    def _with_chain(self, same: bool | None, expected: Leaf, given: Leaf) -> bool | None:
        """`x = 10/2 = 5` for `5`: what stands before is the same, unless it has variables of its own."""
        known = set(plain_letters(expected.text))
        for part in given.chain:
            if set(plain_letters(part.text)) <= known and not part.words:
                found = self._leaves(expected, part)
                if found is False:
                    return False
                same = None if found is None else same
        return same

    def _in_order(self, expected: tuple[Shape, ...], given: tuple[Shape, ...]) -> bool | None:
        if len(expected) != len(given):
            return self._refused("normal form", f"{len(expected)} values expected, {len(given)} given")
        open_ = False
        for pair in zip(expected, given, strict=True):
            same = self._same(*pair)
            if same is False:
                return False
            open_ |= same is None
        return None if open_ else True

    def _in_any_order(self, expected: tuple[Shape, ...], given: tuple[Shape, ...]) -> bool | None:
        """Each given value is used once. Being the same is an equivalence, so taking the first that fits is exact."""
        if len(expected) != len(given):
            return self._refused("normal form", f"{len(expected)} values expected, {len(given)} given")
        if len(expected) > _LARGEST_SET:
            return self._refused("normal form", f"more than {_LARGEST_SET} values in any order")
        left, open_, asked = list(given), False, len(self.needed)
        waiting: list[Shape] = []
        for value in expected:
            before = len(self.needed)
            match = next((other for other in left if self._same(value, other) is True), None)
            if match is None:
                waiting.append(value)
            else:
                del self.needed[before:]
                left.remove(match)
        del self.needed[asked:]
        self.reason = ""
        for value in waiting:
            found = [self._same(value, other) for other in left]
            if all(same is False for same in found):
                return self._refused("normal form", f"{_latex(value)!r} is not among the values given")
            open_ = True
        return None if open_ else True

    def _leaves(self, expected: Leaf, given: Leaf) -> bool | None:
        if expected.name and given.name and expected.name != given.name:
            if plain_letters(expected.text) and plain_letters(given.text):
                return self._ask(expected.equation, given.equation)  # y = 2x and x = y/2
            return self._refused("normal form", f"{expected.name!r} was asked for, not {given.name!r}")
        if expected.unit and given.unit and expected.unit != given.unit:
            return self._refused("normal form", f"the unit is {expected.unit!r}, not {given.unit!r}")
        if expected.number is not None and given.number is not None:
            self._used("number")
            right = given.number in _values(expected, given.percent)
            return right or self._refused("number", f"{given.text!r} is not {expected.text!r}")
        if expected.text and _compact(expected.text) == _compact(given.text):
            self._used("normal form")
            return True
        if expected.words or given.words or (_is_option(expected) and len(given.text) == 1):
            self._used("text")
            right = folded(expected.text) == folded(given.text)
            return right or self._refused("text", "the words differ")
        if (expected.name and given.relation) or (given.name and expected.relation):
            return self._ask(expected.equation, given.equation)
        if expected.relation != given.relation and not (expected.whole and given.whole):
            return self._chain(expected, given)
        return self._ask(expected.text, given.text)

    def _chain(self, expected: Leaf, given: Leaf) -> bool | None:
        """`6/2 = 3` for `3`: right when every part of the chain is."""
        if expected.relation or any(sign in given.text for sign in ("<", ">", "\\le", "\\ge", "\\ne")):
            return self._refused("normal form", "one is an equation or inequality, the other is not")
        parts = [part.strip() for part in given.text.split("=")]
        if len(parts) > 4 or not all(parts):
            return self._refused("normal form", "one is an equation, the other is not")
        found = [self._ask(expected.text, part) for part in parts]
        return False if False in found else None if None in found else True

    def _ask(self, expected: str, given: str) -> bool | None:
        if _compact(expected) == _compact(given):
            self._used("normal form")
            return True
        numbers = number(expected), number(given)
        if None not in numbers:
            self._used("number")
            return numbers[0] == numbers[1] or self._refused("number", f"{given!r} is not {expected!r}")
        answer = self.known.get((expected, given))
        if answer is None:
            if (expected, given) not in self.needed:
                self.needed.append((expected, given))
            return None
        self._used("math-verify")
        reason = self.notes.get((expected, given)) or f"{given!r} is not equivalent to {expected!r}"
        return answer or self._refused("math-verify", reason)

    def _used(self, layer: str) -> None:
        self.layer = max(self.layer, layer, key=LAYERS.index)

    def _refused(self, layer: str, reason: str) -> bool:
        self._used(layer)
        self.reason = reason
        return False


def _values(expected: Leaf, percent: bool) -> tuple[Fraction, ...]:
    """Which numbers are right. A percent sign on one side alone is a unit left off, or stands for hundredths."""
    assert expected.number is not None
    if expected.percent == percent:
        return (expected.number,)
    return (expected.number, expected.number / 100 if expected.percent else expected.number * 100)


def _numbers(ratio: Group) -> list[Fraction]:
    """The parts of a ratio, where all are numbers and none is zero."""
    values = [member.number if isinstance(member, Leaf) else None for member in ratio.members]
    return [value for value in values if value] if all(values) else []


def _is_time(ratio: Group) -> bool:
    return bool(ratio.unit) or _TIME.fullmatch(ratio.text) is not None


def _one_unknown(names: tuple[str, ...]) -> bool:
    """Whether the names are one letter with several indices, as solutions of one equation are numbered."""
    indexed = [_INDEXED.fullmatch(name) for name in names]
    return all(indexed) and len({found[1] for found in indexed if found}) == 1


def _in_order_of_names(named: Group) -> tuple[Shape, ...]:
    """Values as a tuple of them is usually written: neighbours in the alphabet, and indices, in their order.

    Names that are no neighbours (`m=2, b=3`) stay in the order written.
    """
    if _one_unknown(named.names):
        keys = [int(name.strip("}").rpartition("_")[2].strip("{")) for name in named.names]
    elif "".join(sorted(named.names)) in ascii_letters and all(len(name) == 1 for name in named.names):
        keys = [ord(name) for name in named.names]
    else:
        return named.members
    return tuple(member for _, member in sorted(zip(keys, named.members, strict=True), key=lambda pair: pair[0]))


def _is_option(expected: Leaf) -> bool:
    """Whether a lone capital is expected: one of several choices, or a point."""
    return len(expected.text) == 1 and expected.text.isupper()


def _whole(shape: Shape) -> bool:
    """Whether only algebra can compare it: `x > 2` and `(2, \\infty)`, a union, a complement."""
    return shape.whole if isinstance(shape, Leaf) else shape.kind == "union"


def _latex(shape: Shape) -> str:
    return shape.text


def _compact(text: str) -> str:
    """Without spaces, but those that end a command or keep two numbers apart; an index or exponent without braces."""
    kept = _SPACES.sub("", text)
    return _LONE_BRACES.sub(r"\1\2", kept)
