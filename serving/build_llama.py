"""`python -m serving.build_llama [--install]`: llama-cpp-python compiled for this CPU, once.

The package index has no wheel of it, and one compiled elsewhere would miss this CPU's instructions or use some that it
lacks. The wheel is kept in the platform's cache folder under a key made of CPU, compiler, Python and flags; it is tried
in a child process with a few real tokens before it is kept, because a build that crashes must not take its user down.
Needs nothing but hi-moe's core dependencies and a C++ compiler.
"""

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hierarchy.base import Frozen
from hierarchy.errors import HiMoeError, InfrastructureError, MissingComponent, UsageError
from serving._build import check
from serving._build.compile import compile_wheel
from serving._build.recipe import Recipe, find_compiler, key, recipes, this_cpu, this_python

SMALL_MODEL = "smollm2-135m-instruct-q4_1"
"""What a build is tried with."""
_CHECK_SECONDS = 300

Compile = Callable[[Recipe, Path, Path], Path]
"""Recipe, folder for the wheel, log file: the wheel."""


class Trial(NamedTuple):
    """How a build did: `crash` names the signal that killed it, `note` says what was tried or went wrong."""

    ok: bool
    tried: bool
    """Whether tokens were decoded, not only the library loaded."""
    note: str


class Record(Frozen):
    """What stands beside a kept wheel (`wheel.json`)."""

    file: str
    sha256: str
    recipe: str
    tried: bool
    note: str


class Builder:
    """The cache of wheels in `folder`. `weights`: a GGUF file to try builds with, None if there is none."""

    def __init__(self, folder: Path, weights: Path | None, compile_one: Compile = compile_wheel) -> None:
        self._folder = folder
        self._weights = weights
        self._compile = compile_one

    def wheel(self, name: str, ways: tuple[Recipe, ...]) -> Path:
        """The wheel of the key `name`, kept or compiled now. Raises InfrastructureError when no way works."""
        from filelock import FileLock

        home = self._folder / name
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / f"{name}.lock"):
            return self._kept(home) or self._made(home, ways)

    def _kept(self, home: Path) -> Path | None:
        """The wheel in the cache, if it is whole; one that could not be tried when it was made is tried now."""
        try:
            record = Record.model_validate_json((home / "wheel.json").read_bytes())
            path = home / record.file
            whole = _sha256(path) == record.sha256
        except (OSError, ValueError):
            return None
        if not whole:
            _say(f"the wheel {str(path)!r} was altered; building it again")
            return None
        if not record.tried and self._weights is not None:
            trial = self._try(path)
            if not trial.ok:
                _say(f"the wheel {str(path)!r} does not work ({trial.note}); building it again")
                return None
            _write(home, record.model_copy(update={"tried": trial.tried, "note": trial.note}))
        return path

    def _made(self, home: Path, ways: tuple[Recipe, ...]) -> Path:
        failures = []
        for number, recipe in enumerate(ways):
            with TemporaryDirectory(dir=home, prefix="build-") as folder:
                made = self._compile(recipe, Path(folder), home / f"build-{number}.log")
                trial = self._try(made)
                _say(f"{made.name} ({recipe.name}): {trial.note}")
                if trial.ok:
                    path = home / made.name
                    made.replace(path)
                    _write(
                        home,
                        Record(
                            file=path.name,
                            sha256=_sha256(path),
                            recipe=recipe.name,
                            tried=trial.tried,
                            note=trial.note,
                        ),
                    )
                    return path
                failures.append(f"{recipe.name}: {trial.note}")
        raise InfrastructureError(
            f"llama.cpp was compiled but does not work on this CPU ({'; '.join(failures)}); logs are in {str(home)!r}; "
            "try another compiler: CXX=clang++ CC=clang python -m serving.build_llama --install"
        )

    def _try(self, wheel: Path) -> Trial:
        """Unpack and run it in a child process."""
        with TemporaryDirectory(prefix="hi-moe-try-") as folder:
            try:
                with zipfile.ZipFile(wheel) as archive:
                    archive.extractall(folder)
            except zipfile.BadZipFile as error:
                return Trial(False, False, f"not a wheel: {error}")
            command = [sys.executable, check.__file__, folder, *([str(self._weights)] if self._weights else [])]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=_CHECK_SECONDS, check=False)
            except subprocess.TimeoutExpired:
                return Trial(False, True, f"no tokens within {_CHECK_SECONDS} s")
        if done.returncode < 0:
            return Trial(False, True, f"it crashed ({signal.Signals(-done.returncode).name})")
        if done.returncode > 0:
            last = next(iter(done.stderr.strip().splitlines()[-1:]), "no reason given")
            return Trial(False, True, last)
        said = json.loads(done.stdout)
        if "tokens" in said:
            return Trial(True, True, f"decodes ({len(said['tokens'])} tokens tried)")
        return Trial(True, False, f"loads; no weights to try tokens with (hi-moe models pull {SMALL_MODEL})")


def default_folder() -> Path:
    """`wheels` in the platform's cache folder of hi-moe."""
    from platformdirs import user_cache_path

    return user_cache_path("hi-moe") / "wheels"


def small_weights() -> Path | None:
    """Weights to try a build with, fetched (98 MB) if they are not here; None where they cannot be had."""
    from serving.models import ModelStore

    store = ModelStore()
    try:
        return store.path(SMALL_MODEL)
    except MissingComponent:
        _say(f"fetching {SMALL_MODEL} (98 MB), to try the build with")
    try:
        return store.pull(SMALL_MODEL)
    except (MissingComponent, InfrastructureError) as error:
        _say(str(error))
        return None


def main(arguments: list[str] | None = None) -> int:
    """Build or find the wheel; its path goes to stdout, notes to stderr. 0, 2 (usage), 3 (missing), 1 (else)."""
    parser = argparse.ArgumentParser(prog="python -m serving.build_llama", description="Build llama.cpp for this CPU.")
    parser.add_argument("--cache", type=Path, help="folder of the wheels; by default in the platform's cache folder")
    parser.add_argument("--install", action="store_true", help="install the wheel into this Python's environment")
    asked = parser.parse_args(arguments)
    try:
        cpu = this_cpu()
        compiler = find_compiler(os.environ)
        ways = recipes(cpu, compiler)
        name = key(cpu, compiler, ways, this_python())
        wheel = Builder(asked.cache or default_folder(), small_weights()).wheel(name, ways)
        if asked.install:
            install(wheel)
    except HiMoeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 3 if isinstance(error, MissingComponent) else 1
    except OSError as error:
        print(f"error: the wheel cannot be kept: {error}; free some space, or: --cache FOLDER", file=sys.stderr)
        return 4
    print(wheel)
    return 0


def install(wheel: Path) -> None:
    """Install without dependencies (hi-moe's extra `embedded` names them). Raises InfrastructureError."""
    # Forced: an installed one of the same version may have been compiled for another CPU.
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--force-reinstall"]
    done = subprocess.run([*command, "--quiet", str(wheel)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = next(iter(done.stderr.strip().splitlines()[-1:]), "no reason given")
        raise InfrastructureError(f"pip could not install {str(wheel)!r}: {last}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(home: Path, record: Record) -> None:
    """Last, and at once: a wheel without its record does not count."""
    part = home / "wheel.json.part"
    part.write_text(record.model_dump_json(indent=1), encoding="utf-8")
    part.replace(home / "wheel.json")


if __name__ == "__main__":
    sys.exit(main())
