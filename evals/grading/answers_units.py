"""What stands beside the number of an answer: units, money, percent, degrees, the base of a numeral.

A unit that only one side writes was left off, and does not count; two that differ make a wrong answer. Nothing is
converted: a question that asks for centimetres is not answered in metres. Words that change the number are no units:
`5 million` is 5,000,000, and `5 squared`, `5 or more` and `5 i` are not 5.
"""

import re
from string import ascii_lowercase
from typing import NamedTuple

from evals.grading.answers_numbers import number, plain_letters

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
    "rpm": "",
    "ms": "millisecond",
    "hz": "hertz",
    "kwh": "",
    "kb": "kilobyte",
    "mb": "megabyte",
    "gb": "gigabyte",
    "qt": "quart",
    "pt": "pint",
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
_MONEY = {
    "$": "dollar",
    "\N{EURO SIGN}": "euro",
    "\N{POUND SIGN}": "gbp",
    "\N{YEN SIGN}": "yen",
    "\N{INDIAN RUPEE SIGN}": "rupee",
    "USD": "dollar",
    "EUR": "euro",
    "GBP": "gbp",
    "INR": "rupee",
}
_SIGN = r"\\?([$\N{EURO SIGN}\N{POUND SIGN}\N{YEN SIGN}\N{INDIAN RUPEE SIGN}])"
_MONEY_BEFORE = re.compile(rf"^([-+]?)\s*(?:(?:US)?\s*{_SIGN}|(USD|EUR|GBP|INR)\b)\s*(?=[-+\d\\.])")
_MONEY_AFTER = re.compile(rf"^(.*\d)\s*{_SIGN}$")
_DEGREE_AFTER = re.compile(r"^(.*?\S)\s*(?:\\text\{\s*)?\^\s*\\circ\s*(?:\\text\{\s*)?([CF]?)\s*\}?$")
_TEXT_AFTER = re.compile(r"^(.*[^\s\\])\s*\\text\{([^{}]*)\}\s*(?:\^\s*\{?([23])\}?)?$")
_TEXT_UNIT = re.compile(r"\s*\(?([^\W\d_](?:[^\W\d_]|[ .,'/-])*?)\)?\s*(?:\^?\s*([23]))?\s*")
_WORDS_AFTER = re.compile(r"^(.*?[\d})%])(\s*)([a-zA-Z][a-zA-Z.]*(?:[ /]+[a-zA-Z.']+){0,9})\s*(?:\^\s*\{?([23])\}?)?$")
_BASE_AFTER = re.compile(
    r"^(\d[\dA-F]*)\s*(?:_\s*\{?\s*(?:\\text\{)?\s*\(?(?:base\s*)?(\w+)\)?\s*\}{0,2}|\s*\(?base\s+(\w+)\)?"
    r"|\\text\{\s*\(?\s*base\s+(\w+)\s*\)?\s*\})$"
)
_ANGLE = re.compile(r"(\d+(?:\.\d+)?)\s*\^\s*\\circ(?![a-zA-Z])")
_TRIGONOMETRY = re.compile(r"\\(?:sin|cos|tan|cot|sec|csc)(?![a-zA-Z])")
_NUMBER_NAMES = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_BASES = {name: str(value) for value, name in enumerate(_NUMBER_NAMES, 2)}
_PARTS = ("square", "sq", "squared", "cubic", "cu", "cubed", "per")
_SCALES = {
    "dozen": 12,
    "hundred": 10**2,
    "thousand": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
_LINKS = ("a", "an", "at", "by", "in", "is", "it", "of", "on", "the", "to", "us")
"""Short words that may stand in a phrase such as `of a cup`, and are no unit alone."""
_NO_UNIT = re.compile(
    r"sin|cos|tan|cot|csc|log|ln|mod|pi|if|for|where|or|and|not?|than|least|most|choose|factorial"
    r"|plus|minus|negative|below|above|power|root|infinity|half|halves|halved|doubled|tripled|repeating|recurring"
    r"|(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|hundredth|thousandth|millionth|billionth)s?"
    r"|zero|one|two|three|four|five|six|seven|eight|nine|tens?|eleven|twelve|twenty|mil|mln|mn|bil|bln|bn"
)
"""Words that change the value of the number before them, or may."""


class Measured(NamedTuple):
    """An answer's mathematics, and what stood beside it."""

    text: str
    unit: str = ""
    percent: bool = False


def measured(text: str, *, loose: bool = False) -> Measured:
    """Split a tidied text into a quantity and its unit.

    `loose`: any words after a number may be a unit, and lone letters that are one. For an answer given where the
    expected one has no variables: `12 red marbles`, `5 m`. Elsewhere `5 m` may be a product.
    """
    sign, text = _money(text)
    if text.endswith("%"):
        return Measured(text[:-1].strip(), sign, percent=True)
    if based := _BASE_AFTER.match(text):
        name = (based[2] or based[3] or based[4]).lower()
        return Measured(based[1], f"base {_BASES.get(name, name)}")
    if (degrees := _DEGREE_AFTER.match(text)) and not _TRIGONOMETRY.search(degrees[1]):
        return Measured(degrees[1], f"degree {degrees[2].lower()}".strip())
    if found := _TEXT_AFTER.match(text):
        if not found[2].strip():
            return Measured(found[1].strip(), sign)
        inner = _TEXT_UNIT.fullmatch(found[2])
        if inner and _is_unit_in_text(inner[1], money=bool(sign)):
            return _with_unit(found[1], inner[1], found[3] or inner[2], sign) or Measured(text, sign)
        return Measured(text, sign)
    words = _WORDS_AFTER.match(text)
    apart = bool(words and words[2] and not (sign and len(words[3]) == 1))
    if words and not plain_letters(words[1]) and _is_unit(words[3], loose=loose, apart=apart):
        return _with_unit(words[1], words[3], words[4], sign) or Measured(text, sign)
    return Measured(text, sign)


def in_radians(text: str) -> str:
    """Degrees within trigonometric functions as a reader of formulas wants them: `\\sin 30^\\circ`."""
    return _ANGLE.sub(r"(\\frac{\1 \\pi}{180})", text) if _TRIGONOMETRY.search(text) else text


def _with_unit(quantity: str, unit: str, power: str | None, sign: str) -> Measured | None:
    """A quantity times the scale words that its unit begins with: `5 million dollars`. None where it is no number."""
    quantity, percent = quantity.strip().removesuffix("%").strip(), quantity.strip().endswith("%")
    words, factor = unit.split(), 1
    while words and (scale := _SCALES.get(_singular(words[0].lower().strip(".,")))):
        factor *= scale
        del words[0]
    if any(_singular(word.lower().strip(".,")) in _SCALES for word in words):
        return None
    if factor > 1:
        value = number(quantity)
        if value is None or percent:
            return None
        quantity = str(value * factor)
    return Measured(quantity, canonical(" ".join(words), power) or sign, percent)


def canonical(unit: str, power: str | None = None) -> str:
    """One spelling of a unit: `square centimetres`, `cm squared`, `sq cm` and `cm` with power 2 are `cm^2`."""
    words = [_singular(word) for word in re.findall(r"[^\W\d_]+|/", unit.lower().replace(".", "")) if word != "of"]
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
    if found := _MONEY_BEFORE.match(text):
        return _MONEY[found[2] or found[3]], found[1] + text[found.end() :]
    if found := _MONEY_AFTER.match(text):
        return _MONEY[found[2]], found[1]
    return "", text


def _is_unit(words: str, *, loose: bool, apart: bool) -> bool:
    parts = _parts(words)
    if _changes_the_number(parts):
        return False
    if all(_is_known(part) for part in map(str.lower, parts)):
        return len(words) > 1 or (loose and apart and (words.islower() or words == "L"))
    if not (loose and apart):
        return False
    return all(_is_known(part) or part in _LINKS or _is_word(part) for part in map(str.lower, parts)) and any(
        len(part) > 1 and (_is_known(part) or _is_word(part)) for part in map(str.lower, parts)
    )


def _is_unit_in_text(words: str, *, money: bool) -> bool:
    """Whether upright words are a unit: any but those that change the number, no lone letter of a variable, and none
    that may stand for thousands or millions (of money: any).
    """
    parts = _parts(words)
    if _changes_the_number(parts) or all(part.lower() in _LINKS and not _is_known(part.lower()) for part in parts):
        return False
    if len(parts) > 1 or len(parts[0]) > 1:
        return True
    return not money and (_is_known(parts[0]) or (parts[0].isupper() and parts[0] not in "BM"))


def _parts(words: str) -> list[str]:
    return [part for part in re.split(r"[ /,]+", words.replace(".", "").replace("'", "")) if part]


def _changes_the_number(parts: list[str]) -> bool:
    lower = [part.lower() for part in parts]
    return not set(lower) - set(_PARTS) or any(map(_NO_UNIT.fullmatch, lower))


def _is_known(word: str) -> bool:
    return _singular(word) in _CANONICAL or word in _PARTS or _singular(word) in _SCALES


def _is_word(word: str) -> bool:
    """Whether letters are rather a word than a product of variables, such as `xyz` and `abc`."""
    return len(word) > 2 and not set("aeiou").isdisjoint(word) and word not in ascii_lowercase
