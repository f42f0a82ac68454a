"""C++ as contests compile it: GCC, C++20 with GNU extensions, `-O2`, `ONLINE_JUDGE` defined.

The bound of memory is address space, exact because a program is one process: what it allocates counts, touched or not.
"""

import re
import struct
from collections.abc import Iterator

from sandbox.languages import bounds
from sandbox.languages.bounds import Bound
from sandbox.languages.supervised import FOLDER
from sandbox.languages.toolchain import Needed, find
from sandbox.types import Limits

_OWN_MIB = 16
"""Address space of the C and C++ libraries, 6 MiB, with room for a buffer of each stream."""
_FLAGS = ("-x", "c++", "-std=gnu++20", "-O2", "-DONLINE_JUDGE", "-pipe", "-w")
"""`ONLINE_JUDGE` makes programs read the standard input that would open a file on their author's machine."""
_PLAIN = ("-fmax-errors=1", "-fno-diagnostics-show-caret", "-fdiagnostics-color=never", "-fmessage-length=0")
_ERROR = re.compile(
    r"^(?P<file>[^\s:][^:\n]*):(?P<line>\d+)(?::\d+)?: (?:error|fatal error|Error|Fatal error): (?P<message>.+)$",
    re.MULTILINE,
)
"""The compiler writes small letters, the assembler capitals."""
_LINKER = re.compile(r"(?:undefined reference to|multiple definition of|relocation truncated|cannot find) .*")
_CPU_WORDS = ("CPU time limit exceeded", "Killed signal")
_FILE_WORDS = ("File size limit exceeded", "File too large", "No space left")
_MEMORY_WORDS = ("out of memory", "memory exhausted", "Cannot allocate memory", "bad_alloc")
_LOAD = 1


class Cpp:
    """See `language.Language`."""

    name = "C++"
    source_name = "main.cpp"
    artefact = "/tmp/main"  # noqa: S108 - inside
    program_name = "main"
    memory_words = ("std::bad_alloc", "std::bad_array_new_length")

    def __init__(self) -> None:
        needed = [Needed(("g++",), "g++"), Needed(("as",), "binutils"), Needed(("ld",), "binutils")]
        self._compiler = find(self.name, needed)[0]

    def compile_command(self) -> list[str]:
        """Run where the source is, so that messages name only it."""
        return [self._compiler, *_FLAGS, *_PLAIN, "-o", self.artefact, f"{FOLDER}/{self.source_name}"]

    def accept(self, said: str) -> None:
        """Warnings change nothing."""

    def compiler_bounds(self, limits: Limits) -> list[Bound]:
        """Bounds of each process of the compiler."""
        return bounds.of_compiler(limits)

    def run_command(self, limits: Limits) -> list[str]:
        """The program by itself."""
        return [f"{FOLDER}/{self.program_name}"]

    def run_bounds(self, limits: Limits) -> list[Bound]:
        """Bounds of the program."""
        return [*bounds.of_program(limits), bounds.address_space(limits.memory_mib + _OWN_MIB)]

    def first_error(self, said: str) -> str:
        """The first error of the compiler, the assembler or the linker, or which limit it met, without a path."""
        found = _ERROR.search(said)
        if found is not None:
            message = _without_paths(found["message"])
            name = found["file"].rpartition("/")[2]
            return f"line {found['line']}: {message}" if name == self.source_name else f"{name.strip('{}')}: {message}"
        for words, limit in (
            (_CPU_WORDS, f"{bounds.COMPILER_CPU_SECONDS} CPU seconds"),
            (_FILE_WORDS, f"{bounds.COMPILER_FILE_MIB} MiB of output"),
            (_MEMORY_WORDS, f"{bounds.COMPILER_MEMORY_MIB} MiB of memory"),
        ):
            if any(word in said for word in words):
                return f"the compiler used more than {limit}"
        found = _LINKER.search(said)
        return _without_paths(found.group() if found is not None else said.strip().partition("\n")[0])

    def too_large(self, program: bytes, limits: Limits) -> bool:
        """Whether its global variables alone exceed the memory limit: the kernel would kill it before it starts."""
        return sum(_segment_bytes(program)) > (limits.memory_mib + _OWN_MIB) * bounds.MIB

    def describe(self, code: int, said: str) -> tuple[str, str]:
        """Error type and message of an exit code."""
        return "Exit", f"exit code {code}"


def _segment_bytes(program: bytes) -> Iterator[int]:
    """Memory size of each loaded segment of a 64-bit ELF file (`elf.h`), read as the untrusted bytes it is."""
    if len(program) < 64 or program[:5] != b"\x7fELF\x02":
        return
    start, (size, count) = *struct.unpack_from("<Q", program, 32), struct.unpack_from("<HH", program, 54)
    for place in range(start, start + size * count, max(size, 1)):
        if place + 56 <= len(program) and struct.unpack_from("<I", program, place)[0] == _LOAD:
            yield struct.unpack_from("<Q", program, place + 40)[0]


def _without_paths(text: str) -> str:
    return re.sub(r"/(?:[\w.+-]+/)+", "", text)
