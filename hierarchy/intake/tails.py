"""What may follow the value of an example: a full stop, a comment, a reason. Anything else makes the example unsafe.

`f(3) is 4 times…`, `f(3) returns 4 as a string`, `[1, 2] (or any order)` must not become tests.
"""

import re

_QUOTE_END = re.compile(r"""[`*_]{0,4}""")
_CLEAN = re.compile(
    r"""[ \t]*(?:
        $ | \n | [.;!](?:\s|$|["'`)]) | \# | // | --\s | —
      | \(
      | ,?[ \t]*(?:because|since|while|whereas|explanation)\b
      | ,?[ \t]*(?:and|so)[ \t]+(?![\d\[("'{-])
      | ,[ \t]*(?=[`A-Za-z_]\w*\()
      | [|\)\]][ \t]*(?:[.;,]|$|\n)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CONTRAST = re.compile(r",?[ \t]*(?:but|instead|rather|not)\b", re.IGNORECASE)
_DOUBTFUL = re.compile(
    r"\b(?:or|any|order|either|string|str|float|approx\w*|about|roughly|rounded|tuple|error|raises?|exception|wrong|incorrect|actual|currently|e\.?g)\b"
    r"|\.\.\.|…|±|≈",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]{2,}")


def clean_tail(text: str, end: int, *, demanded: bool = False) -> bool:
    """Whether the text after an example's value, which ends at `end`, leaves that value as it stands.

    `demanded`: the example said what should happen, so that `but it returns 5` may follow.
    """
    quote = _QUOTE_END.match(text, end)
    at = quote.end() if quote else end
    line_end = text.find("\n", at)
    rest = text[at : min(len(text) if line_end < 0 else line_end, at + 300)]
    if demanded and _CONTRAST.match(rest):
        return True
    if not _CLEAN.match(rest):
        return False
    note = rest.lstrip()
    return not (note[:1] in {"(", "#", "/", "-", "—"} and _DOUBTFUL.search(note.partition(")")[0]))


def strip_comment(source: str) -> str:
    """Remove a trailing `# comment` outside of strings from each line."""
    return "\n".join(_before_hash(line) for line in source.split("\n"))


def _before_hash(line: str) -> str:
    quote = ""
    skip = False
    for at, char in enumerate(line):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#":
            return line[:at].rstrip()
    return line


def is_prose_line(line: str) -> bool:
    """Whether a line reads like a sentence and not like output."""
    line = line.strip()[:300]
    return line[:1].isupper() and len(_WORD.findall(line)) >= 3
