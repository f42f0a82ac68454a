"""Functions that the judge provides, such as `isBadVersion(version)`: nobody writes them, nothing here runs them."""

import re

_NAME = (
    r"[`'\"*]{0,3}(?:(?:int|bool|long|void|str|float|def|boolean)[ \t]+)?"
    r"(?P<name>[A-Za-z_]\w{0,99})(?=[`'\"*]{0,3}[ \t]?\()"
)
_PROVIDED = (
    r"(?:pre-?defined|provided|existing|available|built-?in|hidden|internal|given"
    r"|already[ \t]+(?:defined|implemented|given))"
)
_FORMS = (
    re.compile(rf"\b(?:API|APIs|interface)\b[ \t]*:?[ \t]*(?:function|method|call)?[ \t,:]*{_NAME}", re.IGNORECASE),
    re.compile(
        rf"\b(?:{_PROVIDED}|(?:you|we)[ \t]+(?:are[ \t]+given|have|can[ \t]+(?:use|call)|may[ \t]+(?:use|call))"
        rf"|given)[ \t]+"
        rf"(?:access[ \t]+to[ \t]+)?(?:an?[ \t]+|the[ \t]+)?(?:\w+[ \t]+)?(?:function|method|helper"
        rf"|API)[ \t]*(?:called|named)?[ \t,:]*{_NAME}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:function|method|helper|API)[ \t]+{_NAME}[`'\"*]{{0,3}}\([^()\n]{{0,200}}\)[`'\"*]{{0,3}}[ \t]+"
        rf"(?:API[ \t]+)?(?:is|has[ \t]+been|was)[ \t]+{_PROVIDED}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?P<name>[A-Za-z_]\w{0,99})`?[ \t]+API[ \t]+(?:is|has[ \t]+been)[ \t]+(?:already[ \t]+)?(?:pre-?defined"
        r"|defined|provided|given)",
        re.IGNORECASE,
    ),
)
_VERB = (
    r"\b(?:write|implement|create|define|complete|code|build|design|develop|fix|debug|refactor|repair|make|correct)\b"
)
_ASKED = _VERB + r"(?:(?!\b(?:APIs?|given|provided|calls?|calling|use|uses|using|with)\b)[^.\n]){0,80}?(?<![\w.])"
_TO_REPAIR = re.compile(
    rf"\b(?:fix|bugs?|buggy|broken|repair|debug|refactor|complete)\b|{_VERB}\s+(?:the|this)\s+(?:given|provided)\b",
    re.IGNORECASE,
)


def given_names(statement: str) -> frozenset[str]:
    """Return the functions that the statement describes as provided, without those that it also asks for."""
    forms = _FORMS[:1] + _FORMS[2:] if _TO_REPAIR.search(statement) else _FORMS
    names = {found["name"] for form in forms for found in form.finditer(statement)}
    return frozenset(
        name for name in names if not re.search(_ASKED + re.escape(name) + r"\b", statement, re.IGNORECASE)
    )
