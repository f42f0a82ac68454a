"""The final answers in a text: all the boxes of its last sentence that has any."""

import re

from evals.grading.answers_latex import LONGEST, closing_brackets, too_much
from evals.grading.answers_shape import Group, read

_BOX = re.compile(r"\\f?boxed?\s*(?=\{)|\\fbox\s*(?=\{)")
_SENTENCE_END = re.compile(r"[.!?](?:\s|\$|\\[\])])|\n\s*\n")
_LONGEST_TEXT = 200_000
"""Characters of a text's end that are looked at."""


def final_answers(text: str) -> tuple[str, ...]:
    """What stands in the boxes of the last sentence that has a box, in order and without repetitions.

    `x = \\boxed{1} or x = \\boxed{2}.` has two; a box of an earlier sentence is an intermediate result.
    """
    text = text[-_LONGEST_TEXT:]
    found: dict[str, None] = {}
    begin_of_next = 0
    for start, end, content in reversed(_boxes(text)):
        if found and _SENTENCE_END.search(text, end, begin_of_next):
            break
        found[content] = None
        begin_of_next = start
    return tuple(reversed(found))


def given_answer(expected: str, answer: str | None, text: str) -> str | None:
    """The answer to grade: `answer`, as it was extracted, or all boxes of the text when several values are expected."""
    boxed = final_answers(text)
    if len(boxed) > 1 and too_much(expected) is None and _has_several(expected):
        return ", ".join(boxed)
    return answer


def _has_several(expected: str) -> bool:
    shape = read(expected)
    return isinstance(shape, Group) and shape.kind in ("set", "named")


def _boxes(text: str) -> list[tuple[int, int, str]]:
    closing = closing_brackets(text)
    boxes = []
    for match in _BOX.finditer(text):
        end = closing.get(match.end())
        if end is not None and end - match.end() <= LONGEST and (content := text[match.end() + 1 : end].strip()):
            boxes.append((match.start(), end + 1, content))
    return boxes
