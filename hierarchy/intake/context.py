"""What stands before a call: in `2 * f(3) = 8`, `not f(3) == 4` or `the length of f(3) is 2` it is no example of f."""

import re

_BULLET = re.compile(r"[\s>|]*(?:[-*•+]|\d{1,3}[.)]|\(?[a-z]\))\s+[`*_]{0,3}|[\s>|]*[`*_]{0,3}")
_QUOTED = re.compile(r"(?:^|(?<=[\s(]))[`\"'*_]{1,3}$")
_OPERATORS = frozenset("+-*/%^=<>!&|~[{@$\\")
_ASSIGNED = re.compile(r"[\s>|\-*]*[A-Za-z_]\w*[ \t]*=[ \t]*")
_LAST_WORDS = re.compile(r"(?:([A-Za-z]{1,30})[ \t:`'\"*]{1,4})?([A-Za-z]{1,30})$")
_PART = re.compile(
    r"in|from|than|by|with|without|not|minus|plus|times|unlike|per|element|between|length|sum|len|max|min|return|size|"
    r"first|last|half|twice|double|negative|assume|suppose"
)
_WHOLE = re.compile(r"result|output|value|call|example|case|evaluation")


def stands_alone(statement: str, start: int) -> bool:
    """Whether the call that begins at `start` is an example of its own and not a part of something larger."""
    line_start = max(statement.rfind("\n", 0, start) + 1, start - 500)
    before = statement[line_start:start]
    if ">>>" in before or before.lstrip().startswith("..."):
        return False
    if _BULLET.fullmatch(before) or _ASSIGNED.fullmatch(before):
        return True
    before = _QUOTED.sub("", before).rstrip()
    if before[-1:] in _OPERATORS or before[-1:].isdigit():
        return False
    if before.endswith("("):
        return not before[-2:-1].isalnum() and before[-2:-1] not in set("_)]+-*/=")
    words = _LAST_WORDS.search(before)
    if words is None:
        return True
    last = words[2].lower()
    if last == "of":
        return _WHOLE.fullmatch((words[1] or "").lower()) is not None
    return _PART.fullmatch(last) is None
