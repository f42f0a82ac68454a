"""Examples in words: `f(3)` returns 4; for lst = [1] the output should be 2; Example: n = 15, output: 'Yes'."""

import re
from collections.abc import Iterator

from hierarchy.intake.arrows import read_value
from hierarchy.intake.assignments import bind, read_named
from hierarchy.intake.calls import find_calls
from hierarchy.intake.context import stands_alone
from hierarchy.intake.found import Found, Target, function_test

MAX_PHRASES = 400
"""Phrases such as "For x = 1" examined in one statement."""

AFTER_CALL = re.compile(
    r"[`*\"']{0,3},?\s{0,20}(?:(?P<demanded>(?:should|must|shall|needs\ to|has\ to|ought\ to)\s{1,20}"
    r"(?:be|return|give|produce|yield|output|equal|evaluate\ to))"
    r"|(?:will|would)\s{1,20}(?:be|return|give|produce|yield|output|equal|evaluate\ to)"
    r"|returns?|gives?|yields?|produces?|outputs?|equals?|evaluates\ to|is\ equal\ to|is\ expected\ to\ return"
    r"|results?\ in|is):?\s{1,20}(?:the\ (?:value|list|string|tuple|number)\ )?[`*]{0,3}",
    re.IGNORECASE,
)
"""The words between a call and its value; `demanded` holds a "should return"."""
_BEFORE_NAMES = re.compile(
    r"\b(?:for|if|when|given|with|e\.g\.|example[ \t]?\d{0,2}|input)[ \t]*:?[ \t]*"
    r"(?=[`*]{0,2}[A-Za-z_]\w{0,99}[`*]{0,2}[ \t]*=)",
    re.IGNORECASE,
)
_AFTER_NAMES = re.compile(
    r"\b(?:output|result|answer|return(?:ed)?[ \t]value|function|it|returns?)\b[ \t]*"
    r"(?:(?P<demanded>should[ \t]+(?:be|return|give|output)|must[ \t]+(?:be|return))"
    r"|(?:is|will[ \t]+(?:be|return)|would[ \t]+be|returns?|=|:|->|=>)|(?<=return)|(?<=returns))"
    r"[ \t]*:?[ \t]*[`*]{0,3}",
    re.IGNORECASE,
)


def find_prose(statement: str, target: Target) -> Iterator[Found]:
    """Yield the examples written in words."""
    for call in find_calls(statement, target.name) if target.name else ():
        verb = AFTER_CALL.match(statement, call.end)
        if verb is None or not stands_alone(statement, call.start):
            continue
        value = read_value(statement, verb.end(), demanded=bool(verb["demanded"]))
        if value is not None:
            test = function_test(target, call.name, call.args, call.kwargs, value[0])
            yield Found(test, call.start, value[1], bool(verb["demanded"]))
    yield from _named(statement, target)


def _named(statement: str, target: Target) -> Iterator[Found]:
    if target.name is None or not target.parameters:
        return
    for number, opening in enumerate(_BEFORE_NAMES.finditer(statement)):
        if number >= MAX_PHRASES:
            return
        arguments = read_named(statement, opening.end())
        args = bind(arguments, target.parameters) if arguments else None
        if arguments is None or args is None:
            continue
        newline = statement.find("\n", arguments.end)
        end = min(len(statement) if newline < 0 else newline, arguments.end + 200)
        again = _BEFORE_NAMES.search(statement, arguments.end, end)
        closing = list(_AFTER_NAMES.finditer(statement, arguments.end, again.start() if again else end))
        if len(closing) != 1:
            continue
        demanded = bool(closing[0]["demanded"])
        value = read_value(statement, closing[0].end(), demanded=demanded)
        if value is not None:
            yield Found(function_test(target, target.name, args, {}, value[0]), opening.start(), value[1], demanded)
