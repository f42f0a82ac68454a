"""What docs/evaluation.md says: its example is run as it stands, its names are compared with the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evals.sets import registry
from evals.store import ERRORS, GRADES, ITEMS, MANIFEST, SAMPLES
from hi_moe.cli.eval import COMMANDS
from hi_moe.evaluation.solvers import NAMES

TEXT = (Path(__file__).parents[3] / "docs" / "evaluation.md").read_text(encoding="utf-8")
SHIPPED = Path(__file__).parents[3] / "evals" / "contest"


def test_the_python_example_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    short = {"HI_MOE_PROFILE": "tiny", "HI_MOE_ENGINE__MAX_TOKENS": "48"}
    done = subprocess.run(
        [sys.executable, "-c", example],
        env=os.environ | short,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["direct 2 2", "best-of-n 2 2"]
    assert "items" in done.stdout.splitlines()[2]


@pytest.mark.parametrize("name", [name for name in registry.names() if name != "own"])
def test_every_set_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_the_number_of_shipped_problems_is_right() -> None:
    assert f"{len(list(SHIPPED.glob('*/*.toml')))} problems of the six families" in TEXT


@pytest.mark.parametrize("name", NAMES)
def test_every_solver_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("name", [MANIFEST, ITEMS, SAMPLES, GRADES, ERRORS])
def test_every_file_of_a_run_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named(name: str) -> None:
    assert f"eval {name}" in TEXT
