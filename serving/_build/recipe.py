"""What to compile for which processor and compiler: pure functions of what was found.

GCC 12 declares 8 of the 64 bytes that `_tile_loadconfig` reads, and dead-store elimination drops the other stores
before `ldtilecfg`: on a CPU with AMX a native build crashes at the first decode. Without that pass AMX stays and works
(measured on a 2-core Xeon, batch of 16: 79 tokens/s with AMX this way, 64 without AMX, 103 with clang).
"""

import hashlib
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import which
from typing import NamedTuple

from hierarchy.errors import MissingComponent

VERSION = "0.3.36"
"""Of llama-cpp-python; `pyproject.toml` has the same."""
_BASE = (
    "-DGGML_NATIVE=ON",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_SERVER=OFF",
)
_KEEP_STORES = "-fno-tree-dse -fno-dse"
_NO_AMX = "-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"


class Cpu(NamedTuple):
    """A processor by what a native build depends on."""

    architecture: str
    model: str
    features: tuple[str, ...]
    """Sorted, in the kernel's spelling."""

    @property
    def has_amx(self) -> bool:
        """Whether it has tile registers, which llama.cpp then uses."""
        return "amx_tile" in self.features


class Compiler(NamedTuple):
    """A C++ compiler: its path, `gcc` or `clang`, its major version, and the line in which it names itself."""

    path: str
    kind: str
    major: int
    line: str


class Recipe(NamedTuple):
    """One way to compile: its name and the arguments for CMake."""

    name: str
    cmake: tuple[str, ...]


def read_cpu(cpuinfo: str, architecture: str) -> Cpu:
    """The processor that the text of `/proc/cpuinfo` describes."""

    def field(*names: str) -> str:
        found = re.search(rf"^({'|'.join(names)})\s*:\s*(.*)$", cpuinfo, re.MULTILINE | re.IGNORECASE)
        return found.group(2).strip() if found else ""

    features = field("flags", "features").split()
    return Cpu(architecture, field("model name", "cpu part") or architecture, tuple(sorted(set(features))))


def find_compiler(environment: Mapping[str, str], find: Callable[[str], str | None] = which) -> Compiler:
    """The compiler that CMake will take: `CXX`, or the system's. Raises MissingComponent."""
    wanted = [environment["CXX"]] if environment.get("CXX") else ["c++", "g++", "clang++"]
    path = next((found for name in wanted if (found := find(name))), None)
    if path is None:
        raise MissingComponent(
            f"no C++ compiler ({', '.join(wanted)}) to build llama.cpp with: apt-get install -y g++ (as root), "
            "then again: python -m serving.build_llama --install"
        )
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return parse_compiler(path, said)


def parse_compiler(path: str, said: str) -> Compiler:
    """What `COMPILER --version` says, understood."""
    line = said.splitlines()[0] if said else ""
    version = re.search(r"(\d+)\.\d+", line)
    kind = "clang" if "clang" in line else "gcc"
    return Compiler(path, kind, int(version.group(1)) if version else 0, line)


def recipes(cpu: Cpu, compiler: Compiler) -> tuple[Recipe, ...]:
    """The ways to try, best first; the next one is for a build that crashes."""
    native = Recipe("native", _BASE)
    if not cpu.has_amx:
        return (native,)
    # On both languages: AMX code is C++, but the macros that switch it on are seen by both.
    without = Recipe("without AMX", (*_BASE, f"-DCMAKE_C_FLAGS={_NO_AMX}", f"-DCMAKE_CXX_FLAGS={_NO_AMX}"))
    if compiler.kind == "clang":
        return (native, without)
    kept = Recipe("AMX, dead stores kept", (*_BASE, f"-DCMAKE_CXX_FLAGS={_KEEP_STORES}"))
    return (kept, without) if compiler.major < 13 else (native, kept, without)


def key(cpu: Cpu, compiler: Compiler, ways: tuple[Recipe, ...], python: str) -> str:
    """The name of a build: whatever changes the wheel changes it."""
    text = json.dumps([VERSION, cpu, compiler.line, ways, python])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def this_cpu() -> Cpu:
    """The processor of this machine."""
    path = Path("/proc/cpuinfo")
    return read_cpu(path.read_text(encoding="utf-8", errors="replace") if path.is_file() else "", this_platform())


def this_platform() -> str:
    """Such as `linux-x86_64`."""
    return sysconfig.get_platform()


def this_python() -> str:
    """Such as `cpython-311`."""
    return f"{sys.implementation.name}-{sys.version_info.major}{sys.version_info.minor}"
