"""The code that goes into a sandbox: compiled once, handed over in memory, nothing of ours on the disk there."""

import fcntl
import marshal
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import CodeType

BOOTSTRAP = """
import marshal, sys, types
with open(int(sys.argv[1]), "rb") as payload:
    codes, request = marshal.load(payload)
modules = {}
for name, code in codes:
    modules[name] = sys.modules[name] = module = types.ModuleType(name)
    package, _, short = name.rpartition(".")
    if package:
        setattr(modules[package], short, module)
    exec(code, module.__dict__)
for name in modules:
    del sys.modules[name]
main = module.main
del code, codes, modules, module, package, payload, name, short
main(request)
"""
"""What `python -c` runs: loads the shipped modules, takes them off `sys.modules` and calls `main` of the last one."""


@dataclass(frozen=True)
class Shipment:
    """Modules of this room as code objects without a path of this machine in them."""

    codes: tuple[tuple[str, CodeType], ...]

    @classmethod
    def of(cls, *names: str) -> "Shipment":
        """Compile the modules `names`, each after those that it imports; their packages come along empty."""
        codes: dict[str, CodeType] = {}
        for name in names:
            parts = name.split(".")
            for length in range(1, len(parts)):
                codes.setdefault(".".join(parts[:length]), compile("", "<package>", "exec"))
            codes[name] = compile(_source(name), f"<{name}>", "exec")
        return cls(tuple(codes.items()))

    def pack(self, request: Mapping[str, object]) -> bytes:
        """The payload for one process, as `BOOTSTRAP` unpacks it."""
        return marshal.dumps((self.codes, dict(request)))


def interpreter_flags() -> Sequence[str]:
    """Flags of the isolated interpreter: no site, no user's folder, no path of the script, UTF-8.

    Not `-I`, which would ignore `PYTHONHASHSEED`: the environment holds nothing but what `Launcher` puts there, and a
    fixed seed gives a program that depends on the order of a set the same verdict every time.
    """
    return ("-P", "-s", "-S", "-X", "utf8")


@contextmanager
def sealed_file(content: bytes) -> Iterator[int]:
    """A file in memory that nobody can change, positioned at its start."""
    descriptor = os.memfd_create("hi-moe", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        yield descriptor
    finally:
        os.close(descriptor)


def _source(name: str) -> str:
    return Path(str(import_module(name).__file__)).read_text(encoding="utf-8")
