import re

import pytest

from hierarchy.judging.dissect import AssertionRefused, dissect


@pytest.mark.parametrize(
    ("code", "parts", "check"),
    [
        ("assert f(1) == 2", ["f(1)"], "_v0 == 2"),
        ("assert f(1) == g(2), 'why'", ["f(1)", "g(2)"], "_v0 == _v1"),
        ("assert f(g(1)) == 2", ["f(g(1))"], "_v0 == 2"),
        ("assert f(f) is f", ["f(f)", "f"], "_v0 is _v1"),
        ("assert abs(f(2) - 1.41) < 0.01", ["f(2)"], "abs(_v0 - 1.41) < 0.01"),
        ("assert sorted(f(1), key=len) == ['a']", ["sorted(f(1), key=len)"], "_v0 == ['a']"),
        ("assert list(set(f(1))) == [2]", ["list(set(f(1)))"], "_v0 == [2]"),
        ("assert len(f(1)) == 2", ["f(1)"], "len(_v0) == 2"),
        ("assert isinstance(f(1), list)", ["f(1)"], "isinstance(_v0, list)"),
        ("assert f(1).startswith('a')", ["f(1)"], "_v0.startswith('a')"),
        ("assert f(1)[0] == 2", ["f(1)"], "_v0[0] == 2"),
        ("assert Stack().size() == 0", ["Stack().size()"], "_v0 == 0"),
        ("assert Stack.limit == 0 or f(1)", ["Stack.limit", "f(1)"], "_v0 == 0 or _v1"),
        ("assert stack.size() == 0", ["stack.size()"], "_v0 == 0"),
        ("assert all(x > 0 for x in f(3))", ["f(3)"], "all((x > 0 for x in _v0))"),
        ("assert all(f(x) == y for x, y in [(1, 2), (3, 4)])", ["f(1)", "f(3)"], "all([_v0 == 2, _v1 == 4])"),
        ("assert [f(i) for i in range(2)] == [0, 1]", ["f(0)", "f(1)"], "[_v0, _v1] == [0, 1]"),
        ("assert {f(c) for c in 'ab'} == {1}", ["f('a')", "f('b')"], "set([_v0, _v1]) == {1}"),
        ("assert {k: f(k) for k in {1}} == {1: 1}", ["f(1)"], "{1: _v0} == {1: 1}"),
        (
            "assert all(f(a) == b for a, b in zip([1, 2], (3, 4)))",
            ["f(1)", "f(2)"],
            "all([_v0 == 3, _v1 == 4])",
        ),
        ("assert all(f(a) == i for i, a in enumerate([7]))", ["f(7)"], "all([_v0 == 0])"),
        ("assert all(f(a, b) for a in (1,) for b in [a])", ["f(1, 1)"], "all([_v0])"),
        ("assert (lambda x: x + 1)(f(1)) == 2", ["f(1)"], "(lambda x: x + 1)(_v0) == 2"),
        ("assert f(lambda x: x) == 2", ["f(lambda x: x)"], "_v0 == 2"),
        ("assert f(math.pi) == math.pi", ["f(__import__('math').pi)"], "_v0 == math.pi"),
        ("assert f(deque()) == 1", ["f(__import__('collections').deque())"], "_v0 == 1"),
        ("assert f(1) if True else f(2)", ["f(1)", "f(2)"], "_v0 if True else _v1"),
    ],
)
def test_values_are_cut_out_and_the_rest_is_closed(code: str, parts: list[str], check: str) -> None:
    dissected = dissect(code, "f")
    assert list(dissected.parts) == parts
    assert dissected.check == check
    assert dissected.parameters == tuple(f"_v{index}" for index in range(len(parts)))


@pytest.mark.parametrize(
    ("code", "entry_point", "calls"),
    [
        ("assert f(g(1)) == 2", "f", {"f", "g"}),
        ("assert Solution().f(1) == 2", "Solution.f", {"Solution", "Solution.f"}),
        ("assert solution().f(1) == 2", "solution.f", {"solution", "solution.f"}),
        ("assert Solution.f(1) == 2", "Solution.f", {"Solution.f"}),
        ("assert sum([1]) == 1", "sum", {"sum"}),
        ("assert math(1) == 1", "math", {"math"}),
        ("assert f(math.floor(1.5)) == 1", "f", {"f"}),
    ],
)
def test_what_the_program_has_to_define(code: str, entry_point: str, calls: set[str]) -> None:
    assert dissect(code, entry_point).calls == calls


def test_imports_of_the_check() -> None:
    dissected = dissect("assert math.isclose(f(1), inf) or f(2) == Counter('a')", "f")
    assert dissected.imports.splitlines() == [
        "import math",
        "from collections import Counter",
        "from math import inf",
    ] or (
        sorted(dissected.imports.splitlines())
        == ["from collections import Counter", "from math import inf", "import math"]
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("assert 1 == 1", "calls no function"),
        ("assert x == 1", "calls no function"),
        ("assert (y := f(1)) == y", "depends on the order of evaluation"),
        ("assert (lambda x: f(x))(1)", "depends on a variable of the expression around it"),
        ("assert all(f(i) for i in xs)", "a loop over xs, which is no literal"),
        ("assert all(f(i) for i in range(n))", "a loop over range(n)"),
        ("assert all(f(i) for i in [1] if i)", "a loop over a condition"),
        ("assert all(f(i) for i in [*a])", "a loop over"),
        ("assert all(f(i) for i, j in [(1,)])", "a loop over (i, j)"),
        ("assert all(f(i) for i[0] in [1])", "a loop over i[0]"),
        ("assert all(f(i) for i in range(10**9))", "a loop over range(10 ** 9)"),
        ("assert all(f(i) for i in range(1000000000))", "a loop over more than 200 items"),
        ("assert all(f(i, j) for i in range(20) for j in range(20))", "a loop over more than 200 items"),
        ("assert all(f(i) == [i for i in [1]] for i in [2])", "a loop over the name 'i' twice"),
        ("assert all(f(i) == (lambda i: i)(1) for i in [2])", "a loop over the name 'i' twice"),
        ("assert all(f(i) for i in sorted([1]))", "a loop over sorted([1])"),
        ("assert all(1 for i in [1] for j in f(i))", "a loop over f(1)"),
        ("assert f(1) == " + "-" * 3000 + "1", "it is"),
    ],
)
def test_what_cannot_be_judged_safely_is_refused(code: str, reason: str) -> None:
    with pytest.raises(AssertionRefused, match=re.escape(reason)):
        dissect(code, "f")
