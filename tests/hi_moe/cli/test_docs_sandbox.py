"""What docs/sandbox.md says: its example is run as it stands, its names and defaults are compared with the code."""

import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from sandbox.pool.tier import RECYCLE_AFTER
from sandbox.types import CaseStatus, ExecutionStatus, Limits, TierName

TEXT = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_the_example_prints_what_is_shown_below_it() -> None:
    found = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", TEXT, re.DOTALL)
    assert found
    done = subprocess.run([sys.executable, "-c", found[1]], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", found[2])


@pytest.mark.parametrize(
    "name", [*typing.get_args(TierName), *typing.get_args(CaseStatus), *typing.get_args(ExecutionStatus)]
)
def test_every_tier_and_status_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_every_limit_has_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\d+(?: MiB)?) \|", TEXT, re.MULTILINE))
    said = {name: int(text.removesuffix(" MiB")) << (20 if text.endswith(" MiB") else 0) for name, text in rows.items()}
    assert said == vars(Limits())


def test_the_number_of_runs_of_a_warm_interpreter_is_right() -> None:
    assert f"replaced after {RECYCLE_AFTER:,} runs" in TEXT
