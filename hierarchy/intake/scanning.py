"""Where a value that begins at a given place of a statement ends, by its brackets, quotes or digits."""

import re

from hierarchy.intake.literals import BUILDERS, MAX_CHARS, MAX_NESTING, NAMED, STRING, NotALiteral, parse_prose_literal

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_PLAIN = re.compile(r"""[^()\[\]{}'"\n\\]+""")
_NUMBER = re.compile(r"[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|(?:\d[\d_]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)")
_NAME = re.compile(r"[A-Za-z_]\w*")


def end_of_brackets(text: str, start: int) -> int | None:
    """Return the position after the bracket that closes the one at `start`, strings respected; None without one."""
    stack: list[str] = []
    at, limit = start, min(len(text), start + MAX_CHARS)
    while at < limit:
        char = text[at]
        if char in _CLOSING:
            stack.append(_CLOSING[char])
            if len(stack) > MAX_NESTING:
                return None
            at += 1
        elif char in ")]}":
            if stack.pop() != char:
                return None
            at += 1
            if not stack:
                return at
        elif char in "'\"":
            string = STRING.match(text, at, limit)
            if string is None:
                return None
            at = string.end()
        else:
            plain = _PLAIN.match(text, at, limit)
            at = plain.end() if plain else at + 1
    return None


def end_of_literal(text: str, start: int) -> int | None:
    """Return where the value that begins at `start` ends, by its brackets, quotes or digits; None if none begins."""
    if start >= len(text):
        return None
    if text[start] in _CLOSING:
        return end_of_brackets(text, start)
    found = STRING.match(text, start, start + MAX_CHARS) or _NUMBER.match(text, start, start + MAX_CHARS)
    if found:
        return found.end()
    name = _NAME.match(text, start, start + 64)
    if name is None:
        return None
    if name[0] in NAMED:
        return name.end()
    if (name[0] in BUILDERS or name[0] == "float") and text[name.end() : name.end() + 1] == "(":
        return end_of_brackets(text, name.end())
    return None


def scan_literal(text: str, start: int) -> tuple[object, int] | None:
    """Read the literal that begins at `start`; return it with the position after it, or None."""
    end = end_of_literal(text, start)
    if end is None:
        return None
    try:
        return parse_prose_literal(text[start:end]), end
    except NotALiteral:
        return None
