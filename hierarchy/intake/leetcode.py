"""`Input: nums = [2, 7], target = 9` and `Output: [0, 1]`, names matched to the parameters, else by position."""

import itertools
import re
from collections.abc import Iterator

from hierarchy.intake.assignments import bind, read_values
from hierarchy.intake.found import Found, Target, function_test
from hierarchy.intake.literals import scan_literal
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


def find_input_output(statement: str, target: Target) -> Iterator[Found]:
    """Yield the examples written as an `Input:` line and an `Output:` line."""
    if target.name is None:
        return
    inputs = list(_INPUT.finditer(statement))[:MAX_PAIRS]
    for number, opening in enumerate(inputs):
        following = inputs[number + 1].start() if number + 1 < len(inputs) else len(statement)
        limit = min(following, opening.end() + _MAX_INPUT)
        outputs = [*itertools.islice(_OUTPUT.finditer(statement, opening.end(), limit), 8)]
        wanted = [item for item in outputs if not item["actual"]]
        if not wanted:
            continue
        output = next((item for item in wanted if "expected" in item[0].lower()), wanted[0])
        arguments = read_values(statement[opening.end() : outputs[0].start()].strip(" \t\n`*"))
        args = bind(arguments, target.parameters) if arguments else None
        scanned = scan_literal(statement, output.end())
        if args is None or scanned is None or not clean_tail(statement, scanned[1]):
            continue
        if _ALSO.search(statement, scanned[1], min(following, scanned[1] + 500)):
            continue
        yield Found(
            function_test(target, target.name, args, {}, scanned[0]), opening.start(), scanned[1], demanded=True
        )
