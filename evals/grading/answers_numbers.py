"""Exact values of plain numbers, as an answer may write them."""

import re
from fractions import Fraction

from hierarchy.selection.answers import normal_form

_PLAIN_LETTER = re.compile(r"\\[a-zA-Z]+|([a-zA-Z])")
_SPACED_THOUSANDS = re.compile(r"^-?\d{1,3}(?: \d{3})+(?:\.\d+)?$")
_DIGITS_APART = re.compile(r"\d\s+\d")
_MIXED = re.compile(r"^[-+]?\d+\s*(?:\d+/\d+|\\frac\{\d+\}\{\d+\})$")
_EXACT = re.compile(r"^-?\d+(?:/\d+)?$")
_POWER_OF_TEN = re.compile(
    r"^([-+]?)(?:(\d+(?:\.\d*)?)\s*(?:\\times|\\cdot|\*|x)\s*)?10\s*\^\s*\{?\s*([-+]?\d{1,3})\s*\}?$"
    r"|^([-+]?)(\d+(?:\.\d*)?)[eE]([-+]?\d{1,3})$"
)
_REPEATING = re.compile(r"^([-+]?)(\d*)\.(\d*)\\(?:overline|bar)\{(\d{1,30})\}$")


def plain_letters(text: str) -> str:
    """The letters of a text that are no command's name: its variables and words."""
    return "".join(_PLAIN_LETTER.findall(text))


def number(text: str) -> Fraction | None:
    """The exact value of a plain number: decimal, fraction, mixed, with thousands or a power of ten; else None."""
    compact = text.strip()
    if found := _POWER_OF_TEN.match(compact):
        sign, digits, exponent = found[1] or found[4] or "", found[2] or found[5] or "1", found[3] or found[6]
        return Fraction(f"{sign}{digits}e{exponent}")
    if found := _REPEATING.match(compact):
        return _repeating(found[1], found[2], found[3], found[4])
    if plain_letters(compact) or any(sign in compact for sign in "%=_:"):
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
