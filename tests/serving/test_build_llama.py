"""The cache of wheels: built once, tried for real, rebuilt when altered, the next recipe when one crashes."""

import importlib.util
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hierarchy.errors import InfrastructureError
from serving import build_llama
from serving._build.recipe import VERSION, Recipe
from serving.build_llama import Builder, default_folder, main, small_weights

NAME = f"llama_cpp_python-{VERSION}-py3-none-any.whl"
GOOD = Recipe("good", ())
BAD = Recipe("bad", ())
CRASH = "import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n"


@pytest.fixture(scope="session")
def real_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed llama-cpp-python, packed as a wheel."""
    spec = importlib.util.find_spec("llama_cpp")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    path = tmp_path_factory.mktemp("wheel") / NAME
    with zipfile.ZipFile(path, "w") as archive:
        for file in ("llama_cpp.py", "_ctypes_extensions.py", "_ggml.py"):
            archive.write(package / file, f"llama_cpp/{file}")
        for library in (package / "lib").iterdir():
            if library.name.endswith((".so", ".so.0", ".dylib")) and "mtmd" not in library.name:
                archive.write(library, f"llama_cpp/lib/{library.name}")
    return path


class Shelf:
    """Compiles by taking a wheel from a shelf; `built` are the recipes that were asked for."""

    def __init__(self, good: Path, bad: str = CRASH) -> None:
        self.good = good
        self.bad = bad
        self.built: list[str] = []

    def __call__(self, recipe: Recipe, folder: Path, log: Path) -> Path:
        self.built.append(recipe.name)
        log.write_text("compiled\n")
        path = folder / NAME
        if recipe == GOOD:
            shutil.copy(self.good, path)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("llama_cpp/llama_cpp.py", self.bad)
        return path


def test_a_wheel_is_built_once_and_decodes(
    tmp_path: Path, real_wheel: Path, small_model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf(real_wheel)
    first = Builder(tmp_path, small_model, shelf).wheel("k", (GOOD,))
    assert Builder(tmp_path, small_model, shelf).wheel("k", (GOOD,)) == first
    assert shelf.built == ["good"]
    assert "decodes (4 tokens tried)" in capfd.readouterr().err
    assert json.loads((tmp_path / "k" / "wheel.json").read_text())["tried"] is True
    assert first.read_bytes() == real_wheel.read_bytes()


def test_a_wheel_untried_for_want_of_weights_is_tried_later(
    tmp_path: Path, real_wheel: Path, small_model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shelf = Shelf(real_wheel)
    Builder(tmp_path, None, shelf).wheel("k", (GOOD,))
    assert "no weights to try tokens with" in capfd.readouterr().err
    Builder(tmp_path, small_model, shelf).wheel("k", (GOOD,))
    assert shelf.built == ["good"]
    assert json.loads((tmp_path / "k" / "wheel.json").read_text())["tried"] is True


def test_a_kept_wheel_that_turns_out_to_crash_is_built_again(tmp_path: Path, real_wheel: Path) -> None:
    shelf = Shelf(real_wheel)
    wheel = Builder(tmp_path, None, shelf).wheel("k", (GOOD,))
    not_gguf = tmp_path / "weights.gguf"
    not_gguf.write_bytes(b"no weights")
    with pytest.raises(InfrastructureError, match=r"cannot load .*weights\.gguf"):
        Builder(tmp_path, not_gguf, shelf).wheel("k", (GOOD,))
    assert shelf.built == ["good", "good"]
    assert wheel.exists()


def test_an_altered_wheel_is_built_again(tmp_path: Path, real_wheel: Path) -> None:
    shelf = Shelf(real_wheel)
    wheel = Builder(tmp_path, None, shelf).wheel("k", (GOOD,))
    wheel.write_bytes(wheel.read_bytes()[:-1])
    assert Builder(tmp_path, None, shelf).wheel("k", (GOOD,)) == wheel
    assert wheel.read_bytes() == real_wheel.read_bytes()
    (tmp_path / "k" / "wheel.json").write_text("{")
    Builder(tmp_path, None, shelf).wheel("k", (GOOD,))
    assert len(shelf.built) == 3


def test_a_crash_leads_to_the_next_recipe(tmp_path: Path, real_wheel: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shelf = Shelf(real_wheel)
    Builder(tmp_path, None, shelf).wheel("k", (BAD, GOOD))
    assert shelf.built == ["bad", "good"]
    assert "(bad): it crashed (SIGILL)" in capfd.readouterr().err
    assert json.loads((tmp_path / "k" / "wheel.json").read_text())["recipe"] == "good"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (CRASH, r"bad: it crashed \(SIGILL\)"),
        ("import no_such_thing", "bad: ModuleNotFoundError"),
        ("1 +", "SyntaxError"),
    ],
)
def test_when_nothing_works_the_reasons_are_named(tmp_path: Path, real_wheel: Path, text: str, why: str) -> None:
    with pytest.raises(InfrastructureError, match=why):
        Builder(tmp_path, None, Shelf(real_wheel, text)).wheel("k", (BAD,))
    assert not (tmp_path / "k" / "wheel.json").exists()


def test_a_wheel_that_hangs_or_is_none(tmp_path: Path, real_wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_llama, "_CHECK_SECONDS", 0.5)
    with pytest.raises(InfrastructureError, match=r"no tokens within 0\.5 s"):
        Builder(tmp_path, None, Shelf(real_wheel, "import time; time.sleep(60)")).wheel("k", (BAD,))

    def rubbish(_recipe: Recipe, folder: Path, _log: Path) -> Path:
        (folder / NAME).write_text("rubbish")
        return folder / NAME

    with pytest.raises(InfrastructureError, match="not a wheel"):
        Builder(tmp_path, None, rubbish).wheel("k", (BAD,))


@pytest.fixture
def shelf_main(
    tmp_path: Path, real_wheel: Path, small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """`main` with the shelf for a compiler and the tests' weights."""
    monkeypatch.setattr(Builder.__init__, "__defaults__", (Shelf(real_wheel),))
    monkeypatch.setattr(Shelf, "__call__", lambda self, _recipe, folder, _log: shutil.copy(self.good, folder / NAME))
    monkeypatch.setattr(build_llama, "small_weights", lambda: small_model)
    return lambda *arguments: main(["--cache", str(tmp_path), *arguments])


def test_the_command_prints_the_path(shelf_main: Callable[..., int], capfd: pytest.CaptureFixture[str]) -> None:
    assert shelf_main() == 0
    assert capfd.readouterr().out.strip().endswith(NAME)


def test_install_hands_the_wheel_to_pip(
    shelf_main: Callable[..., int], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # pip installs into a folder of the test; what it says about our toy of a wheel (no metadata) is its own.
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "target"))
    assert shelf_main("--install") == 1
    assert "pip could not install" in capfd.readouterr().err


def test_no_compiler_is_exit_3(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert main(["--cache", str(tmp_path)]) == 3
    assert "error: no C++ compiler (no-such-compiler)" in capfd.readouterr().err


def test_weights_are_fetched_or_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], small_model: Path
) -> None:
    assert small_weights() == small_model
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder().is_relative_to(tmp_path)
    (tmp_path / "hi-moe").write_text("a file where the folder should be")
    assert small_weights() is None
    assert "to try the build with" in capfd.readouterr().err
    assert os.environ["XDG_CACHE_HOME"] == str(tmp_path)
