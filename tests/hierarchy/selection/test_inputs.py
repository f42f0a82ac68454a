import pytest

from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest
from hierarchy.selection.inputs import edge_inputs, magnitude
from sandbox.types import Call, Stdin


def _function(*tests: FunctionTest | AssertionTest, statement: str = "Do it.", signature: str | None = None) -> Problem:
    return Problem(
        id="p1", statement=statement, task="function", entry_point="f", signature=signature, public_tests=tests
    )


def _test(*args: object, **kwargs: object) -> FunctionTest:
    return FunctionTest(entry_point="f", args=args, kwargs=kwargs, expected=0)


def _args(problem: Problem, n: int) -> list[tuple[object, ...]]:
    made = edge_inputs(problem, n)
    assert all(isinstance(item, Call) and item.entry_point == "f" for item in made)
    return [item.args for item in made if isinstance(item, Call)]


def test_inputs_look_like_the_examples_and_are_none_of_them() -> None:
    made = _args(_function(_test([2, 7, 11], 9), _test([3, 3], 6)), 50)
    assert len(made) == 50
    assert len({repr(args) for args in made}) == 50
    assert ([2, 7, 11], 9) not in made
    for items, number in made:
        assert isinstance(items, list)
        assert all(type(item) is int for item in items)
        assert type(number) is int
    assert any(items == [] for items, _ in made)


def test_the_same_problem_gives_the_same_inputs_and_another_others() -> None:
    problem = _function(_test("abc", 2))
    assert edge_inputs(problem, 30) == edge_inputs(problem, 30)
    assert edge_inputs(problem, 30)[:10] == edge_inputs(problem, 10)
    assert edge_inputs(problem, 30) != edge_inputs(problem.model_copy(update={"id": "p2"}), 30)


def test_numbers_go_below_zero_only_where_something_says_so() -> None:
    def smallest(problem: Problem) -> int:
        return min(item for args in _args(problem, 60) for item in args if isinstance(item, int))

    assert smallest(_function(_test(5))) >= 0
    assert smallest(_function(_test(5), _test(-2))) < 0
    assert smallest(_function(_test(5), statement="n may be negative")) < 0
    assert smallest(_function(_test(5), statement="n is a non-negative number")) >= 0


def test_empty_values_are_left_out_where_the_statement_excludes_them() -> None:
    assert ([],) in _args(_function(_test([1, 2])), 40)
    assert ([],) not in _args(_function(_test([1, 2]), statement="Given a non-empty list of integers"), 40)


def test_without_examples_the_type_hints_say_what_to_make() -> None:
    for words, flag in _args(_function(signature="def f(words: List[str], flag: bool) -> int"), 30):
        assert isinstance(words, list)
        assert all(isinstance(word, str) for word in words)
        assert isinstance(flag, bool)


def test_without_hints_the_words_do() -> None:
    made = _args(_function(statement="Given a string q and an integer n, repeat it.", signature="def f(q, n)"), 20)
    assert all(isinstance(text, str) and isinstance(number, int) for text, number in made)


def test_assertions_lend_their_arguments() -> None:
    tests = (AssertionTest(code="assert f('ab', 3) == 'x'"), AssertionTest(code="assert f(*z) and f(g(1))"))
    made = _args(_function(*tests, AssertionTest(code="assert (")), 20)
    assert all(isinstance(text, str) and isinstance(number, int) for text, number in made)


def test_keyword_arguments_are_kept() -> None:
    made = edge_inputs(_function(_test([1], reverse=True)), 5)
    assert all(isinstance(item, Call) and dict(item.kwargs) == {"reverse": True} for item in made)


def test_examples_with_another_number_of_arguments_are_left_out() -> None:
    made = _args(_function(_test(1, 2), _test(3, 4), _test(5)), 20)
    assert all(len(args) == 2 for args in made)


def test_a_small_domain_gives_what_it_holds() -> None:
    assert _args(_function(_test(True)), 50) == [(False,)]


@pytest.mark.parametrize("n", [0, -1])
def test_none_wanted_none_made(n: int) -> None:
    assert edge_inputs(_function(_test(1)), n) == ()


def test_a_function_that_takes_nothing_or_is_unknown_has_no_inputs() -> None:
    assert edge_inputs(_function(_test()), 5) == ()
    assert edge_inputs(_function(signature="def f() -> int"), 5) == ()
    assert edge_inputs(_function(), 5) == ()
    assert edge_inputs(Problem(id="m", statement="2+2?", task="math"), 5) == ()


def test_extreme_example_values_are_no_trouble() -> None:
    tests = (_test(10**400, float("inf"), "x" * 5000), _test(float("nan"), 1e300, ""))
    assert _args(_function(*tests), 20)


def test_programs_get_variants_of_the_sample_input() -> None:
    sample = StdioTest(stdin="3\n1 2 3\n", stdout="6\n")
    made = edge_inputs(Problem(id="s", statement="Sum.", task="program", public_tests=(sample,)), 10)
    assert len(made) == 10
    assert all(isinstance(item, Stdin) for item in made)


def test_more_work_has_a_larger_magnitude() -> None:
    calls = [Call("f", ([],)), Call("f", ([1, 2],)), Call("f", ("abcdefgh",)), Call("f", (50,)), Call("f", (10**50,))]
    sizes = [magnitude(call) for call in calls]
    assert sizes == sorted(set(sizes))
    assert magnitude(Stdin("1 2 3")) > magnitude(Stdin("1"))


def test_calls_the_statement_shows_under_another_name_lend_their_arguments() -> None:
    made = _args(_function(statement="Example: grade([4.0, 3, 1.7]) ==> ['A+']", signature="def f(grades)"), 40)
    assert made[0] == ([4.0, 3, 1.7],)
    assert all(isinstance(item, int | float) for (items,) in made if isinstance(items, list) for item in items)


def test_thresholds_and_names_of_the_statement_are_tried() -> None:
    made = _args(_function(_test(7), statement="Speed below 42 is fine, else print 'slow'."), 60)
    assert {41, 42, 43} <= {number for (number,) in made}
    words = _args(_function(_test("abc"), statement="The word 'slow' or \"fast\" counts twice."), 60)
    assert ("slow",) in words
    assert ("fast",) in words


def test_arguments_of_one_shape_change_places() -> None:
    assert (5, 4, 3) in _args(_function(_test(3, 4, 5)), 10)
    mixed = _args(_function(_test("a", 1), _test("b", 2)), 10)
    assert ("a", 2) in mixed
    assert ("b", 1) in mixed
