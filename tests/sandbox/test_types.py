from collections.abc import Callable
from dataclasses import fields, replace

import pytest

from sandbox.errors import LimitsError
from sandbox.types import LIMIT_BOUNDS, Call, Evaluate, Limits, Program, Stdin


def test_every_limit_has_bounds_and_its_default_lies_within() -> None:
    assert list(LIMIT_BOUNDS) == [field.name for field in fields(Limits)]
    Limits()


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("field", LIMIT_BOUNDS)
def test_the_bounds_themselves_are_allowed(field: str, side: int) -> None:
    limits = replace(Limits(), **{field: LIMIT_BOUNDS[field][side]})  # type: ignore[arg-type]
    assert getattr(limits, field) == LIMIT_BOUNDS[field][side]


@pytest.mark.parametrize(
    "value", [0, -1, -0.5, float("nan"), float("inf"), float("-inf"), True, False, "5", None, [5], 1 << 60]
)
@pytest.mark.parametrize("field", LIMIT_BOUNDS)
def test_what_bounds_nothing_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(LimitsError, match=f"^{field}=") as caught:
        replace(Limits(), **{field: value})  # type: ignore[arg-type]
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", ["memory_mib", "output_bytes", "file_mib", "threads"])
def test_sizes_and_counts_are_whole_numbers(field: str) -> None:
    with pytest.raises(LimitsError, match="a whole number"):
        replace(Limits(), **{field: 64.0})  # type: ignore[arg-type]


def test_times_may_be_whole_numbers_too() -> None:
    assert Limits(cpu_seconds=1, wall_seconds=2) == Limits(cpu_seconds=1.0, wall_seconds=2.0)


def test_the_error_says_what_was_given_and_what_is_allowed() -> None:
    with pytest.raises(LimitsError) as caught:
        Limits(memory_mib=-5)
    assert str(caught.value) == "memory_mib=-5 is no limit: allowed is a whole number from 16 to 1,048,576"


@pytest.mark.parametrize(
    ("value", "shown"), [("9" * 5000, "'99999"), (10**5000, "a very large int")], ids=["text", "integer"]
)
def test_the_error_stays_short(value: object, shown: str) -> None:
    with pytest.raises(LimitsError, match=shown) as caught:
        Limits(wall_seconds=value)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Program(5), "a program must be text or bytes, not int"),  # type: ignore[arg-type]
        (lambda: Call(5), "an entry point must be text, not int"),  # type: ignore[arg-type]
        (lambda: Call("f", "ab"), "the arguments of 'f' must be a tuple, not str"),  # type: ignore[arg-type]
        (lambda: Call("f", (), {1: 2}), "a keyword argument's name of 'f' must be text, not int"),  # type: ignore[dict-item]
        (lambda: Call("f", (), [1]), "the keyword arguments of 'f' must be a dict, not list"),  # type: ignore[arg-type]
        (lambda: Evaluate(None), "an expression must be text, not NoneType"),  # type: ignore[arg-type]
        (lambda: Stdin(b""), "a standard input must be text, not bytes"),  # type: ignore[arg-type]
    ],
)
def test_what_is_of_another_type_is_refused_by_name(make: Callable[[], object], words: str) -> None:
    with pytest.raises(TypeError) as caught:
        make()
    assert str(caught.value) == words
