"""Numbers and foreign texts as a reader sees them: rounded, bounded, with nothing in them that acts."""

import re

LONGEST = 12_000
"""Characters of a statement or program that a report shows."""
LONGEST_VALUE = 2_000
"""Characters of a test's input, expected value or output that it shows."""

LEFT_OUT = "(left out with the statements)"
"""In place of a line that may quote a problem, in a report without them."""

_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls but for tab and newline, marks that turn the direction of writing (they can make code read as other code),
and halves of surrogate pairs, which no file can hold."""


def shown(text: str, limit: int = LONGEST) -> str:
    r"""`text` with what acts written out, e.g. `\x1b`, and cut at `limit` characters with a note of how many went."""
    text = text.replace("\r\n", "\n")
    cut = len(text) - limit
    return _ACTS.sub(_named, text[:limit]) + (f"\n… {cut:,} more characters are not shown" if cut > 0 else "")


def one_line(text: str, limit: int = 80) -> str:
    """The text on one line of at most `limit` characters."""
    line = " ".join(shown(text[: 4 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def percent(part: float | None, digits: int = 1) -> str:
    """`66.5 %`; a dash for None."""
    return "-" if part is None else f"{100 * part:.{digits}f} %"


def points(difference: float) -> str:
    """A difference of two rates in points: `+3.1`, `-0.4`."""
    return f"{100 * difference:+.1f}"


def count(number: float | None) -> str:
    """`1,204`; a dash for None."""
    return "-" if number is None else f"{number:,.0f}"


def seconds(number: float | None) -> str:
    """`0.35 s`, `12.8 s`, `41 min`, `3.2 h`; a dash for None."""
    if number is None:
        return "-"
    if number < 10:
        return f"{number:.2f} s"
    if number < 600:
        return f"{number:.1f} s"
    return f"{number / 60:.0f} min" if number < 7200 else f"{number / 3600:.1f} h"


def _named(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
