"""What an answer is made of: a tree of lists, brackets, unions and matrices over single values."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from evals.grading.answers_latex import closing_bracket, split, tidy
from evals.grading.answers_units import measured, plain_letters
from hierarchy.selection.answers import normal_form

Kind = Literal["set", "brackets", "named", "union", "matrix", "row"]

_MATRIX = re.compile(r"^\\begin\{([pbvBV]?matrix|array)\}(?:\{[lcr|]*\})?(.*)\\end\{\1\}$")
_NAME = r"(?:m\s*)?(?:\\angle\s*)?(?:\\text\{[^{}]*\}|\\?[a-zA-Z]+)(?:_\{?\w+\}?)?'*(?:\s*\^\s*\{-1\})?"
_NAMED = re.compile(rf"^({_NAME}\s*(?:\([\w\s,]*\))?)\s*(?:=(?!=)|\\in(?![a-zA-Z]))\s*(?=\S)")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d|,\d)")
_SPACED_THOUSANDS = re.compile(r"^-?\d{1,3}(?: \d{3})+(?:\.\d+)?$")
_DIGITS_APART = re.compile(r"\d\s+\d")
_MIXED = re.compile(r"^[-+]?\d+\s*(?:\d+/\d+|\\frac\{\d+\}\{\d+\})$")
_EXACT = re.compile(r"^-?\d+(?:/\d+)?$")
_POWER_OF_TEN = re.compile(
    r"^([-+]?)(?:(\d+(?:\.\d*)?)\s*(?:\\times|\\cdot|\*|x)\s*)?10\s*\^\s*\{?\s*([-+]?\d{1,3})\s*\}?$"
    r"|^([-+]?)(\d+(?:\.\d*)?)[eE]([-+]?\d{1,3})$"
)
_REPEATING = re.compile(r"^([-+]?)(\d*)\.(\d*)\\(?:overline|bar)\{(\d{1,30})\}$")
_RELATION = re.compile(r"=|<|>|\\(?:le|ge|ne)(?![a-zA-Z])")
_WHOLE = re.compile(r"\\(?:cup|cap|setminus|mathbb|in|emptyset|mid)(?![a-zA-Z])")
_WORDS = re.compile(r"^[A-Za-z(][A-Za-z .,':!?()-]*$")
_LONGEST_PRODUCT = 2
"""Letters: `xy` may be a product of variables, `odd` is a word."""
_PLUS_MINUS_MOST = 3


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
    interval, in order and with their brackets. `named`: `x=1, y=2`."""
    members: tuple["Shape", ...]
    text: str
    """Tidied LaTeX of the whole."""
    brackets: str = ""
    """As written around it, `(]` for a half-open interval."""


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
    listed = split(_THOUSANDS.sub(lambda found: found[0].replace(",", ""), text) if _is_bare(text) else text)
    if listed[1:] and all(listed):
        return _list(listed, text, loose)
    name, value = _assigned(listed[0] if len(listed) == 1 else text)
    shape = _unnamed(value, loose)
    if isinstance(shape, Leaf) and name:
        return Leaf(shape.text, name, shape.unit, shape.percent, shape.number, shape.words)
    return shape


def _is_bare(text: str) -> bool:
    """Whether its commas stand outside of brackets, so that `1,234` is one number."""
    return "," in text and not re.search(r"[(\[{][^()\[\]{}]*,", text)


def _list(parts: list[str], text: str, loose: bool) -> Group:
    names = [_assigned(part)[0] for part in parts]
    members = tuple(_shape(part, loose) for part in parts)
    if all(names) and len(set(names)) == len(names):
        return Group("named", members, text)
    if names[0] and not any(name and name != names[0] for name in names):
        # One unknown with several values: `x=1, x=2` or `x=1, 2`.
        members = tuple(_shape(_assigned(part)[1], loose) for part in parts)
    return Group("set", _flattened(members), text)


def _flattened(members: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Members of a list that stand for several, such as those of a plus-minus sign, are members themselves."""
    flat: list[Shape] = []
    for member in members:
        flat.extend(member.members if isinstance(member, Group) and member.kind == "set" else (member,))
    return tuple(flat)


def _assigned(text: str) -> tuple[str, str]:
    """The name before an equals sign, and what it is; of a chain `x = 4/2 = 2` the last."""
    found = _NAMED.match(text)
    if not found:
        return "", text
    parts = split(text, "=")
    value = parts[-1] if len(parts) > 2 and all(parts) else text[found.end() :]
    return "".join(found[1].split()), value


def _unnamed(text: str, loose: bool) -> Shape:
    if matrix := _MATRIX.match(text):
        return _matrix(matrix[2], text, loose)
    united = split(text, "\\cup")
    if united[1:] and all(united):
        return Group("union", tuple(_shape(part, loose) for part in united), text)
    if text.startswith("\\{") and text.endswith("\\}") and closing_bracket(text, 1) == len(text) - 1:
        members = tuple(_shape(part, loose) for part in split(text[2:-2]))
        return Group("set", _flattened(members), text)
    if text[:1] in ("(", "[") and closing_bracket(text, 0) == len(text) - 1 and text[-1] in ")]":
        inner = split(text[1:-1])
        if inner[1:] and all(inner):
            return Group("brackets", tuple(_shape(part, loose) for part in inner), text, text[0] + text[-1])
        if text[0] == "(" and text[-1] == ")" and text[1:-1].strip():
            return _shape(text[1:-1].strip(), loose)
    if text.startswith("{") and closing_bracket(text, 0) == len(text) - 1 and len(text) > 2:
        return _shape(text[1:-1].strip(), loose)
    signs = text.count("\\pm")
    if signs and signs <= _PLUS_MINUS_MOST and not _RELATION.search(text):
        return Group("set", tuple(_leaf(value, loose) for value in _both_signs(text)), text)
    return _leaf(text, loose)


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
    if value.startswith("(") and closing_bracket(value, 0) == len(value) - 1:
        value = value[1:-1].strip()
    return Leaf(value, unit=unit, percent=percent, number=number(value))


def _words(text: str) -> str:
    """The words of an answer that has no mathematics: from `\\text{…}`, or longer than a product of variables."""
    inner = re.sub(r"\\text\{([^{}]*)\}", r"\1", text).strip()
    if not _WORDS.match(inner) or (inner == text and len(plain_letters(text)) <= _LONGEST_PRODUCT):
        return ""
    return folded(inner)


def folded(text: str) -> str:
    """Words without case, punctuation and article."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"\\text\{([^{}]*)\}", r"\1", text).lower())
    return " ".join(words[1:] if words[1:] and words[0] in ("a", "an", "the") else words)


def number(text: str) -> Fraction | None:
    """The exact value of a plain number: decimal, fraction, mixed, with thousands or a power of ten; else None."""
    compact = text.strip()
    if found := _POWER_OF_TEN.match(compact):
        sign, digits, exponent = found[1] or found[4] or "", found[2] or found[5] or "1", found[3] or found[6]
        return Fraction(f"{sign}{digits}e{exponent}")
    if found := _REPEATING.match(compact):
        return _repeating(found[1], found[2], found[3], found[4])
    if plain_letters(compact) or "%" in compact or "=" in compact or "_" in compact:
        return None
    if _DIGITS_APART.search(compact) and not (_SPACED_THOUSANDS.match(compact) or _MIXED.match(compact)):
        return None
    try:
        canonical = normal_form(compact)
        return Fraction(canonical) if _EXACT.match(canonical) else None
    except ZeroDivisionError:
        return None


def _repeating(sign: str, integer: str, start: str, period: str) -> Fraction:
    """`0.1\\overline{6}`: the period over as many nines as it has digits (geometric series)."""
    scale = 10 ** len(start)
    value = Fraction(int(f"{integer}{start}" or "0"), scale) + Fraction(int(period), scale * (10 ** len(period) - 1))
    return -value if sign == "-" else value
