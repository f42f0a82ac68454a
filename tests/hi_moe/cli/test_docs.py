"""The documentation of the command line and of the settings says what is true."""

import re
from pathlib import Path

import click

from hi_moe.cli import exits, sandbox_exits
from hi_moe.cli.root import COMMANDS, root
from hi_moe.cli.sandbox import check as sandbox_check
from hi_moe.cli.sandbox import run as sandbox_run
from hi_moe.cli.solve import solve
from hi_moe.settings import Settings, profiles
from hierarchy.intake import read_file

DOCS = Path(__file__).parents[3] / "docs"


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def block(name: str, language: str) -> str:
    """The first code block of that language."""
    found = re.search(rf"```{language}\n(.*?)```", text(name), re.DOTALL)
    assert found
    return found[1]


def test_the_exit_codes_are_documented_in_their_order() -> None:
    section = text("cli.md").partition("\n## Exit codes\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (\w+)", section, re.MULTILINE)
    assert [int(code) for code, _ in rows] == [code.value for code in exits.Exit]
    in_help = re.findall(r"^ +(\d+)  (\w+)", exits.HELP, re.MULTILINE)
    assert in_help == rows


def test_the_exit_codes_of_the_sandbox_are_documented() -> None:
    section = text("cli.md").partition("\n## sandbox\n")[2].partition("\n## ")[0]
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    in_help = {int(code) for code in re.findall(r"^ +(\d+)  ", sandbox_exits.HELP, re.MULTILINE)}
    ours = {code.value for code in sandbox_exits.SandboxExit}
    assert ours == documented
    assert ours <= in_help


def test_every_command_and_every_option_of_those_that_run_programs_is_documented() -> None:
    said = text("cli.md")
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert f"`hi-moe {name}" in said
        if isinstance(command, click.Group):
            assert all(f"`{each}" in said or f" {each}" in said for each in command.commands)
    commands = (solve, sandbox_run, sandbox_check)
    options = [option for command in commands for each in command.params for option in each.opts]
    missing = [option for option in options if option.startswith("--") and option not in said]
    assert not missing


def test_the_problem_of_the_documentation_is_one() -> None:
    Path("problem.json").write_text(block("cli.md", "json"), encoding="utf-8")
    (problem,) = read_file(Path("problem.json"))
    assert (problem.id, problem.entry_point, len(problem.public_tests)) == ("two-sum", "two_sum", 1)


def test_the_settings_of_the_documentation_load() -> None:
    Path("hi-moe.toml").write_text(block("configuration.md", "toml"), encoding="utf-8")
    loaded = Settings.load(environ={})
    assert loaded.settings.models.escalation == "bigger"
    assert set(loaded.settings.models.files) == {"bigger"}


def test_every_profile_is_documented() -> None:
    said = text("configuration.md")
    assert all(f"| `{name}` |" in said for name in profiles())


def test_the_benchmarks_of_make_exist() -> None:
    found = re.search(r"^bench:.*\n\t@for bench in ([a-z ]+); do", (DOCS.parent / "Makefile").read_text(), re.MULTILINE)
    assert found
    names = found[1].split()
    assert len(names) >= 6
    assert all((DOCS.parent / "bench" / f"{name}.py").is_file() for name in names)
