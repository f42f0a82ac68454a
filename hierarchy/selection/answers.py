"""Agreement among final answers of mathematics problems: which answers are the same, and which one most arrive at.

Majority voting over samples is self-consistency (Wang et al., ICLR 2023). Answers are compared as canonical texts:
exact fractions where they are numbers, cleaned LaTeX where they are not.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

_DECORATION = re.compile(
    r"(?<!\\)\\(?:left|right|displaystyle|mathrm|mathbf|boldsymbol|quad|qquad|[,;: ])(?![a-zA-Z])|\\\$|\$|~|\*\*|`"
)
_TEXT = re.compile(r"\\(?:text|textbf|mbox|mathrm|mathbf|operatorname)\s*\{([^{}]*)\}")
_DEGREES = re.compile(r"\^\s*\{?\s*\\circ\s*\}?|\\degrees?|°|\bdegrees?\b")
_BRACED = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_FRACTION = re.compile(rf"\\[dt]?frac\s*(?:{_BRACED}|(\w))\s*(?:{_BRACED}|(\w))")
_TERM = re.compile(r"-?[\w.]*(?:\\[a-z]+(?:\{\w+\})?)?")
"""A number, a name, or a root or constant with a factor before it: what needs no brackets in `a/b`."""
_ROOT = re.compile(r"\\sqrt\s*(\w)")
_ASSIGNED = re.compile(r"^[a-zA-Z](?:\([a-z]\))?\s*=\s*(?=[^=])")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_MIXED = re.compile(r"^(-?)(\d+)\s+(\d+)/(\d+)$")
_NUMBER = re.compile(r"^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:/\d+(?:\.\d+)?)?$")
_UNIT = re.compile(
    r"^([-+]?[\d.,/ ]*\d)(?:\s*(?:cm|mm|km|kg|mg|ml|ft|lbs?|mph|am|pm)|\s+(?!(?:and|or|pi|sqrt)\b)[a-z]{2,}"
    r"(?:[ /][a-z]+){0,3}|\s+[mgshl])\s*(?:\^?\{?[23]\}?)?\.?$",
    re.IGNORECASE,
)
"""A number and its unit; a lone letter is a unit only after a space, and then only one of a few."""
_LONGEST = 300
"""Characters; a longer text is no final answer, and is compared as it stands."""
_BRACKETS = {"(": ")", "[": "]"}


class Vote(NamedTuple):
    """The outcome of a vote among answers."""

    winner: int
    """Index of the answer that stands for the largest group."""
    agreement: float
    """The group's share of all votes cast."""
    voters: int
    """How many gave an answer at all."""
    sizes: tuple[int, ...]
    """Group sizes, the largest first."""


def vote(answers: Sequence[str | None], logprobs: Sequence[float | None]) -> Vote | None:
    """The answer most agree on; of two equally large groups the one with the higher mean log-probability. None when
    there is no answer at all.

    `logprobs` holds each answer's mean token log-probability; the group is represented by its likeliest member.
    """
    groups: dict[str, list[int]] = {}
    for index, answer in enumerate(answers):
        if answer is not None and answer.strip():
            groups.setdefault(normal_form(answer), []).append(index)
    if not groups:
        return None

    def logprob(index: int) -> float:
        value = logprobs[index]
        return float("-inf") if value is None else value

    ranked = sorted(groups.values(), key=lambda group: (-len(group), -max(map(logprob, group)), group[0]))
    voters = sum(map(len, ranked))
    best = max(ranked[0], key=lambda index: (logprob(index), -index))
    return Vote(best, len(ranked[0]) / voters, voters, tuple(map(len, ranked)))


def normal_form(answer: str) -> str:
    """A text that is equal for answers that mean the same: `\\frac{1}{2}`, `0.5`, `.50` and `1/2` are one.

    Deliberately light: `50%` and `50` are one, `5 cm` and `5` are one, but no algebra is done.
    """
    text = answer.replace("\N{MINUS SIGN}", "-").replace("{,}", ",").replace("\\!", "").strip().rstrip(".").strip()
    if len(text) > _LONGEST:
        return "".join(text.split()).lower()
    if text.startswith("\\boxed{") and text.endswith("}"):
        text = text[len("\\boxed{") : -1]
    text = _DEGREES.sub("", _DECORATION.sub(" ", text))
    text = _TEXT.sub(r" \1 ", text).replace("\\%", "").replace("%", "")
    text = _ROOT.sub(r"\\sqrt{\1}", text)
    text = _ASSIGNED.sub("", _without_fractions(text).strip()).strip()
    return _part(text)


def _without_fractions(text: str) -> str:
    """`\\frac{a}{b}` as `a/b`, innermost first; a whole number before it makes a mixed number of it."""
    for _ in range(8):
        changed = _FRACTION.sub(_slash, text)
        if changed == text:
            return text
        text = changed
    return text


def _slash(found: re.Match[str]) -> str:
    top, bottom = (found[1] or found[2] or "").strip(), (found[3] or found[4] or "").strip()
    plain = _TERM.fullmatch(top) and _TERM.fullmatch(bottom) and not bottom.startswith("-")
    gap = " " if found.start() and found.string[found.start() - 1].isdigit() else ""
    return f"{gap}{top}/{bottom}" if plain else f"{gap}({top})/({bottom})"


def _part(text: str) -> str:
    text = text.strip()
    # A list in brackets is ordered; one without, or in braces, is a set of solutions.
    if text[:1] in _BRACKETS and text[-1:] in (")", "]") and _closes_at_end(text):
        inner = _split(text[1:-1])
        return f"{text[0]}{','.join(map(_part, inner))}{text[-1]}" if inner[1:] else _part(text[1:-1])
    braces = text.removeprefix("\\{").removesuffix("\\}") if text.startswith("\\{") else text
    members = _split(_THOUSANDS.sub(_joined_digits, braces.replace(" and ", ",").replace(" or ", ",")))
    if members[1:] and all(member.strip() for member in members):
        return ",".join(sorted(map(_part, members)))
    return _scalar(_THOUSANDS.sub(_joined_digits, braces))


def _joined_digits(found: re.Match[str]) -> str:
    return found[0].replace(",", "")


def _split(text: str) -> list[str]:
    """The text cut at commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _closes_at_end(text: str) -> bool:
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0:
            return position == len(text) - 1
    return False


def _scalar(text: str) -> str:
    text = " ".join(text.split())
    unit = _UNIT.match(text)
    number = _number(unit[1] if unit else text)
    if number is not None:
        return str(number)
    return re.sub(r"\s+", "", text).rstrip(".").lower()


def _number(text: str) -> Fraction | None:
    mixed = _MIXED.match(text)
    try:
        if mixed:
            value = int(mixed[2]) + Fraction(int(mixed[3]), int(mixed[4]))
            return -value if mixed[1] else value
        compact = text.replace(" ", "")
        if _NUMBER.match(compact) and len(compact) <= 200:
            top, _, bottom = compact.partition("/")
            return Fraction(top) / Fraction(bottom or "1")
    except ZeroDivisionError:
        return None
    return None
