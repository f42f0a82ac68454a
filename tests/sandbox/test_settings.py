import pytest
from pydantic import ValidationError

from sandbox.settings import SandboxSettings
from sandbox.types import LIMIT_BOUNDS, Limits


def test_defaults_are_the_limits_defaults() -> None:
    assert SandboxSettings().limits() == Limits()


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("field", LIMIT_BOUNDS)
def test_every_limit_can_be_set_within_its_bounds(field: str, side: int) -> None:
    value = LIMIT_BOUNDS[field][side]
    assert getattr(SandboxSettings(**{field: value}).limits(), field) == value


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "many", 1 << 60])
@pytest.mark.parametrize("field", [*LIMIT_BOUNDS, "max_parallel"])
def test_what_bounds_nothing_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        SandboxSettings(**{field: value})


@pytest.mark.parametrize("given", [["numpy", "sortedcontainers"], "numpy, sortedcontainers", "numpy,sortedcontainers,"])
def test_packages_are_a_list_or_one_text(given: object) -> None:
    assert SandboxSettings.model_validate({"packages": given}).packages == ("numpy", "sortedcontainers")


def test_an_unknown_tier_is_refused() -> None:
    with pytest.raises(ValidationError, match="tier"):
        SandboxSettings.model_validate({"tier": "none"})
