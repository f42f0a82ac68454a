"""The parent's side of a supervisor: start it in a sandbox, give it work, read how each process ended."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Self

from sandbox import seccomp
from sandbox.groups import Groups, Loan
from sandbox.languages import bounds, wire
from sandbox.launch import Launcher
from sandbox.process import chain_below, listen, started
from sandbox.shipment import Shipment, sealed_file

if TYPE_CHECKING:
    from sandbox.languages.wire import Work

FOLDER = "/program"
"""Where the files of a program are; read-only, as everything but `/tmp`."""
ENVIRONMENT = {"PATH": "/usr/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8"}  # noqa: S108 - inside
_MAX_NOISE = 4000


@dataclass(frozen=True)
class Ended:
    """How one process ended."""

    status: int
    """As `wait` tells it."""
    cpu_seconds: float
    """User and system time of the process and of its children that it waited for: exact, from its resource usage."""
    peak_bytes: int
    """Most resident memory."""
    output: bytes
    errors: bytes
    over_output: bool = False
    over_cpu: bool = False
    out_of_memory: bool | None = None
    """Killed because its control group was full; nothing where it had none."""
    not_executed: int | None = None
    """`errno` when the program could not be executed at all."""


@dataclass
class Answer:
    """What one supervisor said."""

    started: bool = False
    ended: list[Ended] = field(default_factory=list)
    """One per input, in order; fewer than there were inputs when one made the sandbox unfit."""
    artefact: bytes | None = None
    artefact_too_long: bool = False
    stopped: Literal["", "time_limit", "broken"] = ""
    out_of_memory: bool = False
    """The supervisor itself was killed because its control group was full."""
    noise: str = ""
    """What bubblewrap said, or the supervisor on its own failure."""
    exit_code: int | None = None


class Supervisors:
    """Starts supervisors; the launcher and the groups belong to the caller."""

    def __init__(self, launcher: Launcher, groups: Groups | None = None) -> None:
        self._launcher = launcher
        self._groups = groups
        self._shipment = Shipment.of("sandbox.linux", "sandbox.languages.wire", "sandbox.languages.supervisor")

    async def process(self, work: "Work", files: Mapping[str, bytes], tmp_bytes: int, deadline: float) -> Answer:
        """Run one supervisor with `files` (name in `FOLDER` to content) to its end, or until `deadline`.

        `tmp_bytes` is the size of `/tmp`; `deadline` is on the loop's clock, seconds. A cancellation ends the
        processes first. Raises `OSError` when nothing can be started.
        """
        if self._groups is None:
            return await self._run(work, files, tmp_bytes, deadline, None)
        with self._groups.lend(*bounds.together(work["bounds"], tmp_bytes, work["output_bytes"])) as group:
            return await self._run(work, files, tmp_bytes, deadline, group)

    async def _run(
        self, work: "Work", files: Mapping[str, bytes], tmp_bytes: int, deadline: float, group: Loan | None
    ) -> Answer:
        answer = Answer()

        def complain(data: bytes) -> None:
            answer.noise = (answer.noise + data.decode("utf-8", "replace"))[:_MAX_NOISE]

        async with self._started(work, files, tmp_bytes) as (process, go):
            with _Handle(process.pid, go, group) as handle:
                frames = Frames(answer, work, handle.begin, handle.ran_out_of_memory)

                def stop() -> None:
                    if answer.stopped:
                        handle.kill()

                try:
                    async with asyncio.timeout_at(deadline):
                        await asyncio.gather(
                            listen(process.stdout, frames.take, stop), listen(process.stderr, complain, lambda: None)
                        )
                        answer.exit_code = await process.wait()
                        answer.out_of_memory = answer.exit_code != 0 and bool(handle.ran_out_of_memory())
                except TimeoutError:
                    answer.stopped = answer.stopped or "time_limit"
        return answer

    @asynccontextmanager
    async def _started(
        self, work: "Work", files: Mapping[str, bytes], tmp_bytes: int
    ) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
        with contextlib.ExitStack() as opened:
            waits, go = os.pipe()
            for end in (waits, go):
                opened.callback(os.close, end)
            payload = opened.enter_context(sealed_file(self._shipment.pack({**work, "go": waits})))
            rules = opened.enter_context(sealed_file(seccomp.filter_program(processes=True)))
            mounts = ["--size", str(tmp_bytes), "--perms", "0700", "--tmpfs", "/tmp", "--chdir", "/tmp"]  # noqa: S108
            mounts += ["--symlink", wire.STDIN_FILE, "/dev/stdin"]
            inherited = [payload, rules, waits]
            for name, content in files.items():
                inherited.append(opened.enter_context(sealed_file(content)))
                mounts += ["--perms", "0555", "--file", str(inherited[-1]), f"{FOLDER}/{name}"]
            command = [*self._launcher.isolate(mounts), "--seccomp", str(rules), *self._launcher.interpreter(payload)]
            async with started(self._launcher, command, inherited, stdout=True) as process:
                yield process, go


class _Handle:
    """The supervisor itself, which every process of its sandbox dies with: also when a program stopped it."""

    def __init__(self, chain: int, go: int, group: Loan | None) -> None:
        self._chain = chain
        self._go = go
        self._group = group
        self._descriptor = -1

    def begin(self) -> None:
        """It waits for this word, the last of its chain. Raises `OSError` when it is dead."""
        pid = chain_below(self._chain)[-1]
        self._descriptor = os.pidfd_open(pid)
        if self._group is not None:
            self._group.add(pid)
        os.write(self._go, b"g")

    def ran_out_of_memory(self) -> bool | None:
        """Whether its group killed since the last call; nothing where it has none."""
        return None if self._group is None else self._group.ran_out_of_memory()

    def kill(self) -> None:
        """End it, once."""
        if self._descriptor >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()
        if self._descriptor >= 0:
            os.close(self._descriptor)


class Frames:
    """Takes the channel apart. It is ours, but its other end stands beside a hostile program: lengths are checked."""

    def __init__(
        self,
        answer: Answer,
        work: "Work",
        begin: Callable[[], object],
        ran_out_of_memory: Callable[[], bool | None] = lambda: None,
    ) -> None:
        self._answer = answer
        self._begin = begin
        self._ran_out_of_memory = ran_out_of_memory
        self._longest_output = max(work["output_bytes"], work["artefact_bytes"])
        self._longest_errors = work["error_head_bytes"] + wire.ERROR_TAIL_BYTES
        self._inputs = len(work["inputs"])
        self._rest = bytearray()

    def take(self, data: bytes) -> None:
        """Read every frame that is complete. After a stop nothing more is believed."""
        self._rest += data
        head = wire.HEADER.size
        while not self._answer.stopped and len(self._rest) >= head:
            kind, flags, status, cpu, peak, output, errors = wire.HEADER.unpack_from(self._rest)
            if output > self._longest_output or errors > self._longest_errors:
                self._answer.stopped = "broken"
                return
            end = head + output + errors
            if len(self._rest) < end:
                return
            body = bytes(self._rest[head:end])
            del self._rest[:end]
            over_output, over_cpu = bool(flags & wire.OVER_OUTPUT), bool(flags & wire.OVER_CPU)
            ended = Ended(status, cpu / 1e6, peak << 10, body[:output], body[output:], over_output, over_cpu)
            self._frame(kind, ended)

    def _frame(self, kind: bytes, ended: Ended) -> None:
        answer = self._answer
        if kind == wire.STARTED and not answer.started:
            answer.started = True
            self._begin()
        elif kind == wire.ENDED and len(answer.ended) < self._inputs:
            answer.ended.append(replace(ended, out_of_memory=self._ran_out_of_memory()) if ended.status else ended)
        elif kind == wire.NOT_EXECUTED and len(answer.ended) < self._inputs:
            answer.ended.append(Ended(0, 0.0, 0, b"", b"", not_executed=ended.status))
        elif kind == wire.ARTEFACT and answer.artefact is None:
            answer.artefact, answer.artefact_too_long = ended.output, ended.over_output
        else:
            answer.stopped = "broken"
