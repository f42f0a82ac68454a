"""The types that JSON took from the inputs of MBPP+."""

import pytest

from evals.sets.mbpp_types import restored


@pytest.mark.parametrize(
    ("number", "given", "expected"),
    [
        (1, ([1], 2), ([1], 2)),
        (2, ([1], [2]), ((1,), (2,))),
        (63, ([[1, 2]], [[3]]), ([(1, 2)], [(3,)])),
        (75, ([[1, 2]], 3), ([(1, 2)], 3)),
        (106, ([1], [2]), ([1], (2,))),
        (115, ([[1, 1], [], "x"],), ([{1}, {}, {}],)),
        (124, ("1", "2j"), (1.0, 2j)),
        (250, ([1], 2), ((1,), 2)),
        (307, ([1], 2, 3), ((1,), 2, 3)),
        (259, ([[1], [2]], [[3]]), (((1,), (2,)), ((3,),))),
        (278, ([1, [2]],), ((1, (2,)),)),
        (722, ({"a": [1]}, 2), ({"a": (1,)}, 2)),
        (252, ("1+2j",), (1 + 2j,)),
        (580, ([1, [2, [3]]],), ((1, (2, (3,))),)),
    ],
)
def test_each_rule(number: int, given: tuple[object, ...], expected: tuple[object, ...]) -> None:
    assert restored(f"Mbpp/{number}", (given,)) == (expected,)


def test_inputs_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="inputs of 'Mbpp/2' have another form than EvalPlus's"):
        restored("Mbpp/2", ((1,),))
