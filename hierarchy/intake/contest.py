"""Sample blocks of contest statements: AtCoder's `Sample Input 1`, Codeforces' `Input`/`Output` under `Examples`,
`-----Examples-----`, with or without Markdown. The sections that describe the *format* are no samples.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from hierarchy.intake.found import Found, Target
from hierarchy.problem import StdioTest

MAX_SAMPLES = 50
"""Samples read from one statement."""

_HEADING = re.compile(
    r"[#*\-=_\s]*(?P<sample>(?:sample|example)s?)?[ \t]*(?:test[ \t]+)?(?P<what>input|output)s?[ \t]*(?:copy)?[ \t]*"
    r"(?:for[ \t]+)?(?P<sample2>(?:sample|example)[ \t]*)?(?:\#?\d{1,2})?[ \t]*(?:copy)?[ \t]*:?[#*\-=_\s]*",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"[#*\-=_\s]*(?:sample|example)s?(?:[ \t]+(?:tests?|cases?|test[ \t]+cases?))?[ \t]*"
    r"(?:\#?\d{1,2})?[ \t]*:?[#*\-=_\s]*",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"[#*\-=_\s]*(?:notes?|explanations?|constraints?|hints?|scoring|limits?|problem(?:[ \t]+statement)?|subtasks?"
    r"|remarks?|task|description|input[ \t]+format|output[ \t]+format|source|time[ \t]+limit|memory[ \t]+limit)\b"
    r"[ \t]*(?:\#?\d{1,2})?[ \t]*:?[#*\-=_\s]*"
    r"|[#*\-=_\s]*(?:notes?|explanations?|constraints?)[ \t]*:.*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_SENTENCE = re.compile(
    r"(?i)\b(?:the|contains?|consists?|line|integers?|print|output|input|given|single|each|denot\w+|where)\b"
)
_PLACEHOLDER = re.compile(r"\.\.\.|…|[_$\\<]|\b[A-Za-z]\d?\b")
_FENCE = re.compile(r"\s*(?:```|~~~)[\w+-]*\s*")

_PAIR = re.compile(
    r"^[ \t*#>-]{0,9}(?:(?:sample|example)[ \t]+)?input[ \t*]*\d{0,2}:[ \t*]*(?P<input>\S[^\n]{0,200})\n\s{0,9}"
    r"[*#>-]{0,9}(?:(?:sample|example)[ \t]+)?output[ \t*]*\d{0,2}:[ \t*]*(?P<output>\S[^\n]{0,200})"
    r"(?=\n\s*(?:\n|[A-Z*#])|\s*\Z)",
    re.IGNORECASE | re.MULTILINE,
)

Kind = Literal["input", "output", "examples", "other"]


class Section(NamedTuple):
    """A heading with the lines below it, up to the next heading."""

    kind: Kind
    sample: bool
    """The heading itself says that it is a sample, or it stands under one that does."""
    lines: tuple[str, ...]
    start: int
    end: int


def find_samples(statement: str, _target: Target, /) -> Iterator[Found]:
    """Yield the samples: an input section directly followed by its output section."""
    yield from _on_one_line(statement)
    count = 0
    pairs = [
        (given, wanted)
        for given, wanted in itertools.pairwise(_sections(statement))
        if (given.kind, wanted.kind) == ("input", "output")
    ]
    marked = any(given.sample for given, _ in pairs)
    for given, wanted in pairs:
        if marked and not given.sample:
            continue
        stdin, stdout = _data(given), _data(wanted)
        if stdin is None or stdout is None or not stdout.strip():
            continue
        count += 1
        if count > MAX_SAMPLES:
            return
        yield Found(StdioTest(stdin=stdin, stdout=stdout), given.start, wanted.end, demanded=True)


def _on_one_line(statement: str) -> Iterator[Found]:
    """`Input: 3` with `Output: 6` on the next line; quotes are left out, as they may or may not be meant."""
    for found in itertools.islice(_PAIR.finditer(statement), MAX_SAMPLES):
        given, wanted = found["input"].strip(), found["output"].strip()
        if _is_prose(given) or _is_prose(wanted) or set("'\"`[]{}=()") & set(given + wanted):
            continue
        yield Found(StdioTest(stdin=f"{given}\n", stdout=f"{wanted}\n"), found.start(), found.end(), demanded=True)


def _sections(statement: str) -> Iterator[Section]:
    kind: Kind = "other"
    under_examples = sample = fenced = False
    lines: list[str] = []
    start = at = 0
    for line in statement.split("\n"):
        found = None if fenced and not _FENCE.fullmatch(line[:200]) else _heading(line)
        if _FENCE.fullmatch(line[:200]):
            fenced = not fenced
        if found is None:
            lines.append(line)
        else:
            yield Section(kind, sample, tuple(lines), start, at)
            kind, says_sample = found
            if kind == "examples":
                under_examples = True
            elif kind == "other":
                under_examples = False
            sample = says_sample or under_examples
            lines, start = [], at
        at += len(line) + 1
    yield Section(kind, sample, tuple(lines), start, len(statement))


def _heading(line: str) -> tuple[Kind, bool] | None:
    if len(line) > 80:
        return None
    if not line.strip() or not any(char.isalpha() for char in line):
        return None
    found = _HEADING.fullmatch(line)
    if found:
        kind: Kind = "input" if found["what"].lower() == "input" else "output"
        return kind, bool(found["sample"] or found["sample2"])
    if _EXAMPLES.fullmatch(line):
        return "examples", True
    return ("other", False) if _OTHER.fullmatch(line) else None


def _data(section: Section) -> str | None:
    """The sample's text; None when it is a description of the format, or when its end is uncertain."""
    lines = list(section.lines)
    fences = [number for number, line in enumerate(lines) if _FENCE.fullmatch(line[:200])]
    if len(fences) >= 2:
        return "\n".join(lines[fences[0] + 1 : fences[1]]) + "\n"
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return None  # no input at all or one blank line: nothing says which
    blank = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    data, rest = lines[:blank], [line for line in lines[blank:] if line.strip()]
    if section.kind == "input" and not any(map(_is_prose, rest)):
        while not lines[-1].strip():
            lines.pop()
        data, rest = lines, []
    if fences or not data or (rest and not _is_prose(rest[0])):
        return None
    if not section.sample and (_PLACEHOLDER.search("\n".join(data)) or not any(map(str.isdigit, "".join(data)))):
        return None
    prose = sum(map(_is_prose, data))
    if prose and (prose < len(data) or not section.sample or _SENTENCE.search("\n".join(data))):
        return None
    return "\n".join(line.rstrip() for line in data) + "\n"


def _is_prose(line: str) -> bool:
    return len(_WORD.findall(line[:500])) >= 4 or bool(re.search(r"[a-z]{2,}[.:]$", line.strip()[:500]))
