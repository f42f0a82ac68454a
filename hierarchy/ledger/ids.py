"""Run ids: short, safe in URLs and file names, and sorted by the time they were made."""

import secrets
import time

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no i, l, o, u to misread; sorts like the numbers it spells."""

EPOCH_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z in Unix milliseconds."""

_TIME_DIGITS = 8  # 40 bits of milliseconds: sorted until the year 2060
_RANDOM_DIGITS = 5  # 25 bits: two runs begun in the same millisecond collide once in 33 million


def new_run_id() -> str:
    """A new id of 13 characters: 8 of milliseconds since 2026, then 5 of randomness."""
    elapsed = time.time_ns() // 1_000_000 - EPOCH_MS
    return _spell(elapsed, _TIME_DIGITS) + _spell(secrets.randbits(5 * _RANDOM_DIGITS), _RANDOM_DIGITS)


def _spell(number: int, digits: int) -> str:
    return "".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(digits)))
