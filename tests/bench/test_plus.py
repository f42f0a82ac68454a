import math

import pytest

from bench.sandbox_figures.plus import close, is_zero, measure, show, size
from sandbox.sandbox import Sandbox
from sandbox.types import Limits


def test_a_root_is_a_zero() -> None:
    assert is_zero([-2, 0, 1], math.sqrt(2), 1e-4)


def test_another_number_is_no_zero() -> None:
    assert not is_zero([-2, 0, 1], 1.5, 1e-4)


@pytest.mark.parametrize("answer", [None, "0", True, [0.0]])
def test_what_is_no_number_is_no_zero(answer: object) -> None:
    assert not is_zero([0, 1], answer, 1e-4)


def test_an_answer_beyond_the_range_of_floats_is_no_zero() -> None:
    assert not is_zero([1, 1, 1], 1e200, 1e-4)


def test_an_integer_beyond_the_range_of_floats_is_no_zero() -> None:
    assert not is_zero([0, 1], 10**400, 1e-4)


def test_floats_may_be_off_by_what_evalplus_allows() -> None:
    assert close([1.0], [1.0 + 9e-7], 0)
    assert not close([1.0], [1.0 + 2e-6], 0)


def test_the_tolerance_of_a_row_counts_instead() -> None:
    assert close(1.0, 1.00005, 1e-4)


def test_types_count() -> None:
    assert not close((1, 2), [1, 2], 0)


def test_size_is_that_of_typed_json() -> None:
    assert size((1, "é")) == len('{"$tuple":[1,"\\u00e9"]}')


ROW = {
    "task_id": "test/0",
    "entry_point": "last",
    "prompt": "def last(items):\n",
    "canonical_solution": "    return items.pop()\n",
    "base_input": [[[1, 2]]],
    "plus_input": [[[0.5]], [["x"]]],
    "atol": 0,
}


async def test_a_reference_agrees_with_itself_on_all_inputs() -> None:
    async with Sandbox() as box:
        judged = await measure(box, [ROW], Limits())
    (row,) = judged.rows
    assert (row.accepted, row.inputs, row.changing, row.time_limits) == (True, 3, 3, 0)
    assert show(judged)[0].startswith("HumanEval+: 1 of 1 references accepted on 3 inputs, 0 time limits")


async def test_a_reference_that_is_not_its_own_equal_is_shown_with_the_input() -> None:
    restless = {**ROW, "canonical_solution": "    import random\n    return random.random()\n"}
    async with Sandbox() as box:
        judged = await measure(box, [restless], Limits())
    assert not judged.rows[0].accepted
    assert show(judged)[-1].startswith("NOT ACCEPTED test/0: on [[1, 2]]: ")
