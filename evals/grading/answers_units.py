"""What stands beside the number of an answer: units, money, percent, degrees, the base of a numeral.

A unit that only one side writes was left off, and does not count; two that differ make a wrong answer. Nothing is
converted: a question that asks for centimetres is not answered in metres.
"""

import re
from typing import NamedTuple

_SPELLINGS = {
    "cm": "centimeter centimetre",
    "mm": "millimeter millimetre",
    "m": "meter metre",
    "km": "kilometer kilometre",
    "in": "inch inche",
    "ft": "foot feet",
    "yd": "yard",
    "mi": "mile",
    "g": "gram gramme gm",
    "kg": "kilogram kilo",
    "mg": "milligram",
    "lb": "pound",
    "oz": "ounce",
    "l": "liter litre",
    "ml": "milliliter millilitre",
    "gal": "gallon",
    "s": "second sec",
    "min": "minute",
    "h": "hour hr",
    "day": "",
    "week": "",
    "month": "",
    "yr": "year",
    "mph": "mi/h",
    "degree": "deg",
    "degree c": "celsius",
    "degree f": "fahrenheit",
    "rad": "radian",
    "dollar": "usd buck",
    "cent": "",
    "euro": "eur",
    "unit": "",
    "am": "",
    "pm": "",
}
"""Singular; a plural s is taken off first."""
_CANONICAL = {spelling: unit for unit, others in _SPELLINGS.items() for spelling in (unit, *others.split())}
_CANONICAL |= {"degree degree c": "degree c", "degree degree f": "degree f"}
_MONEY = {"$": "dollar", "\N{EURO SIGN}": "euro", "\N{POUND SIGN}": "gbp", "\N{YEN SIGN}": "yen"}
_MONEY_BEFORE = re.compile(r"^([-+]?)\s*\\?([$\N{EURO SIGN}\N{POUND SIGN}\N{YEN SIGN}])\s*(?=[-+\d\\.])")
_DEGREE_AFTER = re.compile(r"^(.*\S)\s*\^\s*\\circ\s*(?:\\text\{\s*)?([CF]?)\s*\}?$")
_TEXT_AFTER = re.compile(r"^(.*[^\s\\])\s*\\text\{([^{}]*)\}\s*(?:\^\s*\{?([23])\}?)?$")
_WORDS_AFTER = re.compile(r"^(.*?[\d})])(\s*)([a-zA-Z][a-zA-Z.]*(?:[ /]+[a-zA-Z.]+){0,4})\s*(?:\^\s*\{?([23])\}?)?$")
_BASE_AFTER = re.compile(r"^(\d[\dA-F]*)\s*(?:_\s*\{?\s*(?:\\text\{)?\s*(?:base\s*)?(\w+)\s*\}{0,2}|\s*base\s+(\w+))$")
_PLAIN_LETTER = re.compile(r"\\[a-zA-Z]+|([a-zA-Z])")
_NUMBER_NAMES = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_BASES = {name: str(value) for value, name in enumerate(_NUMBER_NAMES, 2)}
_PARTS = ("square", "sq", "squared", "cubic", "cu", "cubed", "per")
_NO_UNITS = frozenset({"sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "mod", "pi", "if", "for", "where"})


class Measured(NamedTuple):
    """An answer's mathematics, and what stood beside it."""

    text: str
    unit: str = ""
    percent: bool = False


def measured(text: str, *, loose: bool = False) -> Measured:
    """Split a tidied text into a quantity and its unit.

    `loose`: any words after a number are a unit, lone letters too. For an answer given where the expected one has no
    variables: `12 red marbles`, `5 m`. Elsewhere `5 m` may be a product.
    """
    sign, text = _money(text)
    if text.endswith("%"):
        return Measured(text[:-1].strip(), sign, percent=True)
    if based := _BASE_AFTER.match(text):
        name = (based[2] or based[3]).lower()
        return Measured(based[1], f"base {_BASES.get(name, name)}")
    if (degrees := _DEGREE_AFTER.match(text)) and not re.search(r"\\(?:sin|cos|tan|cot|sec|csc)", degrees[1]):
        return Measured(degrees[1], f"degree {degrees[2].lower()}".strip())
    if found := _TEXT_AFTER.match(text):
        return Measured(found[1].strip(), canonical(found[2], found[3]) or sign)
    words = _WORDS_AFTER.match(text)
    if words and not plain_letters(words[1]) and _is_unit(words[3], loose=loose, apart=bool(words[2])):
        return Measured(words[1].strip(), canonical(words[3], words[4]))
    return Measured(text, sign)


def plain_letters(text: str) -> str:
    """The letters of a text that are no command's name: its variables and words."""
    return "".join(_PLAIN_LETTER.findall(text))


def canonical(unit: str, power: str | None = None) -> str:
    """One spelling of a unit: `square centimetres`, `cm squared`, `sq cm` and `cm` with power 2 are `cm^2`."""
    words = [_singular(word) for word in re.findall(r"[a-z]+|/", unit.lower().replace(".", "")) if word != "of"]
    for name, exponent in (("square", "2"), ("sq", "2"), ("squared", "2"), ("cubic", "3"), ("cu", "3"), ("cubed", "3")):
        if name in words and len(words) > 1:
            words.remove(name)
            power = exponent
    joined = " ".join("/" if word == "per" else _CANONICAL.get(word, word) for word in words).replace(" / ", "/")
    joined = _CANONICAL.get(joined, joined)
    return f"{joined}^{power}" if power and joined else joined


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us")) else word


def _money(text: str) -> tuple[str, str]:
    found = _MONEY_BEFORE.match(text)
    return (_MONEY[found[2]], found[1] + text[found.end() :]) if found else ("", text)


def _is_unit(words: str, *, loose: bool, apart: bool) -> bool:
    parts = [part for part in re.split(r"[ /]+", words.lower()) if part]
    if any(part in _NO_UNITS for part in parts):
        return False
    if loose:
        return apart or len(words) > 1
    return len(words) > 1 and all(_singular(part) in _CANONICAL or part in _PARTS for part in parts)
