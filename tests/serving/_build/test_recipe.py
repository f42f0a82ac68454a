"""Which flags for which processor and compiler."""

import stat
from pathlib import Path

import pytest

from hierarchy.errors import MissingComponent
from serving._build.recipe import (
    Compiler,
    Cpu,
    find_compiler,
    key,
    parse_compiler,
    read_cpu,
    recipes,
    this_cpu,
    this_python,
)

ZEN = Cpu("linux-x86_64", "AMD EPYC", ("avx2", "avx512f"))
SAPPHIRE = Cpu("linux-x86_64", "Xeon", ("amx_bf16", "amx_int8", "amx_tile", "avx512f"))
GCC_12 = Compiler("/usr/bin/c++", "gcc", 12, "c++ (Debian 12.2.0-14) 12.2.0")
GCC_14 = GCC_12._replace(major=14, line="c++ (GCC) 14.1.0")
CLANG = Compiler("/usr/bin/clang++", "clang", 16, "Debian clang version 16.0.6")


@pytest.mark.parametrize(
    ("cpu", "compiler", "names"),
    [
        (ZEN, GCC_12, ["native"]),
        (ZEN, CLANG, ["native"]),
        (SAPPHIRE, GCC_12, ["AMX, dead stores kept", "without AMX"]),
        (SAPPHIRE, GCC_14, ["native", "AMX, dead stores kept", "without AMX"]),
        (SAPPHIRE, CLANG, ["native", "without AMX"]),
    ],
)
def test_ways_to_try_in_order(cpu: Cpu, compiler: Compiler, names: list[str]) -> None:
    assert [recipe.name for recipe in recipes(cpu, compiler)] == names


def test_flags() -> None:
    kept, without = recipes(SAPPHIRE, GCC_12)
    assert "-DGGML_NATIVE=ON" in kept.cmake
    assert "-DCMAKE_CXX_FLAGS=-fno-tree-dse -fno-dse" in kept.cmake
    assert "-DCMAKE_CXX_FLAGS=-mno-amx-tile -mno-amx-int8 -mno-amx-bf16" in without.cmake
    assert all(flag.startswith("-D") for recipe in (kept, without) for flag in recipe.cmake)


def test_the_key_changes_with_everything_that_changes_the_wheel() -> None:
    def name(cpu: Cpu = ZEN, compiler: Compiler = GCC_12, python: str = "cpython-311") -> str:
        return key(cpu, compiler, recipes(cpu, compiler), python)

    keys = [
        name(),
        name(cpu=ZEN._replace(model="AMD EPYC 9")),
        name(cpu=ZEN._replace(features=("avx2",))),
        name(cpu=ZEN._replace(architecture="linux-aarch64")),
        name(compiler=GCC_12._replace(line="c++ 12.3.0")),
        name(python="cpython-312"),
        key(ZEN, GCC_12, recipes(SAPPHIRE, GCC_12), "cpython-311"),
    ]
    assert len(set(keys)) == len(keys)
    assert name() == keys[0]


def test_cpuinfo_is_read() -> None:
    text = "processor\t: 0\nmodel name\t: Xeon\nflags\t\t: fpu amx_tile avx2\n\nprocessor\t: 1\nmodel name\t: Xeon\n"
    cpu = read_cpu(text, "linux-x86_64")
    assert cpu == Cpu("linux-x86_64", "Xeon", ("amx_tile", "avx2", "fpu"))
    assert cpu.has_amx
    assert not read_cpu("Features : asimd\nCPU part : 0xd0c\n", "linux-aarch64").has_amx
    assert read_cpu("", "macosx-arm64") == Cpu("macosx-arm64", "macosx-arm64", ())
    assert this_cpu().architecture
    assert this_python().startswith("cpython-3")


@pytest.mark.parametrize(
    ("said", "kind", "major"),
    [
        ("c++ (Debian 12.2.0-14+deb12u1) 12.2.0\nCopyright", "gcc", 12),
        ("Debian clang version 16.0.6 (15~deb12u1)\nTarget", "clang", 16),
        ("", "gcc", 0),
    ],
)
def test_a_compiler_names_itself(said: str, kind: str, major: int) -> None:
    assert parse_compiler("/usr/bin/c++", said)[1:3] == (kind, major)


def test_the_compiler_of_the_environment_is_taken(tmp_path: Path) -> None:
    mine = tmp_path / "mycc"
    mine.write_text("#!/bin/sh\necho clang version 17.0.1\n")
    mine.chmod(mine.stat().st_mode | stat.S_IXUSR)
    assert find_compiler({"CXX": str(mine)}) == Compiler(str(mine), "clang", 17, "clang version 17.0.1")


def test_no_compiler_names_the_package() -> None:
    with pytest.raises(
        MissingComponent, match=r"no C\+\+ compiler \(c\+\+, g\+\+, clang\+\+\).*apt-get install -y g\+\+"
    ):
        find_compiler({}, find=lambda _: None)
