"""JavaScript on Node.js, as contests run it: a script that reads its standard input, or a module that uses `import`.

V8 reserves far more address space than it uses, so what bounds memory is `RLIMIT_DATA`: private memory that can be
written, buffers included; the heap of objects has V8's own bound. Address space is bounded loosely on top, for native
code: what it can share with nobody but still map as shared is counted there alone.
"""

import re

from sandbox.languages import bounds
from sandbox.languages.bounds import Bound
from sandbox.languages.supervised import FOLDER
from sandbox.languages.toolchain import Needed, find
from sandbox.types import Limits

_OWN_MIB = 96
"""Writable memory of Node.js 20 itself: 18 MiB at start, 48 MiB for young objects, stacks of its own threads."""
_RESERVED_MIB = 2048
"""Address space that Node.js 20 reserves, 700 MiB at start, and as much again for workers and growth."""
_OWN_THREADS = 12
"""Seven at start and four more for file access; see `_FLAGS`."""
_STACK_KIB = 60_000
"""Depth of recursion that a program gets; V8's own default of 984 KiB ends a depth-first search of 10,000 steps."""
_BOUNDED_STACK_MIB = 8
"""Where stacks must have a bound, every thread of Node.js gets one of that size: then this is it."""
_STACK_RESERVE_KIB = 1024
_FLAGS = ("--no-addons", "--disable-wasm-trap-handler", "--v8-pool-size=4", "--no-warnings")
"""No native modules; no 8 GiB of reserved addresses per WebAssembly memory; a fixed number of threads."""
_MODULE = re.compile(r"^\s*(?:import\s*[\w{*\"']|export\s+[\w{*])", re.MULTILINE)
_ERROR = re.compile(r"^(?:Uncaught )?(?P<type>[A-Za-z_$][\w$]*)(?: \[\w+\])?: (?P<message>.*)$", re.MULTILINE)
_PLACE = re.compile(rf"{FOLDER}/main\.m?js:(\d+)")


class JavaScript:
    """See `language.Language`."""

    name = "JavaScript"
    artefact = ""
    memory_words = ("JavaScript heap out of memory", "Array buffer allocation failed", "Invalid array buffer length")

    def __init__(self, source: str) -> None:
        self._node = find(self.name, [Needed(("node", "nodejs"), "nodejs")])[0]
        module = "require(" not in source and _MODULE.search(source) is not None
        self.source_name = self.program_name = "main.mjs" if module else "main.js"

    def compile_command(self) -> list[str]:
        """Only reads the program: V8 compiles when it runs."""
        return [self._node, "--check", f"{FOLDER}/{self.source_name}"]

    def compiler_bounds(self, limits: Limits) -> list[Bound]:
        """As for a program that may use what a compiler may."""
        memory = bounds.COMPILER_MEMORY_MIB
        own = bounds.of_compiler(limits)[:-1]
        return [*own, bounds.data(memory), bounds.address_space(memory + _RESERVED_MIB)]

    def run_command(self, limits: Limits) -> list[str]:
        """Node.js with a heap of the memory limit."""
        stack = _STACK_KIB if bounds.has_any_stack() else (_BOUNDED_STACK_MIB << 10) - _STACK_RESERVE_KIB
        sizes = [f"--max-old-space-size={limits.memory_mib}", f"--stack-size={stack}"]
        return [self._node, *_FLAGS, *sizes, f"{FOLDER}/{self.program_name}"]

    def run_bounds(self, limits: Limits) -> list[Bound]:
        """Bounds of the program."""
        memory, stacks = limits.memory_mib + _OWN_MIB, []
        if not bounds.has_any_stack():
            memory += _BOUNDED_STACK_MIB * _OWN_THREADS
            stacks = [bounds.stack(_BOUNDED_STACK_MIB)]
        own = [*bounds.of_program(limits, _OWN_THREADS), *stacks]
        return [*own, bounds.data(memory), bounds.address_space(memory + _RESERVED_MIB)]

    def first_error(self, said: str) -> str:
        """The syntax error with its line."""
        place, error = _PLACE.search(said), _ERROR.search(said)
        message = error["message"] if error is not None else said.strip().partition("\n")[0]
        return f"line {place[1]}: {message}" if place is not None else message

    def too_large(self, program: bytes, limits: Limits) -> bool:
        """Never: a script is text."""
        return False

    def describe(self, code: int, said: str) -> tuple[str, str]:
        """Error type and message of an exit code: those of an exception that nobody caught, if one was printed."""
        error, place = _ERROR.search(said), _PLACE.search(said)
        if code != 1 or error is None:
            return "Exit", f"exit code {code}"
        return error["type"], error["message"] + (f" (line {place[1]})" if place is not None else "")
