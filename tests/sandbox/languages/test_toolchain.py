"""Which tools are found, and what is said about one that is not there."""

from pathlib import Path

import pytest

from sandbox.languages.toolchain import Needed, ToolchainMissing, find


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o755)
    return path


def test_link_is_followed_to_what_a_sandbox_shows(tmp_path: Path) -> None:
    real = _program(tmp_path / "usr" / "bin" / "x86_64-g++-12")
    (tmp_path / "usr" / "bin" / "g++").symlink_to(real)
    found = find("C++", [Needed(("g++",), "g++")], str(real.parent), str(tmp_path / "usr"))
    assert found == [str(real)]


def test_any_of_the_names_will_do(tmp_path: Path) -> None:
    real = _program(tmp_path / "nodejs")
    assert find("JavaScript", [Needed(("node", "nodejs"), "nodejs")], str(tmp_path), str(tmp_path)) == [str(real)]


def test_missing_tool_is_named_with_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing) as raised:
        find("JavaScript", [Needed(("node", "nodejs"), "nodejs")], str(tmp_path), str(tmp_path))
    assert str(raised.value).startswith("JavaScript programs cannot be run: 'node' is not installed in ")
    assert raised.value.fix == "apt-get install nodejs"


def test_tool_that_no_sandbox_shows_is_missing(tmp_path: Path) -> None:
    real = _program(tmp_path / "home" / "node")
    _program(tmp_path / "usr" / "bin" / "other")
    (tmp_path / "usr" / "bin" / "node").symlink_to(real)
    with pytest.raises(ToolchainMissing) as raised:
        find("JavaScript", [Needed(("node",), "nodejs")], str(tmp_path / "usr" / "bin"), str(tmp_path / "usr"))
    link = tmp_path / "usr" / "bin" / "node"
    assert raised.value.cause == f"'{link}' leads to '{real}', and programs are shown only what is below {tmp_path}/usr"


def test_tool_of_a_user_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = _program(tmp_path / "home" / "node")
    monkeypatch.setenv("PATH", str(real.parent))
    with pytest.raises(ToolchainMissing) as raised:
        find("JavaScript", [Needed(("node",), "nodejs")], "/nowhere")
    found = f"'{real}' is not used: programs are shown only what is below /usr"
    assert raised.value.cause == f"'node' is not installed in /nowhere ({found})"
