import pytest
from pydantic import ValidationError

from sandbox.settings import SandboxSettings
from sandbox.types import Limits


def test_defaults_are_the_limits_defaults() -> None:
    assert SandboxSettings().limits() == Limits()


@pytest.mark.parametrize("field", ["cpu_seconds", "wall_seconds", "memory_mib", "output_bytes", "max_parallel"])
def test_zero_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        SandboxSettings(**{field: 0})
