"""What the parent tells a supervisor and how the supervisor answers: one frame per finished process.

The supervisor's standard output is the channel. No program holds it, so unlike a Python run's messages these cannot be
forged. Shipped into the sandbox, hence without `typing`.
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypedDict

    class Work(TypedDict):
        """The same program, once per input. Plain data: it travels by `marshal`."""

        arguments: list[str]
        environment: dict[str, str]
        inputs: list[bytes]
        """Standard input of each process."""
        bounds: list[tuple[int, int, int]]
        """Resource, soft and hard limit of each process, set in this order."""
        cpu_seconds: float
        """Killed after it, all threads together; 0 for no such limit."""
        output_bytes: int
        """Most that one process may print."""
        error_head_bytes: int
        """How much of the start of its standard error is kept, besides the end."""
        rules: list[bytes]
        """System call filters of the program on top of the supervisor's."""
        artefact: str
        """File that a successful process leaves and that is sent after it; empty for none."""
        artefact_bytes: int
        go: int
        """Descriptor on which the parent says that the work may begin."""


HEADER = struct.Struct("=cBiqqQQ")
"""Kind, flags, wait status or `errno`, CPU microseconds, peak of resident memory in KiB, and the lengths of the two
byte strings that follow: standard output and standard error."""
STARTED, ENDED, NOT_EXECUTED, ARTEFACT = b"S", b"E", b"X", b"A"
OVER_OUTPUT, OVER_CPU = 1, 2
"""Flags: it printed more than it may (the artefact is longer than it may be), it used more CPU time than it may; it was
killed for it."""
ERROR_TAIL_BYTES = 8192
STDIN_FILE = "/tmp/stdin"  # noqa: S108 - inside, where /tmp is new
"""Where the standard input lies, for programs that open `/dev/stdin` by name."""
