import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parent.parent.parent / "bench"


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(BENCH / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_help_lists_the_parts() -> None:
    done = run("sandbox.py", "--help")
    assert done.returncode == 0, done.stderr
    assert "speed   verified HumanEval references" in done.stdout


@pytest.mark.parametrize("script", ["isolation.py", "selection.py"])
def test_the_other_scripts_of_the_folder_still_find_the_room(script: str) -> None:
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr


def test_a_missing_evalplus_is_an_error_with_the_commands_that_get_it() -> None:
    done = run("sandbox.py", "--part", "speed", "--evalplus-python", "/nowhere/python")
    assert done.returncode == 3
    assert "pip install --no-deps evalplus" in done.stderr
    assert "--without evalplus" in done.stderr


def test_the_part_plus_needs_its_file() -> None:
    done = run("sandbox.py", "--part", "plus")
    assert (done.returncode, done.stderr.partition(":")[0]) == (2, "error")


def test_a_number_of_rounds_below_one_is_wrong_usage() -> None:
    done = run("sandbox.py", "--rounds", "0")
    assert done.returncode == 2
    assert "'0' is less than 1" in done.stderr


def test_a_soak_of_too_few_runs_is_wrong_usage() -> None:
    done = run("sandbox.py", "--soak", "9")
    assert done.returncode == 2
    assert "--soak 10 or more" in done.stderr


def test_raw_numbers_come_with_what_produced_them(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = run("sandbox.py", "--part", "cold", "--repeats", "1", "--tier", "one-shot", "--json", str(file))
    assert done.returncode == 0, done.stderr
    written = json.loads(file.read_text())
    assert {"time", "revision", "python", "kernel", "cpu", "cores", "versions", "tier", "cold"} <= set(written)
    assert len(written["cold"]) == 1
