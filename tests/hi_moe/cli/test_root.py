"""The root command: what it lists, what it imports, what it says about names that do not exist."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest
from click.testing import Result

from hi_moe.cli.root import COMMANDS

HEAVY = ("pydantic", "rich", "sqlalchemy", "langgraph", "llama_cpp", "numpy", "huggingface_hub", "asyncio")


def test_help_lists_every_command(run: Callable[..., Result]) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name, (_, text) in COMMANDS.items():
        assert name in result.stdout
        assert text in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Callable[..., Result], name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: hi-moe {name}")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom hi_moe.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_version(run: Callable[..., Result]) -> None:
    assert run("--version").stdout == f"hi-moe {version('hi-moe')}\n"


def test_without_a_command_the_help_goes_to_stderr(run: Callable[..., Result]) -> None:
    result = run()
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Usage: hi-moe")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["slove"], "No such command 'slove'. Did you mean 'solve'?; see: hi-moe --help"),
        (["runs", "lst"], "No such command 'lst'. Did you mean 'list'?; see: hi-moe runs --help"),
        (["runs", "list", "--limit", "0"], "Invalid value for '--limit': 0 is not in the range 1<=x<="),
        (["runs", "list", "--limit", "9" * 20], "Invalid value for '--limit': 99999999999999999999 is not in the"),
        (["doctor", "--profil", "x"], "No such option '--profil'"),
    ],
)
def test_wrong_usage_is_one_line(refused: Callable[..., str], arguments: list[str], line: str) -> None:
    assert refused(*arguments).startswith(line)
