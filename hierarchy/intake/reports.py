"""Reports of a bug: what the code does at present is no example, what it should do instead is one."""

import re
from collections.abc import Iterator

from hierarchy.intake.arrows import CONNECTOR, read_value
from hierarchy.intake.calls import find_calls
from hierarchy.intake.context import stands_alone
from hierarchy.intake.found import Found, Target, function_test
from hierarchy.intake.prose import AFTER_CALL
from hierarchy.intake.scanning import scan_literal

_BUG = re.compile(
    r"\b(?:bugs?|buggy|fix|fixed|broken|incorrect(?:ly)?|wrong|fails|debug|repair|currently)\b", re.IGNORECASE
)
_REPORT = re.compile(
    r"\b(?:bugs?|buggy|broken|debug|repair|complain\w*|misbehav\w+|(?:does\s+not|doesn['\u2019]t|not)\s+work\w*)\b"
    r"|\bfix\s+(?:it|its|this|that|the|my|our|your|his|her|their|\w{1,100}\()"
    r"|\bfix\s*[.!:]|\b(?:wrong|incorrect)\s+(?:results?|answers?|outputs?|values?)\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:currently|actual(?:ly)?|wrong(?:ly)?|incorrect(?:ly)?|instead|but|buggy|got|now|moment|fails?|unexpected|observed)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:examples?|expected|correct|desired|right|should|must|want\w*|specification)\b", re.IGNORECASE
)
_HEADING = re.compile(r"^[^\n]{0,200}:[ \t*`]*$", re.MULTILINE)
_QUOTED_TEXT = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"""' + r"|'''(?:[^'\\]|\\.|'(?!''))*+'''", re.DOTALL)
_VERB = r"(?:be|return|give|produce|yield|output|equal|print|have\s(?:been|returned|given))"
_CORRECTION = re.compile(
    r"[`*\"']{0,3}\s{0,10}[.,;:]?\s{0,20}[`*(]{0,3}(?:(?:and|but|while|whereas|though|although|when|where|which|it|they|"
    r"this|that|I|we|the|correct|expected|right|proper|result|output|answer|value)\s{1,20}){0,5}"
    rf"(?:(?:should|must|shall|ought\ to|has\ to|needs\ to)\s{{1,20}}{_VERB}"
    r"|expect(?:ed)?(?:\s{1,9}(?:result|output|answer|value|return\ value))?(?:\s{1,9}(?:is|was|to\ get|it\ to\ be))?)"
    r"[ \t]*(?::|=|->)?\s{0,20}[`*]{0,3}",
    re.IGNORECASE,
)
_DOCTEST = re.compile(r">>>[ \t]*$")


def find_corrections(statement: str, target: Target) -> Iterator[Found]:
    """Yield `f(1)` with 3 from `f(1) returns 2. Expected: 3`; where the right value cannot be read, nothing."""
    for call in find_calls(statement, target.name) if target.name else ():
        corrected = _present_value_end(statement, call.start, call.end)
        if corrected is None:
            continue
        wanted = _CORRECTION.match(statement, corrected)
        value = read_value(statement, wanted.end(), demanded=True) if wanted else None
        if value is not None:
            test = function_test(target, call.name, call.args, call.kwargs, value[0])
            yield Found(test, call.start, value[1], demanded=True, corrects=True)


def _present_value_end(statement: str, start: int, end: int) -> int | None:
    """Where the value ends that the call at `start` is said to give."""
    if _DOCTEST.search(statement, max(0, start - 8), start):
        at = end + 1 + len(statement[end + 1 : end + 80]) - len(statement[end + 1 : end + 80].lstrip())
    else:
        verb = AFTER_CALL.match(statement, end)
        connector = (verb if verb and not verb["demanded"] else None) or CONNECTOR.match(statement, end)
        if connector is None or not stands_alone(statement, start):
            return None
        at = connector.end()
    scanned = scan_literal(statement, at)
    return scanned[1] if scanned else None


def without_present_behaviour(statement: str, found: list[Found]) -> Iterator[Found]:
    """Leave out what a statement about a bug shows as the present, wrong behaviour.

    In a report, an example outside of a docstring counts when it says what should happen, or stands under a heading
    that does.
    """
    corrections = [item for item in found if item.corrects]
    report = bool(corrections) or _REPORT.search(statement) is not None
    if not report and not _BUG.search(statement):
        yield from found
        return
    quoted = [text.span() for text in _QUOTED_TEXT.finditer(statement)]
    previous_end = 0
    for item in found:
        now = _NOW.search(_surroundings(statement, item, previous_end))
        in_docstring = any(start < item.start < end for start, end in quoted)
        if item.demanded or (not now and (not report or in_docstring or _under_wanted_heading(statement, item.start))):
            yield item
        previous_end = item.end


def _surroundings(statement: str, item: Found, previous_end: int) -> str:
    """The two lines before an example, as far as they belong to no other, and the rest of its line."""
    line_start = statement.rfind("\n", 0, item.start) + 1
    before = statement.rfind("\n", 0, max(0, statement.rfind("\n", 0, max(0, line_start - 1)))) + 1
    line_end = statement.find("\n", item.end)
    context = statement[max(before, previous_end, item.start - 400) : item.start]
    return context + statement[item.end : min(len(statement) if line_end < 0 else line_end, item.end + 400)]


def _under_wanted_heading(statement: str, start: int) -> bool:
    headings = _HEADING.findall(statement, max(0, start - 1_000), start)
    return bool(headings and _WANTED.search(headings[-1]) and not _NOW.search(headings[-1]))
