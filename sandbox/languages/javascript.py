"""JavaScript on Node.js, as contests run it: a script that reads its standard input, or a module that uses `import`.

Which of the two a program is, V8 says: what is no script and is a module is one, as newer versions of Node.js have it.
Words of the text would not do: `import` may stand in a comment, and a module may call a function `require`.

V8 reserves far more address space than it uses, so what bounds memory is `RLIMIT_DATA`: private memory that can be
written, buffers included; the heap of objects has V8's own bound. Address space is bounded loosely on top, for native
code: what it can share with nobody but still map as shared is counted there alone.

What Node.js maps before a program begins, and which options it knows, differs between its versions: it is asked, once.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache

from sandbox.languages import bounds
from sandbox.languages.bounds import Bound
from sandbox.languages.supervised import FOLDER
from sandbox.languages.toolchain import Needed, ToolchainMissing, find
from sandbox.types import Limits

_OWN_MIB = 96
"""Writable memory of Node.js itself: 18 MiB at start, 48 MiB for young objects, stacks of its own threads."""
_RESERVED_MIB = 2048
"""Address space that Node.js reserves, up to 760 MiB at start, and as much again for workers and growth."""
_OWN_THREADS = 12
"""Seven at start and four more for file access; see `_FLAGS`."""
_STACK_KIB = 60_000
"""Depth of recursion that a program gets; V8's own default of 984 KiB ends a depth-first search of 10,000 steps."""
_BOUNDED_STACK_MIB = 8
"""Where stacks must have a bound, every thread of Node.js gets one of that size: then this is it."""
_STACK_RESERVE_KIB = 1024
_FLAGS = ("--no-addons", "--v8-pool-size=4", "--no-warnings")
"""No native modules; a fixed number of threads."""
_CHECKED_WASM = "--disable-wasm-trap-handler"
"""No 8 GiB of reserved addresses per WebAssembly memory. Node.js has it from 20.15 and 22.2 on."""
_OLDEST = 18
_QUESTION = f"""
const maps = require("fs").readFileSync("/proc/self/maps", "latin1");
let code = 0;
for (const [, start, end] of maps.matchAll(/^(\\w+)-(\\w+) rwxp/gm)) code += parseInt(end, 16) - parseInt(start, 16);
const knows = process.allowedNodeEnvironmentFlags.has("{_CHECKED_WASM}");
console.log(JSON.stringify([process.version, knows, code]));
"""
_ANSWER_SECONDS = 30
_CHECK = """
const path = process.argv[1];
const vm = require("vm"), source = require("fs").readFileSync(path, "utf8");
try {
  vm.compileFunction(source, ["exports", "require", "module", "__filename", "__dirname"], { filename: path });
} catch (asScript) {
  try {
    new vm.SourceTextModule(source, { identifier: path });
  } catch (asModule) {
    throw /\\bmodules?\\b|'export'/.test(asScript.message) ? asModule : asScript;
  }
  console.error("module");
}
"""
"""Reads a program as Node.js does, without running any of it. An error that nobody catches is printed with its line."""
_ERROR = re.compile(r"^(?:Uncaught )?(?P<type>[A-Za-z_$][\w$]*)(?: \[\w+\])?: (?P<message>.*)$", re.MULTILINE)
_PLACE = re.compile(rf"{FOLDER}/main\.m?js:(\d+)")


@dataclass(frozen=True)
class Node:
    """What one installed Node.js says of itself."""

    path: str
    flags: tuple[str, ...]
    """Options of a run."""
    code_mib: int
    """Memory that is both writable and executable from the start: room for compiled code, from Node.js 24 on. The
    kernel counts it with what a program allocates, although no program gets any of it."""


class JavaScript:
    """See `language.Language`."""

    name = "JavaScript"
    artefact = ""
    memory_words = (
        *("JavaScript heap out of memory", "Array buffer allocation failed", "Invalid array buffer length"),
        *("Fatal process out of memory", "Unable to grow instance memory"),
    )

    def __init__(self) -> None:
        path = find(self.name, [Needed(("node", "nodejs"), "nodejs")])[0]
        self._node = ask(path, os.stat(path).st_mtime_ns)
        self.source_name = self.program_name = "main.js"

    def compile_command(self) -> list[str]:
        """Only reads the program: V8 compiles when it runs."""
        path = f"{FOLDER}/{self.source_name}"
        return [self._node.path, "--experimental-vm-modules", "--no-warnings", "-e", _CHECK, path]

    def accept(self, said: str) -> None:
        """A module is known by the ending of its name."""
        if said.strip() == "module":
            self.program_name = "main.mjs"

    def compiler_bounds(self, limits: Limits) -> list[Bound]:
        """As for a program that may use what a compiler may."""
        memory = bounds.COMPILER_MEMORY_MIB + self._node.code_mib
        own = bounds.of_compiler(limits)[:-1]
        return [*own, bounds.data(memory), bounds.address_space(memory + _RESERVED_MIB)]

    def run_command(self, limits: Limits) -> list[str]:
        """Node.js with a heap of the memory limit."""
        stack = _STACK_KIB if bounds.has_any_stack() else (_BOUNDED_STACK_MIB << 10) - _STACK_RESERVE_KIB
        sizes = [f"--max-old-space-size={limits.memory_mib}", f"--stack-size={stack}"]
        return [self._node.path, *self._node.flags, *sizes, f"{FOLDER}/{self.program_name}"]

    def run_bounds(self, limits: Limits) -> list[Bound]:
        """Bounds of the program."""
        memory, stacks = limits.memory_mib + _OWN_MIB + self._node.code_mib, []
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


@cache
def ask(path: str, changed: int) -> Node:
    """Start the Node.js at `path` on this machine and ask it what a run of it needs; again when `changed` differs.

    Raises `ToolchainMissing` for one that does not answer, or is older than what programs are written for.
    """
    cause = ""
    try:
        # Trusted, as everything below `/usr`; without the caller's environment, which could load further code.
        asked = subprocess.run(
            [path, *_FLAGS, "-e", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            env={},
            timeout=_ANSWER_SECONDS,
            check=False,
        )
        said = asked.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        version, knows, code = json.loads(asked.stdout)
    except (OSError, subprocess.TimeoutExpired) as error:
        cause = f"{path!r} cannot be asked for its version: {error}"
    except ValueError:
        cause = f"{path!r} is no Node.js that can be used ({said or f'exit code {asked.returncode}'})"
    else:
        if int(version.lstrip("v").partition(".")[0]) < _OLDEST:
            cause = f"{path!r} is Node.js {version}, and what runs programs is {_OLDEST} or newer"
    if cause:
        raise ToolchainMissing(JavaScript.name, cause, f"install Node.js {_OLDEST} or newer below /usr") from None
    return Node(path, (*_FLAGS, _CHECKED_WASM) if knows else _FLAGS, -(-code // bounds.MIB))
