import pytest

from bench.sandbox_figures.inputs import COUNTS, measure, show
from sandbox.sandbox import Sandbox


async def test_every_number_of_inputs_is_measured_as_often_as_asked() -> None:
    async with Sandbox() as box:
        cost = await measure(box, 2)
    assert {count: len(seconds) for count, seconds in cost.seconds.items()} == dict.fromkeys(COUNTS, 2)
    assert cost.last_ratio == pytest.approx(cost.medians[1000] / cost.medians[100])
    assert len(show(cost)) == len(COUNTS) + 2
