"""Many inputs as one case: a part of HumanEval+ has up to 1,000, and each case of its own costs the sandbox and this
process more than most programs take for it.

A few lines behind the program call it on each input, measure each call, and copy what it returned at once: a program
may fill one and the same list on every call, and single cases see it as it was then. The verdict is that of single
cases: where a call raises, or one takes more than the limit of a case, or anything else is not as it should be, such as
a result that cannot be copied, nothing is said and the inputs are run again, one case each.
"""

from collections.abc import Sequence
from dataclasses import replace

from sandbox.types import Call, CaseResult, Execution

WORTH = 32
"""Inputs from which on it saves time."""
_SOURCE = """

def {name}(*calls):
    import copy, time
    results = []
    for args in calls:
        started = time.process_time()
        value = {called}(*args)
        seconds = time.process_time() - started
        results.append([copy.deepcopy(value), seconds])
    return results
"""


def together(source: str, called: str, inputs: Sequence[tuple[object, ...]]) -> tuple[str, Call]:
    """The program to run, and the one call that makes all calls of `called`."""
    name = f"{called}_all"
    return source + _SOURCE.format(name=name, called=called), Call(name, tuple(inputs))


def apart(execution: Execution, count: int, cpu_seconds: float) -> Execution | None:
    """As if each input had been a case; None where that cannot be said."""
    if execution.status != "ok" or execution.results[0].status != "ok":
        return None
    pairs = execution.results[0].value
    if not isinstance(pairs, list) or len(pairs) != count:
        return None
    results: list[CaseResult] = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[1], float) or pair[1] > cpu_seconds:
            return None
        results.append(CaseResult("ok", pair[0], cpu_seconds=pair[1]))
    return replace(execution, results=tuple(results))
