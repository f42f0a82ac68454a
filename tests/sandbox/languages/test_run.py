"""Programs of other languages through the front door of the room."""

import pytest

from sandbox.errors import IsolationMissing
from sandbox.languages.toolchain import ToolchainMissing
from sandbox.sandbox import Sandbox
from sandbox.types import Evaluate, Language, Limits, Program, Stdin

DOUBLE = {
    "cpp": '#include <cstdio>\nint main() { long n; scanf("%ld", &n); printf("%ld", 2 * n); }',
    "javascript": "console.log(2 * Number(require('fs').readFileSync(0)))",
}


@pytest.mark.parametrize("language", ["cpp", "javascript"])
async def test_each_input_is_one_run_of_the_program(language: Language) -> None:
    async with Sandbox(tier="one-shot") as box:
        execution = await box.run(Program(DOUBLE[language], language), [Stdin("21"), Stdin("4")])
    assert (execution.status, execution.isolation) == ("ok", "one-shot")
    assert [r.stdout.strip() for r in execution.results] == ["42", "8"]
    assert all(0 < r.cpu_seconds < 5 for r in execution.results)


async def test_source_is_checked_before_anything_starts() -> None:
    async with Sandbox(tier="one-shot") as box:
        execution = await box.run(Program(b"int main() {\n\xff}", "cpp"), [Stdin("")])
    assert execution.status == "compile_error"
    assert execution.detail.startswith("line 2: the source is not UTF-8")


async def test_other_inputs_are_refused() -> None:
    async with Sandbox(tier="one-shot") as box:
        with pytest.raises(ValueError, match="'Evaluate' is no input for JavaScript"):
            await box.run(Program("1", "javascript"), [Evaluate("1")])


async def test_missing_toolchain_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sandbox(tier="one-shot") as box:
        monkeypatch.setattr("shutil.which", lambda *_, **__: None)
        with pytest.raises(ToolchainMissing, match="apt-get install nodejs"):
            await box.run(Program("1", "javascript"), [Stdin("")])


async def test_reduced_tier_runs_nothing_but_python() -> None:
    async with Sandbox(tier="reduced") as box:
        with pytest.raises(IsolationMissing, match="nothing but Python"):
            await box.run(Program("int main() {}", "cpp"), [Stdin("")])


async def test_limits_of_one_run_count() -> None:
    async with Sandbox(tier="one-shot") as box:
        limits = Limits(cpu_seconds=0.2)
        execution = await box.run(Program("for (;;);", "javascript"), [Stdin("")], limits)
    assert (execution.results[0].status, execution.results[0].limit) == ("time_limit", "cpu")
