"""Which kind of answer a statement asks for, and so how it can be checked."""

import re

from hierarchy.problem import Task

_PROGRAM = re.compile(
    r"\b(?:standard (?:input|output)|stdin|stdout|read(?:s|ing)? (?:\w+ ){0,3}from (?:the )?input|"
    r"(?:first|second|next|each|only|single) line (?:of (?:the )?(?:input|each test case) )?"
    r"(?:contains?|consists?|has|will contain)|"
    r"input consists of)\b",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?:python|javascript|algorithms? (?:that|to)|(?:write|implement|create|complete|define|fix|debug|refactor) "
    r"(?:a|an|the|this|my|your|following|some)\b[^.\n]{0,60}\b(?:program|script|code)|"
    r"source code|code snippet|unit tests?|doctest|traceback|time complexity)\b|```|^[ \t>]*(?:class|import) \w+|>>>",
    re.IGNORECASE | re.MULTILINE,
)
_WRITE_FUNCTION = re.compile(
    r"\b(?:write|implement|create|complete|define|fix|debug|refactor|repair)\b[^.\n]{0,60}\b(?:function|method|class)\b"
    r"(?!\s*\$|\s+[A-Za-z]\([a-z]\)\s*=)",
    re.IGNORECASE,
)
_WRITE_PROGRAM = re.compile(
    r"\b(?:write|implement|create|fix|debug)\b[^.\n]{0,40}\b(?:program|script)\b", re.IGNORECASE
)
_LATEX = re.compile(
    r"\\(?:boxed|frac|sqrt|cdot|times|pi|sum|int|le|ge|angle|triangle|text|begin|left|ldots|overline)\b|\$[^$\n]+\$"
)
_QUANTITY = re.compile(
    r"\b(?:how (?:many|much|far|old|tall|fast|likely)|what is the (?:probability|value|total))\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|half|twice|double|third|numerically|consecutive)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:how (?:long|big|large|often|high|deep|heavy|wide)|"
    r"(?:what|which|find|calculate|compute|evaluate|determine|simplify|express|solve|convert|factor|expand)\b"
    r"(?=[^.?\n]{0,200}(?:\d|\b(?:value|number|sum|product|area|volume|length|probability|percent\w*|average|mean|median|"
    r"ratio|total|cost|price|profit|age|distance|speed|time|degrees?|remainder|digit|integer|equation|fraction|root|angle|"
    r"difference|amount|polynomial|perimeter|radius|salary|weight)\b))|"
    r"(?:at what|what (?:percent\w*|fraction|time|year|day)))\b",
    re.IGNORECASE,
)


def asks_for_function(statement: str) -> bool:
    """Whether the wording asks for a function, named or not."""
    return bool(_WRITE_FUNCTION.search(statement))


def infer_task(statement: str, *, has_function: bool, has_samples: bool) -> Task:
    """Infer the task from the wording, and from whether a function or sample input was found in the statement.

    A function that is asked for wins over everything but a statement that shows sample inputs and speaks of reading
    them. Nothing of the kind, and a question about numbers: `math`. Anything else is open `text`.
    """
    reads_input = bool(_PROGRAM.search(statement))
    if has_samples and (reads_input or not has_function):
        return "program"
    if has_function:
        return "function"
    if _LATEX.search(statement) and not asks_for_function(statement):
        return "program" if reads_input else "math"
    if asks_for_function(statement):
        return "function"
    if reads_input or _WRITE_PROGRAM.search(statement):
        return "program"
    if _CODE.search(statement):
        return "text"
    asked = _QUANTITY.search(statement) or _ASKED.search(statement)
    return "math" if asked and _NUMBER.search(statement) else "text"
