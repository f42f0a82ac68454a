"""Reports of a bug: present behaviour is no example, its correction is one."""

import pytest

from hierarchy.intake import read_statement
from hierarchy.problem import FunctionTest


def read(statement: str) -> list[object]:
    return [
        (test.args, test.expected) if isinstance(test, FunctionTest) else getattr(test, "code", test)
        for test in read_statement(statement).public_tests
    ]


CLAMP = "\ndef clamp(x, lo, hi):\n    return max(lo, min(hi, lo))\n"


@pytest.mark.parametrize(
    ("statement", "tests"),
    [
        (
            "My function has a bug. median([1,2,3,4]) returns 2 and should return 2.5. "
            "Please write median(nums) correctly.",
            [(([1, 2, 3, 4],), 2.5)],
        ),
        ("clamp(5, 0, 10) gives 0. Expected: 5. Fix it." + CLAMP, [((5, 0, 10), 5)]),
        ("clamp(5, 0, 10) gives 0 but should give 5." + CLAMP, [((5, 0, 10), 5)]),
        ("clamp(5, 0, 10) is 0, expected 5." + CLAMP, [((5, 0, 10), 5)]),
        ("clamp(5, 0, 10) gives 0 where the expected result is 5." + CLAMP, [((5, 0, 10), 5)]),
        ("clamp(5, 0, 10) gives 0 where the expected result is unclear." + CLAMP, []),
        ("Fix it:\n>>> clamp(5, 0, 10)\n0\nExpected: 5\n" + CLAMP, [((5, 0, 10), 5)]),
        ('My function count(s) is broken.\ncount("aab") -> 2\nExpected: 3', [(("aab",), 3)]),
        ("Fix my function area(r). area(2) returns 4. It must return 8.", [((2,), 8)]),
        ("Users complain that total([1,2,3]) returns 3. Fix total(xs) so that it returns the sum.", []),
        ("The function area(r) does not work: area(2) returns 4.", []),
        ("Fix area(r). Wrong results:\narea(2) -> 4\narea(3) -> 6\nCorrect results:\narea(2) -> 16\narea(3) -> 36", [
            ((2,), 16), ((3,), 36)
        ]),
        ('Fix this.\ndef area(r):\n    """Square.\n\n    >>> area(2)\n    4\n    """\n    return r', [((2,), 4)]),
        ("Write area(r). area(2) should return 4 and area(3) returns 9.", [((2,), 4), ((3,), 9)]),
    ],
)  # fmt: skip
def test_present_behaviour_is_dropped_and_what_should_be_is_kept(statement: str, tests: list[object]) -> None:
    assert read(statement) == tests
