"""What a program finds in a zygote: modules that are loaded already, and the packages that are allowed."""

from collections.abc import Callable

import pytest
from pools import LIMITS, execute

from sandbox.pool.tier import Pool
from sandbox.sandbox import Sandbox
from sandbox.tiers import PRELOADED
from sandbox.types import Call, Evaluate, Limits, Program, TierName

USES = """
import numpy as np
from sortedcontainers import SortedList
def f(): return int((np.arange(5) @ np.ones(5)).item()), list(SortedList([2, 1]))
"""


async def test_every_preloaded_module_is_there_before_anything_is_imported(make: Callable[..., Pool]) -> None:
    execution = await execute(make(), "", Evaluate("sorted(__import__('sys').modules)"))
    found = execution.results[0].value
    assert isinstance(found, list)
    assert set(PRELOADED) - set(found) == set()


@pytest.mark.parametrize("tier", ["pool", "one-shot"])
async def test_allowed_packages_can_be_imported_and_no_others(tier: TierName) -> None:
    async with Sandbox(Limits(cpu_seconds=10), tier=tier, packages=["numpy", "sortedcontainers"]) as box:
        execution = await box.run(Program(USES), [Call("f")])
        refused = await box.run(Program("import pydantic"), [])
    assert (execution.detail, execution.isolation) == ("", tier)
    assert execution.results[0].value == (10, [1, 2])
    assert "ModuleNotFoundError" in refused.detail


async def test_packages_of_one_sandbox_are_not_in_another() -> None:
    async with Sandbox(LIMITS) as box:
        assert "ModuleNotFoundError" in (await box.run(Program("import sortedcontainers"), [])).detail
