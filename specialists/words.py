"""How statements and keywords are cut into words, the same way on both sides."""

import re

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


def words(text: str) -> tuple[str, ...]:
    """Lower-case words without the plural's s; identifiers fall into their parts at underscores."""
    return tuple(
        word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word
        for word in _WORD.findall(text.lower().replace("\u2019", "'"))
    )
