"""Which distributions a program may import, and what comes with them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.packages import PackageMissing, find_packages
from sandbox.run import Run
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Program

LIMITS = Limits(cpu_seconds=5.0, wall_seconds=30.0, memory_mib=512)
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a distribution with one module of its name on the path of this interpreter."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str, *requires: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        lines = [
            "Metadata-Version: 2.1",
            f"Name: {name}",
            "Version: 1.0",
            *(f"Requires-Dist: {one}" for one in requires),
        ]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        (info / "RECORD").write_text(f"{name}.py,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n../../bin/{name},,\n")
        (tmp_path / f"{name}.py").write_text("")

    return make


def shown(*names: str) -> set[str]:
    return {name.removesuffix(".py") for _, name in find_packages(names).entries if not name.endswith(".dist-info")}


def test_packages_are_found_with_what_they_show() -> None:
    found = find_packages(["numpy"])
    assert found.modules == ("numpy",)
    assert {name for _, name in found.entries} >= {"numpy", "numpy.libs"}


def test_what_a_package_needs_is_shown_and_so_on(install: Install) -> None:
    install("tiny_a", "tiny-b>=1")
    install("tiny_b", "tiny_c ; python_version >= '3.11'")
    install("tiny_c", "tiny_a")
    found = find_packages(["tiny-a"])
    assert shown("tiny-a") == {"tiny_a", "tiny_b", "tiny_c"}
    assert (found.names, found.modules) == (("tiny-a",), ("tiny_a",))


def test_what_is_needed_elsewhere_only_is_not_looked_for(install: Install) -> None:
    install("tiny_a", "tiny_b ; sys_platform == 'win32'", "tiny_c ; extra == 'fast'")
    assert shown("tiny_a") == {"tiny_a"}


def test_an_extra_that_a_package_asks_for_is_followed(install: Install) -> None:
    install("tiny_a", "tiny_b", "tiny_b[fast]")
    install("tiny_b", "tiny_c ; extra == 'fast'", "tiny_d ; extra == 'slow'")
    install("tiny_c")
    assert shown("tiny_a") == {"tiny_a", "tiny_b", "tiny_c"}


def test_missing_package_is_an_error_with_the_next_command() -> None:
    with pytest.raises(PackageMissing, match=r"^the package 'tiny_x' is not installed here; pip install tiny_x$"):
        find_packages(["tiny_x"])
    with pytest.raises(PackageMissing, match="the package '' is not installed here"):
        find_packages([""])


def test_missing_dependency_is_named_with_the_package_that_needs_it(install: Install) -> None:
    install("tiny_a", "tiny-x>=2")
    words = "^the package 'tiny-x', which 'tiny_a' needs, is not installed here; pip install tiny-x$"
    with pytest.raises(PackageMissing, match=words):
        find_packages(["tiny_a"])


def test_requirement_that_nobody_can_read_is_an_error(install: Install) -> None:
    install("tiny_a", "tiny b !")
    with pytest.raises(PackageMissing, match=r"^the package 'tiny_a' needs 'tiny b !', which names nothing"):
        find_packages(["tiny_a"])


def test_one_text_is_not_taken_for_a_list_of_letters() -> None:
    with pytest.raises(TypeError, match=r"^packages='numpy' is one text .*; write packages=\['numpy'\]$"):
        find_packages("numpy")


async def test_package_with_dependencies_can_be_imported_in_the_pool_and_one_shot() -> None:
    source = "import pytest\ndef f(): return pytest.approx(1.0) == 1.0"
    async with Sandbox(LIMITS, packages=["pytest"], max_parallel=1) as box:
        opened = await box.opened()
        assert opened.notice == ""
        for tier in ("pool", "one-shot"):
            run = Run([t for t in opened.tiers if t.name == tier], source, [Call("f")], LIMITS, box._packages.path)
            execution = await run.execute()
            assert (execution.detail, execution.isolation) == ("", tier)
            assert execution.results[0].value is True


async def test_other_packages_stay_out() -> None:
    async with Sandbox(LIMITS, packages=["iniconfig"], max_parallel=1) as box:
        assert (await box.run(Program("import iniconfig"), [])).status == "ok"
        assert "ModuleNotFoundError" in (await box.run(Program("import pytest"), [])).detail
