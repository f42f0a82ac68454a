"""What an answer is made of: a tree of lists, brackets, ratios, unions and matrices over single values."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, NamedTuple

from evals.grading.answers_latex import closing_bracket, split, tidy
from evals.grading.answers_numbers import number, plain_letters
from evals.grading.answers_units import Measured, in_radians, measured

Kind = Literal["set", "brackets", "named", "ratio", "union", "matrix", "row"]

_MATRIX = re.compile(r"^\\begin\{([pbB]?(?:small)?matrix|array)\}(?:\{[lcr|]*\})?(.*)\\end\{\1\}$")
"""Not between bars, which make it a determinant."""
_NAME = r"(?:m\s*)?(?:\\angle\s*)?(?:\\text\{[^{}]*\}|\\?[a-zA-Z]+)(?:_(?:\{\w+\}|\w+))?'*(?:\s*\^\s*\{-1\})?"
_NAMES = rf"\(\s*{_NAME}(?:\s*,\s*{_NAME}){{1,7}}\s*\)"
_NAMED = re.compile(
    rf"^({_NAMES}|{_NAME}\s*(?:\([\w\s,]*\))?)\s*(?:=(?!=)|\\approx(?![a-zA-Z])|\\in(?![a-zA-Z]))\s*(?=\S)"
)
_SUCH_THAT = re.compile(r"^[a-zA-Z]\s*(?:\\in\s*\\mathbb\{R\}\s*)?(?:\\mid(?![a-zA-Z])|\||:)\s*(?=\S)")
"""The beginning of a set of real numbers that is given by a condition."""
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d|,\d)")
_RELATION = re.compile(r"=|<|>|\\(?:le|ge|ne)(?![a-zA-Z])")
_WHOLE = re.compile(r"\\(?:cup|cap|lor|land|setminus|mathbb|in|emptyset|mid)(?![a-zA-Z])")
_LOGIC = re.compile(r"\\(?:lor|land)(?![a-zA-Z])")
_WORDS = re.compile(r"^[A-Za-z(][A-Za-z .,':!?()-]*$")
_NUMBERED = re.compile(
    r"^(?!(?:(?:arc)?(?:sin|cos|tan|cot|sec|csc)h?|log|exp|lim|max|min|gcd|lcm|USD|EUR|GBP|INR)\b)"
    r"[A-Za-z]{3,}(?: [A-Za-z]{2,})* \d{1,4}(?:st|nd|rd|th)?$"
)
"""A date or the number of something: `June 20`."""
_LONGEST_PRODUCT = 2
"""Letters: `xy` may be a product of variables, `odd` is a word."""
_AND = re.compile(r",(?:\s*(?:and|or)\b)?|\b(?:and|or)\b")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)$")
_PLUS_MINUS_MOST = 3
_LONGEST_CHAIN = 8


@dataclass(frozen=True)
class Leaf:
    """A single value."""

    text: str
    """Tidied LaTeX, without name and unit."""
    name: str = ""
    """The variable it was assigned to, as in `x = 5`."""
    unit: str = ""
    percent: bool = False
    number: Fraction | None = None
    words: str = ""
    """Lower-case words, where it is no formula."""
    chain: tuple["Leaf", ...] = ()
    """What stands before it in a chain after a name: `10/2` in `x = 10/2 = 5`."""

    @property
    def equation(self) -> str:
        """The text with its name, where it has one."""
        return f"{self.name} = {self.text}" if self.name else self.text

    @property
    def relation(self) -> bool:
        """Whether it is an equation or inequality that is no mere assignment."""
        return _RELATION.search(self.text) is not None

    @property
    def whole(self) -> bool:
        """Whether it describes a set in a way that only algebra can compare."""
        return self.relation or _WHOLE.search(self.text) is not None


@dataclass(frozen=True)
class Group:
    """Several values."""

    kind: Kind
    """`set`: in any order, which is also what a list without brackets means. `brackets`: a tuple, a point or an
    interval, in order and with their brackets. `named`: `x=1, y=2`, and `(x,y)=(1,2)`. `ratio`: `3:4`, and a time of
    day such as `2:15`."""
    members: tuple["Shape", ...]
    text: str
    """Tidied LaTeX of the whole."""
    brackets: str = ""
    """As written around it, `(]` for a half-open interval."""
    names: tuple[str, ...] = ()
    """Of the members of `named`."""
    unit: str = ""
    """Of a ratio, such as `pm`."""


Shape = Leaf | Group


def read(answer: str, *, loose: bool = False) -> Shape:
    """The tree of an answer that passed `too_much`; for `loose` see `measured`."""
    return _shape(tidy(answer), loose)


def has_variables(shape: Shape) -> bool:
    """Whether letters stand in it that are no words and no units."""
    if isinstance(shape, Leaf):
        return not shape.words and bool(plain_letters(shape.text))
    return any(map(has_variables, shape.members))


def _shape(text: str, loose: bool) -> Shape:
    if words := _listed_words(text):
        return Group("set", tuple(_shape(f"\\text{{{part}}}", loose) for part in words), text)
    listed = split(_THOUSANDS.sub(lambda found: found[0].replace(",", ""), text) if _is_bare(text) else text)
    if listed[1:] and all(listed):
        return _list(listed, text, loose)
    name, value, earlier = _assigned(listed[0] if len(listed) == 1 else text)
    shape = _unnamed(value, loose)
    if isinstance(shape, Leaf) and name:
        chain = tuple(_leaf(part, loose) for part in earlier)
        return replace(shape, name=name, chain=chain)
    if isinstance(shape, Group) and shape.kind == "brackets" and name.startswith("("):
        names = tuple(split(name[1:-1]))
        fits = shape.brackets == "()" and len(set(names)) == len(names) == len(shape.members)
        return Group("named", shape.members, text, names=names) if fits else _leaf(text, loose)
    return shape


def _listed_words(text: str) -> list[str]:
    """The parts of a list that is one `\\text{…}`: `A, B and C`. Empty when it is none."""
    if not text.startswith("\\text{") or closing_bracket(text, 5) != len(text) - 1:
        return []
    parts = [part.strip() for part in _AND.split(text[6:-1])]
    return parts if parts[1:] and all(parts) else []


def _is_bare(text: str) -> bool:
    """Whether its commas stand outside of brackets, so that `1,234` is one number."""
    return "," in text and not re.search(r"[(\[{][^()\[\]{}]*,", text)


def _list(parts: list[str], text: str, loose: bool) -> Group:
    names = [_assigned(part).name for part in parts]
    if all(names) and len(set(names)) == len(names) and not any(name.startswith("(") for name in names):
        return Group("named", tuple(_shape(part, loose) for part in parts), text, names=tuple(names))
    if names[0] and not any(name and name != names[0] for name in names):
        # One unknown with several values: `x=1, x=2` or `x=1, 2`; or one tuple of them: `(x,y)=(1,2), (3,4)`.
        if names[0].startswith("("):
            parts = [part if name else f"{names[0]} = {part}" for part, name in zip(parts, names, strict=True)]
        else:
            members = (_shape(part, loose) for part in parts)
            nameless = tuple(replace(one, name="") if isinstance(one, Leaf) else one for one in members)
            return Group("set", _flattened(nameless), text)
    return Group("set", _flattened(tuple(_shape(part, loose) for part in parts)), text)


def _flattened(members: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Members of a list that stand for several, such as those of a plus-minus sign, are members themselves."""
    flat: list[Shape] = []
    for member in members:
        flat.extend(member.members if isinstance(member, Group) and member.kind == "set" else (member,))
    return tuple(flat)


class _Assigned(NamedTuple):
    name: str
    value: str
    earlier: tuple[str, ...] = ()
    """The other parts of a chain."""


def _assigned(text: str) -> _Assigned:
    """The name before an equals sign, and what it is: of `x = 4/2 = 2` the last, of `10/3 \\approx 3.3` the first."""
    found = None if _LOGIC.search(text) else _NAMED.match(text)
    value = split(text[found.end() :] if found else text, "\\approx")[0] or text
    if not found:
        return _Assigned("", value)
    name = "".join(found[1].split())
    parts = split(value, "=")
    if parts[1:] and all(parts) and len(parts) <= _LONGEST_CHAIN:
        return _Assigned(name, parts[-1], tuple(parts[:-1]))
    return _Assigned(name, value)


def _unnamed(text: str, loose: bool) -> Shape:
    if matrix := _MATRIX.match(text):
        return _matrix(matrix[2], text, loose)
    united = split(text, "\\cup")
    if united[1:] and all(united):
        return Group("union", tuple(_shape(part, loose) for part in united), text)
    if text.startswith("\\{") and text.endswith("\\}") and closing_bracket(text, 1) == len(text) - 1:
        inside = text[2:-2].strip()
        if (condition := _SUCH_THAT.match(inside)) and _RELATION.search(inside, condition.end()):
            conditions = split(inside[condition.end() :])
            together = all(map(_RELATION.search, conditions))
            return _shape(" \\land ".join(conditions) if together else inside[condition.end() :], loose)
        listed = _list(split(inside), text, loose)
        return listed if listed.kind == "named" and listed.members[1:] else replace(listed, kind="set")
    if text[:1] in ("(", "[") and closing_bracket(text, 0) == len(text) - 1 and text[-1] in ")]":
        inside = text[1:-1].strip()
        if _MATRIX.match(inside):
            return _shape(inside, loose)
        inner = split(inside)
        if inner[1:] and all(inner):
            return Group("brackets", tuple(_shape(part, loose) for part in inner), text, text[0] + text[-1])
        if text[0] == "(" and text[-1] == ")" and inside:
            return _shape(inside, loose)
    if text.startswith("{") and closing_bracket(text, 0) == len(text) - 1 and len(text) > 2:
        return _shape(text[1:-1].strip(), loose)
    signs = text.count("\\pm")
    if signs and signs <= _PLUS_MINUS_MOST and not _RELATION.search(text):
        return Group("set", tuple(_leaf(value, loose) for value in _both_signs(text)), text)
    return _ratio(text, loose) or _leaf(text, loose)


def _ratio(text: str, loose: bool) -> Group | None:
    value, unit, percent = measured(text, loose=loose) if ":" in text else Measured(text)
    parts = split(value, ":")
    if not parts[1:] or not all(parts) or percent or _RELATION.search(value):
        return None
    members = tuple(_leaf(part, loose) for part in parts)
    return None if any(member.words for member in members) else Group("ratio", members, value, unit=unit)


def _both_signs(text: str) -> list[str]:
    """The values of `\\pm`: two when a `\\mp` ties them together, else two for each sign."""
    if "\\mp" in text:
        values = [text.replace("\\pm", upper).replace("\\mp", lower) for upper, lower in ("+-", "-+")]
    else:
        values = [text]
        for _ in range(text.count("\\pm")):
            values = [value.replace("\\pm", sign, 1) for value in values for sign in "+-"]
    return [value.strip().removeprefix("+").strip() for value in values]


def _matrix(inner: str, text: str, loose: bool) -> Group:
    rows = [row for row in split(inner, "\\\\") if row]
    cells = [Group("row", tuple(_shape(cell, loose) for cell in split(row, "&")), row) for row in rows]
    return Group("matrix", tuple(cells), text)


def _leaf(text: str, loose: bool) -> Leaf:
    words = _words(text)
    if words:
        return Leaf(text, words=words)
    value, unit, percent = measured(text, loose=loose)
    if value.startswith(("(", "{")) and closing_bracket(value, 0) == len(value) - 1:
        value = value[1:-1].strip()
    return Leaf(in_radians(value), unit=unit, percent=percent, number=number(value))


def _words(text: str) -> str:
    """The words of an answer that has no mathematics: from `\\text{…}`, or longer than a product of variables."""
    inner = re.sub(r"\\text\{([^{}]*)\}", r"\1", text).strip()
    if _NUMBERED.match(inner):
        return folded(inner)
    if not _WORDS.match(inner) or (inner == text and len(plain_letters(text)) <= _LONGEST_PRODUCT):
        return ""
    return folded(inner)


def folded(text: str) -> str:
    """Words without case, punctuation and article."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\\text\{([^{}]*)\}", r"\1", text).lower())
    words = [_ORDINAL.sub("", word) for word in words]
    return " ".join(words[1:] if words[1:] and words[0] in ("a", "an", "the") else words)
