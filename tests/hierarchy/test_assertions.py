import math
from collections.abc import Sequence

import pytest

from hierarchy.assertions import MAX_CHECKS, check_tests, parse_assertions, to_test
from hierarchy.errors import ProblemError
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest, TestCase


def problem(*tests: TestCase, entry_point: str | None = "f", statement: str = "Write f.", **fields: str) -> Problem:
    return Problem(id="p", statement=statement, task="function", entry_point=entry_point, public_tests=tests, **fields)


@pytest.mark.parametrize(
    ("code", "args", "kwargs", "expected"),
    [
        ("assert f(1, 2) == 3", (1, 2), {}, 3),
        ("assert 3 == f(1, 2)", (1, 2), {}, 3),
        ("assert f([1, (2,)], k={'a'}) == {'x': None}, 'message'", ([1, (2,)],), {"k": {"a"}}, {"x": None}),
        ("assert (f(1)) == -1.5", (1,), {}, -1.5),
        ("assert f() is None", (), {}, None),
        ("assert f(2) is True", (2,), {}, True),
        ("assert f(set(), frozenset([1])) == float('-inf')", (set(), frozenset({1})), {}, -math.inf),
        ("assert f(math.inf, math.pi) == 1+2j", (math.inf, math.pi), {}, 1 + 2j),
        ("assert math.isclose(f(2), 4)", (2,), {}, 4.0),
        ("assert f({'$tuple': [1]}) == {}", ({"$tuple": [1]},), {}, {}),
        ("  assert f(\n  1\n) == (\n  2)  ", (1,), {}, 2),
    ],
)
def test_a_simple_equality_becomes_a_function_test(
    code: str, args: tuple[object, ...], kwargs: dict[str, object], expected: object
) -> None:
    test = to_test(code, "f")
    assert isinstance(test, FunctionTest)
    assert (test.entry_point, test.args, test.kwargs, test.expected) == ("f", args, kwargs, expected)
    assert type(test.expected) is type(expected)


def test_methods_and_functions_named_like_builtins() -> None:
    method = to_test("assert Solution().two_sum([1], 2) == [0]", "Solution.two_sum")
    assert isinstance(method, FunctionTest)
    assert method.entry_point == "Solution.two_sum"
    builtin = to_test("assert sum([1]) == 1", "sum")
    assert isinstance(builtin, FunctionTest)
    assert isinstance(to_test("assert sum([1]) == 1", "f"), AssertionTest)
    assert isinstance(to_test("assert g(1) == 1", None), FunctionTest)


@pytest.mark.parametrize(
    "code",
    [
        "assert f(1)",
        "assert not f(1)",
        "assert f(1) != 2",
        "assert f(1) == f(2)",
        "assert sorted(f(1)) == [1]",
        "assert 1 < f(1) < 3",
        "assert f(x) == 1",
        "assert f(*[1]) == 1",
        "assert f(**{'a': 1}) == 1",
        "assert f(1) == {**{}}",
        "assert f(10 ** 9) == 1",
        "assert f(1) == int('1')",
        "assert f(-True) == 1",
        "assert f(math.tau) == 1",
        "assert math.isclose(f(1), 2, rel_tol=0.01)",
        "assert math.isclose(g(1), f(2))",
        "assert f(1) == " + "[" * 250 + "]" * 250,
        "assert f().g() == 1",
        "assert Solution(1).f() == 1",
        "not python",
        "assert f(1) ==",
    ],
)
def test_everything_else_stays_an_assertion(code: str) -> None:
    assert to_test(code, "f") == AssertionTest(code=code)


def function_test(name: str) -> FunctionTest:
    return FunctionTest(entry_point=name, args=(1,), expected=2)


@pytest.mark.parametrize(
    "tests",
    [
        (),
        (function_test("f"), AssertionTest(code="assert sorted(f(1)) == [1]")),
        (AssertionTest(code="assert helper(f(1)) == 1"),),
        (AssertionTest(code="assert helper(1) == 1"), function_test("helper")),
        (AssertionTest(code="assert f(data, f, lambda x: x) == [y for y in data]"),),
        (StdioTest(stdin="1", stdout="2"),),
    ],
)
def test_tests_that_can_be_judged_pass(tests: Sequence[TestCase]) -> None:
    check_tests(problem(*tests, statement="data = [1]\ndef helper(x): ...\ndef f(x): ..."))


def test_without_a_name_to_compare_with_any_function_is_fine() -> None:
    check_tests(problem(function_test("g"), entry_point=None))
    check_tests(problem(function_test("g"), entry_point=None, signature="def g(x)"))
    check_tests(problem(function_test("S.g"), entry_point="S.g"))


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (
            function_test("two_summ"),
            "FILE:3: public test 2, 'two_summ(1)', calls 'two_summ', but the function to write is 'two_sum' "
            "(a misspelling?); correct the name, or remove the test",
        ),
        (function_test("other"), "calls 'other', but the function to write is 'two_sum'; correct"),
        (function_test("Solution.two_sum"), "calls 'Solution.two_sum', but"),
        (AssertionTest(code="assert sorted(other(1)) == 1"), "calls 'other', but"),
        (AssertionTest(code="assert two_sum(1) =="), "cannot be judged: it is no valid Python (invalid syntax); write"),
        (AssertionTest(code="assert 1 == 1"), "cannot be judged: it calls no function of the program"),
        (AssertionTest(code="assert two_sum(nums) == [0, 1]"), "uses 'nums', which nothing defines; write the value"),
        (AssertionTest(code="assert two_sum(lambda x: x + y) == 1"), "uses 'y', which nothing defines"),
        (AssertionTest(code="assert two_sum(1) == (lambda x, x: 1)"), "duplicate argument 'x' in function definition"),
        (AssertionTest(code="two_sum(1) == 1"), "cannot be judged: it is not one assert statement"),
        (AssertionTest(code="assert two_sum(1)\nassert 1"), "it is not one assert statement"),
        (AssertionTest(code="assert '\0'"), "it is no valid Python (source code string cannot contain null bytes)"),
        (AssertionTest(code="assert " + "0+" * 20_000 + "0"), "it is no valid Python (more than 20000 characters)"),
    ],
)
@pytest.mark.parametrize("by", ["entry_point", "signature"])
def test_a_test_that_no_program_could_pass_is_an_error(test: TestCase, message: str, by: str) -> None:
    first = FunctionTest(entry_point="two_sum", args=(1,), expected=2)
    named = problem(
        first,
        test,
        entry_point="two_sum" if by == "entry_point" else None,
        signature="def two_sum(nums)",
        source="FILE:3",
    )
    with pytest.raises(ProblemError) as caught:
        check_tests(named)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_checks_written_by_a_model() -> None:
    answer = [
        "assert f(1) == 2",
        "- `f(2) == 3`",
        "2. assert f([1]) == [\n    1\n]  # why",
        "```python\nassert f(4) == 5\nassert f(5) == 6\n```",
        ">>> f(6) == 7",
        "f(1)  ==  2",
        "f(3)",
        "assert g(1) == 2",
        "assert f(x) == x",
        "assert True",
        "Here are the checks: assert f(1)",
        "good line below\nassert sorted(f(7)) == [1]",
        "",
    ]
    tests = parse_assertions(answer, problem())
    assert [test.args[0] for test in tests if isinstance(test, FunctionTest)] == [1, 2, [1], 4, 5, 6]
    assert tests[-1] == AssertionTest(code="assert sorted(f(7)) == [1]")


def test_no_more_checks_than_the_bound() -> None:
    checks = [f"assert f({number}) == 0" for number in range(20)]
    assert len(parse_assertions(checks, problem())) == MAX_CHECKS
    assert parse_assertions(["g(1) == 1"], problem(entry_point=None)) == (
        FunctionTest(entry_point="g", args=(1,), expected=1),
    )
