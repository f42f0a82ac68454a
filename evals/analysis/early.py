"""Whether two runs are the sides of an A/B, which stops as soon as it can be told: a fixed test's p-value means nothing
then (`evals.stats.sequential`)."""

import json
from pathlib import Path

from evals.stats.sequential import p_value
from hierarchy.errors import UsageError

RESULT = "ab.json"
"""What an A/B writes beside the folders of its sides, `a` and `b`."""


def p_at_any_time(a: Path, b: Path, only_a: int, only_b: int) -> float | None:
    """The p-value of the A/B whose sides are in these folders, whichever is named first; None for other folders.

    It is the A/B's own where that has ended. While it goes on, and after it was killed, it is that of the items that
    only A and only B have solved by now. Raises `UsageError` where `ab.json` cannot be understood.
    """
    one, other = a.resolve(), b.resolve()
    path = one.parent / RESULT
    if one.parent != other.parent or {one.name, other.name} != {"a", "b"} or not path.is_file():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        decision, p = str(told["decision"]), float(told["p"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error!r}; make the A/B again: hi-moe eval ab") from error
    if decision == "go_on":
        return p_value(only_a, only_b)
    if not 0 <= p <= 1:
        raise UsageError(f"{str(path)!r} says p={p!r}, which cannot be; make the A/B again: hi-moe eval ab")
    return p
