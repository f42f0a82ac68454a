"""`Input: nums = [2, 7], target = 9` and `Output: [0, 1]`, names matched to the parameters, else by position."""

import itertools
import keyword
import re
from collections.abc import Iterator

from hierarchy.intake.assignments import bind, read_values
from hierarchy.intake.found import Found, Target, function_test
from hierarchy.intake.scanning import scan_literal
from hierarchy.intake.tails import clean_tail

MAX_PAIRS = 200
"""Input/Output pairs read from one statement."""
_MAX_INPUT = 4_000

_INPUT = re.compile(r"(?:^|(?<=[\s*`.:]))[*_`]{0,3}Input[*_`]{0,3}[ \t]*(?::|=)[*_`]{0,3}[ \t]*", re.IGNORECASE)
_OUTPUT = re.compile(
    r"[*_`]{0,3}(?:,[ \t]*)?[*_`]{0,3}(?P<actual>\b(?:actual|current|your|wrong)[ \t]+)?\b"
    r"(?:Output|Expected(?:[ \t]output)?|Returns?)[*_`]{0,3}[ \t]*(?::|=)[*_`]{0,3}\s{0,20}[`*]{0,3}",
    re.IGNORECASE,
)
_ALSO = re.compile(
    r"\balso (?:a )?(?:valid|correct|accepted|acceptable|possible)\b|\bother (?:valid|correct)\b", re.IGNORECASE
)


def implied_parameters(statement: str) -> tuple[str, ...] | None:
    """The names that every `Input: nums = …, target = …` gives, in order; None when they differ or there are none."""
    pairs = [read_values(given) for given, _, _ in _pairs(statement)]
    names = {tuple(name for name, _ in arguments.values) if arguments else () for arguments in pairs}
    if len(names) != 1:
        return None
    (only,) = names
    parameters = tuple(name for name in only if name is not None and not keyword.iskeyword(name))
    return parameters if parameters and len(set(parameters)) == len(only) else None


def find_input_output(statement: str, target: Target) -> Iterator[Found]:
    """Yield the examples written as an `Input:` line and an `Output:` line."""
    if target.name is None:
        return
    for given, output, following in _pairs(statement):
        arguments = read_values(given)
        args = bind(arguments, target.parameters) if arguments else None
        scanned = scan_literal(statement, output.end())
        if args is None or scanned is None or not clean_tail(statement, scanned[1]):
            continue
        if _ALSO.search(statement, scanned[1], min(following, scanned[1] + 500)):
            continue
        test = function_test(target, target.name, args, {}, scanned[0])
        yield Found(test, output.start(), scanned[1], demanded=True)


def _pairs(statement: str) -> Iterator[tuple[str, re.Match[str], int]]:
    """Yield the text of each input, the heading of its output, and where the next input begins."""
    inputs = list(itertools.islice(_INPUT.finditer(statement), MAX_PAIRS))
    for number, opening in enumerate(inputs):
        following = inputs[number + 1].start() if number + 1 < len(inputs) else len(statement)
        limit = min(following, opening.end() + _MAX_INPUT)
        outputs = list(itertools.islice(_OUTPUT.finditer(statement, opening.end(), limit), 8))
        wanted = [item for item in outputs if not item["actual"]]
        if wanted:
            output = next((item for item in wanted if "expected" in item[0].lower()), wanted[0])
            yield statement[opening.end() : outputs[0].start()].strip(" \t\n`*→➞=>-|;"), output, following
