"""What references return: computed in the sandbox, once for each item, and kept on disk.

The time that the reference took comes with it, because the limits of a candidate are scaled from that. A file is named
by all that its content depends on; one that is broken is computed again. It holds typed JSON, which can build nothing
but plain values.
"""

import asyncio
import contextlib
import hashlib
import json
import os
import platform
import sys
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.grading.digests import Digest, received, reference_with_digests
from evals.item import InputsCheck
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge
from sandbox.errors import ReferenceFailed
from sandbox.scaling import FACTOR, scaled
from sandbox.types import LIMIT_BOUNDS, Call, CaseResult, Execution, Limits
from sandbox.values import ValueCodecError, decode, encode

MEMORY_MIB = 4096
"""For reference and candidate alike, as in EvalPlus 0.3.1 (`query_maximum_memory_bytes`); less on a small machine."""
OUTPUT_BYTES = 16 << 20
"""Cap of one output: three references of HumanEval+ return more than the sandbox's default of 1 MiB."""
KEPT_BYTES = 64 << 20
"""Typed JSON of expected values that stays in memory; as Python values it is some times that."""
_PAIR = 64
"""Bytes for the time of a call, and around it."""
_START_SECONDS = 1.0
_VERSION = 2


@dataclass(frozen=True)
class Expected:
    """What the reference did on the inputs of one part, base or plus."""

    execution: Execution
    """All its cases are `ok`. A value that is long is there as its `Digest`, unless plain values were asked for."""
    size: int
    """Bytes of the longest value as typed JSON, digests apart."""
    total: int
    """Bytes of all of them."""

    @property
    def values(self) -> list[object]:
        """What it returned, in the order of the inputs."""
        return [case.value for case in self.execution.results]

    @property
    def cpu_seconds(self) -> float:
        """Of all cases together."""
        return sum(case.cpu_seconds for case in self.execution.results)

    def limits(self, limits: Limits) -> Limits:
        """For a candidate: `limits` with the times that this reference suggests, and room for what it returned."""
        return scaled(self._roomy(limits, self.size), self.execution)

    def limits_together(self, limits: Limits) -> Limits | None:
        """The same for all inputs as one case; None where their results are too much for one."""
        total = self.total + _PAIR * len(self.execution.results)
        if 2 * total > OUTPUT_BYTES:
            return None
        cpu = min(self.limits(limits).cpu_seconds + FACTOR * self.cpu_seconds, LIMIT_BOUNDS["cpu_seconds"][1])
        wall = min(_START_SECONDS + 2 * cpu, LIMIT_BOUNDS["wall_seconds"][1])
        return replace(self._roomy(limits, total), cpu_seconds=cpu, wall_seconds=wall)

    def _roomy(self, limits: Limits, size: int) -> Limits:
        most = max(limits.output_bytes, min(2 * size, OUTPUT_BYTES))
        return replace(limits, memory_mib=max(limits.memory_mib, _memory()), output_bytes=most)


class References:
    """Expected outputs, from memory, disk or the sandbox; safe to ask from many tasks of one loop.

    `folder`: where they are kept, by default in the user's cache; None for nowhere.
    """

    def __init__(self, judge: Judge, folder: Path | None) -> None:
        self._judge = judge
        self._folder = folder
        self._locks: dict[str, asyncio.Lock] = {}
        self._keys: dict[tuple[int, int], tuple[InputsCheck, Sequence[tuple[object, ...]], str]] = {}
        """By identity, with what they are of, so that no other object gets that identity."""
        self._kept: OrderedDict[str, tuple[int, Expected]] = OrderedDict()

    async def plain(self, item_id: str, check: InputsCheck, part: Sequence[tuple[object, ...]]) -> Expected:
        """As `expected`, with every value whole; computed anew. Raises `InfrastructureError`."""
        return _of(await self._run(item_id, check, part, whole=True))

    async def expected(self, item_id: str, check: InputsCheck, part: Sequence[tuple[object, ...]]) -> Expected:
        """What the reference returns on `part` of the inputs. Raises `InfrastructureError` where it does not work."""
        key = self._key(check, part)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
            text = self._read(key)
            found = None if text is None else _parsed(text, len(part))
            if text is None or found is None:
                found = _of(await self._run(item_id, check, part))
                text = _text(found)
                self._write(key, text)
            self._keep(key, len(text), found)
            return found

    def _key(self, check: InputsCheck, part: Sequence[tuple[object, ...]]) -> str:
        identity = id(check), id(part)
        if identity not in self._keys:
            self._keys[identity] = check, part, _key(check, part)
        return self._keys[identity][2]

    async def _run(
        self, item_id: str, check: InputsCheck, part: Sequence[tuple[object, ...]], whole: bool = False
    ) -> Execution:
        limits = Limits(cpu_seconds=60, wall_seconds=600, memory_mib=_memory(), output_bytes=OUTPUT_BYTES)
        name, source = (check.entry_point, check.reference) if whole else reference_with_digests(check)
        for _ in range(2):
            execution = await self._judge.run(source, [Call(name, args) for args in part], limits)
            if execution.status != "infrastructure":
                break
        try:
            scaled(limits, execution)
        except ReferenceFailed as error:
            raise InfrastructureError(
                f"the reference of {item_id!r} cannot be run: {error}; check the set with: hi-moe eval validate"
            ) from None
        if whole:
            return execution
        return replace(
            execution, results=tuple(replace(case, value=received(case.value)) for case in execution.results)
        )

    def _keep(self, key: str, size: int, found: Expected) -> None:
        self._kept[key] = size, found
        while len(self._kept) > 1 and sum(size for size, _ in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def _read(self, key: str) -> str | None:
        if self._folder is None:
            return None
        try:
            return (self._folder / f"{key}.json").read_text(encoding="utf-8", errors="surrogatepass")
        except (OSError, UnicodeDecodeError):
            return None

    def _write(self, key: str, text: str) -> None:
        """Keep it for next time; where that cannot be done, it is computed again."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            try:
                with open(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
                    file.write(text)
                os.replace(name, self._folder / f"{key}.json")
            except OSError:
                os.unlink(name)


def default_folder() -> Path:
    """In the user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("hi-moe") / "expected"


def _memory() -> int:
    """MiB of a run: a quarter of the machine's at most, since two run at a time beside a model."""
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return max(512, min(MEMORY_MIB, there // 4))


def _of(execution: Execution) -> Expected:
    values = [case.value for case in execution.results]
    sizes = [0 if isinstance(each, Digest) else len(json.dumps(encode(each))) for each in values]
    return Expected(execution, max(sizes), sum(sizes))


def _key(check: InputsCheck, part: Sequence[tuple[object, ...]]) -> str:
    inputs = json.dumps(encode([list(args) for args in part]))
    interpreter = f"{platform.python_implementation()} {sys.version}"
    whole = json.dumps([_VERSION, check.entry_point, check.reference, inputs, interpreter])
    return hashlib.sha256(whole.encode()).hexdigest()


def _text(expected: Expected) -> str:
    cases = [
        [case.value.sha256, None, case.cpu_seconds]
        if isinstance(case.value, Digest)
        else [None, encode(case.value), case.cpu_seconds]
        for case in expected.execution.results
    ]
    return json.dumps({"load": expected.execution.load_cpu_seconds, "cases": cases})


def _parsed(text: str, cases: int) -> Expected | None:
    """What a file holds; None for one that this file did not write."""
    try:
        data = json.loads(text)
        results = tuple(
            CaseResult("ok", decode(value) if sha256 is None else Digest(str(sha256)), cpu_seconds=float(cpu))
            for sha256, value, cpu in data["cases"]
        )
        execution = Execution("ok", results, load_cpu_seconds=float(data["load"]))
    except (ValueError, TypeError, KeyError, RecursionError, ValueCodecError):
        return None
    return _of(execution) if len(results) == cases and cases else None
