"""Examples of what must not be: a common mistake, a trap, a "Bad:" column, an assert that is said to fail."""

import re

from hierarchy.intake.found import Found

_LABEL = re.compile(
    r"\b(?:bad|wrong|incorrect|invalid|mistakes?|mistaken(?:ly)?|broken|anti-?patterns?|not ok|buggy|forbidden"
    r"|counter-?examples?|legacy|old)"
    r"\b[^:\n.]{0,60}:[\s*`\"'(>\-]{0,20}$",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    r"\b(?:mistakes?|mistakenly|traps?|pitfalls?|avoid(?:s|ing)?|beware|gotchas?|misconceptions?|wrongly|falsely"
    r"|erroneously|"
    r"incorrectly|naive(?:ly)?|tempting|never|python[ \t]?2|don['\u2019]t|do not|must not|should not|shouldn['\u2019]t|"
    r"mustn['\u2019]t|cannot|can['\u2019]t|it is (?:false|wrong|not true)|contrary|not the case"
    r"|(?:may|might|could|would)[ \t]+(?:\w+[ \t]+)?(?:think|expect|assume|believe|guess))\b",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:#|//|--|<-|<=|\u2190)[^\n]*\b(?:fail\w*|wrong|bad|incorrect|invalid|false positive|mistake|bug|buggy|not)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;](?=\s)|\)[,.]")


def is_negative(statement: str, item: Found) -> bool:
    """Whether the words beside an example say that it must not hold."""
    line_start = statement.rfind("\n", 0, item.start) + 1
    before = statement[max(line_start, item.start - 300) : item.start]
    sentence = _SENTENCE_END.split(before)[-1]
    line_end = statement.find("\n", item.start)
    line = statement[item.start : min(len(statement) if line_end < 0 else line_end, item.start + 2_000)]
    return bool(_PHRASE.search(sentence) or _LABEL.search(_label(statement, line_start, before)) or _NOTE.search(line))


def _label(statement: str, line_start: int, before: str) -> str:
    """The words before the example on its line; where there are none, the line above it."""
    if any(map(str.isalpha, before)):
        return before
    above = statement[max(0, line_start - 300) : line_start].rstrip()
    return above.rpartition("\n")[2]
