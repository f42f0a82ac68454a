import time

import pytest

from evals.grading.answers_boxed import final_answers, given_answer


@pytest.mark.parametrize(
    ("text", "boxed"),
    [
        pytest.param(r"So \boxed{5}.", ("5",), id="one"),
        pytest.param(r"x = \boxed{1} or x = \boxed{2}.", ("1", "2"), id="two in one sentence"),
        pytest.param(r"First \boxed{1}. Then \boxed{2}.", ("2",), id="an earlier sentence is an intermediate result"),
        pytest.param("So \\boxed{1}\n\nso \\boxed{2}", ("2",), id="an earlier paragraph too"),
        pytest.param(r"$\boxed{3.5}$, $\boxed{2}$", ("3.5", "2"), id="a decimal point ends no sentence"),
        pytest.param(r"\boxed{5} and again \boxed{5}", ("5",), id="a repetition is one"),
        pytest.param(r"\boxed{\frac{1}{\sqrt{2}}}", (r"\frac{1}{\sqrt{2}}",), id="nested braces"),
        pytest.param(r"\fbox{5}", ("5",), id="the other box"),
        pytest.param(r"\boxed {5}", ("5",), id="a space before the brace"),
        pytest.param(r"\boxed{} or \boxed{5", (), id="empty or never closed"),
        pytest.param("no box", (), id="none"),
        pytest.param("\\boxed{1}" + " " * 300_000, (), id="only the end of a very long text is read"),
    ],
)
def test_the_boxes_of_the_last_sentence(text: str, boxed: tuple[str, ...]) -> None:
    assert final_answers(text) == boxed


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        pytest.param("1,2", "1, 2", id="a list wants all"),
        pytest.param(r"\{1, 2\}", "1, 2", id="a set wants all"),
        pytest.param(r"\pm 1", "1, 2", id="both signs want all"),
        pytest.param("2", "2", id="a single value is taken as it was extracted"),
        pytest.param("(1,2)", "2", id="a tuple is a single value"),
        pytest.param("1,234", "2", id="thousands are a single value"),
        pytest.param("1," * 600, "2", id="too long to be a list"),
    ],
)
def test_several_boxes_are_one_answer_where_several_values_are_expected(expected: str, given: str) -> None:
    assert given_answer(expected, "2", r"\boxed{1} or \boxed{2}") == given


def test_with_one_box_the_extracted_answer_stands() -> None:
    assert given_answer("1,2", "1,2", r"\boxed{1,2}") == "1,2"


@pytest.mark.parametrize(
    ("text", "boxes"),
    [
        pytest.param(r"\boxed{1} " + r"\boxed{" * 28_000, 1, id="never closed"),
        pytest.param(r"\boxed{" * 14_000 + "1" + "}" * 14_000, 125, id="one in another"),
        pytest.param("".join(rf"\boxed{{{number}}}" for number in range(15_000)), 15_000, id="very many"),
    ],
)
def test_the_time_for_boxes_grows_with_the_length_only(text: str, boxes: int) -> None:
    """Work that grows with the square of 200,000 characters takes minutes of CPU time."""
    began = time.thread_time()
    assert len(final_answers(text)) == boxes
    assert time.thread_time() - began < 5
