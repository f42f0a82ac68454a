"""Resource limits of a process in the form that the kernel takes them."""

import resource
from math import ceil

from sandbox.groups import UNREAPED
from sandbox.types import Limits

MIB = 1 << 20
Bound = tuple[int, int, int]
"""Resource, soft and hard limit."""
_OPEN_FILES = 64
_OURS = 3
"""Processes in the sandbox besides the threads that a program starts: bubblewrap, the supervisor, the program."""
_SUPERVISOR_BYTES = 32 * MIB
_COPIES = 3
"""Of what a process printed, while its supervisor puts it together."""
_COMPILER_OPEN_FILES = 256
COMPILER_CPU_SECONDS = 10
"""CPU time of each process of a compiler; including every header of the C++ library takes 1.4 s."""
COMPILER_WALL_SECONDS = 30.0
COMPILER_MEMORY_MIB = 1024
COMPILER_FILE_MIB = 64
"""Largest file that it may write, and that may come out; a static C++ program of a contest has 2 MiB."""


def of_program(limits: Limits, own_threads: int = 0) -> list[Bound]:
    """What bounds a program apart from its memory. `own_threads` are those that its interpreter starts by itself.

    The stack has no bound of its own, as on a contest's judge: what bounds memory bounds it too, and a thread then gets
    2 MiB of stack instead of as much as the first one may have.
    """
    # Only a second bound, and a loose one, because it counts ticks: the supervisor keeps the first, see there.
    cpu = ceil(2 * limits.cpu_seconds)
    files = limits.file_mib * MIB
    return [
        _within(resource.RLIMIT_CPU, cpu + 1, soft=cpu),
        _within(resource.RLIMIT_FSIZE, files),
        _within(resource.RLIMIT_NPROC, limits.threads + own_threads + _OURS),
        *_common(_OPEN_FILES),
    ]


def of_compiler(limits: Limits) -> list[Bound]:
    """What bounds each process of a compiler; of `limits` only the number of processes counts."""
    return [
        _within(resource.RLIMIT_CPU, COMPILER_CPU_SECONDS + 1, soft=COMPILER_CPU_SECONDS),
        _within(resource.RLIMIT_FSIZE, COMPILER_FILE_MIB * MIB),
        _within(resource.RLIMIT_NPROC, limits.processes + _OURS),
        *_common(_COMPILER_OPEN_FILES),
        address_space(COMPILER_MEMORY_MIB),
    ]


def address_space(mib: int) -> Bound:
    """Everything that is mapped, touched or not."""
    return _within(resource.RLIMIT_AS, mib * MIB)


def data(mib: int) -> Bound:
    """Private memory that can be written, touched or not; address space that is only reserved does not count."""
    return _within(resource.RLIMIT_DATA, mib * MIB)


def stack(mib: int) -> Bound:
    """The first thread's stack, and that of each thread which does not ask for another size."""
    return _within(resource.RLIMIT_STACK, mib * MIB)


def together(each: list[Bound], tmp_bytes: int, output_bytes: int) -> tuple[int, int]:
    """Bytes and tasks of a control group for a supervisor and what it starts: the bounds of one process, for all.

    On top of that memory, there are the files in `/tmp`, and the supervisor with what it has read of `output_bytes`.
    """
    hard = {kind: most for kind, _, most in each}
    memory = hard.get(resource.RLIMIT_DATA, hard[resource.RLIMIT_AS])
    return memory + tmp_bytes + _SUPERVISOR_BYTES + _COPIES * output_bytes, hard[resource.RLIMIT_NPROC] + UNREAPED


def has_any_stack() -> bool:
    """Whether this process may leave stacks without a bound of their own."""
    return resource.getrlimit(resource.RLIMIT_STACK)[1] == resource.RLIM_INFINITY


def _common(open_files: int) -> list[Bound]:
    return [
        _within(resource.RLIMIT_CORE, 0),
        _within(resource.RLIMIT_NOFILE, open_files),
        _within(resource.RLIMIT_STACK, resource.RLIM_INFINITY),
    ]


def _within(kind: int, hard: int, soft: int | None = None) -> Bound:
    """No limit above what this process may have itself: an ordinary user cannot lift it."""
    ceiling = resource.getrlimit(kind)[1]
    if ceiling != resource.RLIM_INFINITY:
        hard = ceiling if hard == resource.RLIM_INFINITY else min(hard, ceiling)
    return kind, hard if soft is None else min(soft, hard) if hard != resource.RLIM_INFINITY else soft, hard
