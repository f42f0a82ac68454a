"""The child is bounded, replaced when it ends, and never outlives its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import children, is_dead, until

from evals.grading.answers import AnswerChecker
from evals.grading.answers_process import AnswerProcess
from hierarchy.errors import InfrastructureError, MissingComponent

_ENDLESS = ("5", "9^{9^{9^{9^{9}}}}")
_PARENT = """
import asyncio, sys
from evals.grading.answers_process import AnswerProcess

async def main():
    child = AnswerProcess(seconds=60)
    await child.ask([("x+1", "1+x")])
    print(child.pid, flush=True)
    if sys.argv[1] == "busy":
        asyncio.ensure_future(child.ask([("5", "9^{9^{9^{9^{9}}}}")]))
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_one_child_answers_question_after_question() -> None:
    child = AnswerProcess(seconds=5)
    try:
        first = await child.ask([("x+1", "1+x"), ("x", "y")])
        pid = child.pid
        second = await child.ask([("x^2", "x*x")])
        assert (first.end, first.same, second.same) == ("answered", (True, False), (True,))
        assert child.pid == pid
    finally:
        await child.close()


async def test_a_child_that_is_used_up_is_replaced_after_its_answer(tmp_path: Path) -> None:
    lines = '{"ready": true, "why": null}', '{"same": [true], "notes": [""], "last": true}'
    child = AnswerProcess(seconds=5, python=_interpreter(tmp_path, "".join(f"print({line!r})\n" for line in lines)))
    assert (await child.ask([("x", "x")])).same == (True,)
    assert child.pid is None


async def test_a_verdict_on_a_late_question_is_a_time_limit_and_the_next_question_works() -> None:
    async with AnswerChecker(seconds=0.3) as checker:
        late = await checker.equivalent(*_ENDLESS)
        assert (late.right, late.how, late.status) == (False, "math-verify", "time_limit")
        assert checker._process.pid is None
        assert (await checker.equivalent("x+1", "1+x")).right


async def test_a_child_killed_between_two_questions_is_replaced() -> None:
    child = AnswerProcess(seconds=5)
    try:
        await child.ask([("x+1", "1+x")])
        killed = child.pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        await until(lambda: child.pid is None)
        assert (await child.ask([("x+1", "1+x")])).end == "answered"
        assert child.pid != killed
    finally:
        await child.close()


async def test_a_child_killed_while_it_works_has_died() -> None:
    child = AnswerProcess(seconds=60)
    await child.ask([("x", "x")])
    question = asyncio.ensure_future(child.ask([_ENDLESS]))
    await asyncio.sleep(0.2)
    assert child.pid
    os.kill(child.pid, signal.SIGKILL)
    assert (await question).end == "died"
    assert child.pid is None


async def test_a_question_whose_process_dies_is_asked_once_more() -> None:
    async with AnswerChecker(seconds=0.5) as checker:
        await checker.equivalent("x+1", "1+x")
        question = asyncio.ensure_future(checker.equivalent(*_ENDLESS))
        await asyncio.sleep(0.1)
        for pid in children(os.getpid()):
            if "answers_worker" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        assert (await question).status == "time_limit"


async def test_a_question_that_ends_its_process_twice_is_a_runtime_error(tmp_path: Path) -> None:
    dying = _interpreter(tmp_path, 'print(\'{"ready": true, "why": null}\', flush=True); input()')
    async with AnswerChecker() as checker:
        checker._process = AnswerProcess(seconds=5, python=dying)
        assert (await checker.equivalent("x+1", "1+x")).status == "runtime_error"


async def test_a_process_that_gets_no_cpu_time_is_our_failure() -> None:
    child = AnswerProcess(seconds=0.1, patience=5)
    await child.ask([("x", "x")])
    assert child.pid
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(InfrastructureError, match=r"did not get 0\.1 CPU seconds within 0\.5 s"):
        await child.ask([("x", "x")])
    assert child.pid is None


async def test_a_cancelled_question_leaves_no_process() -> None:
    child = AnswerProcess(seconds=60)
    await child.ask([("x", "x")])
    pid = child.pid
    assert pid
    question = asyncio.ensure_future(child.ask([_ENDLESS]))
    await asyncio.sleep(0.1)
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert is_dead(pid)


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ('print(\'{"ready": false, "why": "2 is 3"}\')', "does not work: 2 is 3"),
        ("raise SystemExit(1)", "ended before it was ready"),
    ],
)
async def test_a_child_that_does_not_work_is_our_failure(tmp_path: Path, program: str, why: str) -> None:
    child = AnswerProcess(seconds=5, python=_interpreter(tmp_path, program))
    with pytest.raises(InfrastructureError, match=why):
        await child.ask([("x", "x")])
    assert child.pid is None


async def test_a_child_that_cannot_be_started_is_our_failure_and_no_verdict_on_the_answer() -> None:
    async with AnswerChecker() as checker:
        checker._process = AnswerProcess(seconds=5, python="/nowhere/python")
        verdict = await checker.equivalent("x+1", "1+x")
        assert (verdict.right, verdict.status) == (False, "infrastructure")
        assert "cannot be started" in verdict.detail


async def test_without_the_library_the_command_that_gets_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "math_verify", raising=False)
    with pytest.raises(MissingComponent, match=r"'math_verify'.*pip install 'hi-moe\[evals\]'"):
        await AnswerProcess(seconds=5).ask([("x", "x")])


async def test_numbers_need_no_process() -> None:
    async with AnswerChecker() as checker:
        assert (await checker.equivalent("1,234", "1234")).right
        assert checker._process.pid is None


async def test_many_questions_at_once_share_a_process_that_ends_with_the_checker() -> None:
    async with AnswerChecker() as checker:
        asked = [checker.equivalent("x+1", f"{number % 2}+x") for number in range(20)]
        assert [verdict.right for verdict in await asyncio.gather(*asked)] == [False, True] * 10
        pid = checker._process.pid
        assert pid
    assert is_dead(pid)


@pytest.mark.parametrize("state", ["idle", "busy"])
async def test_the_child_dies_with_its_parent(state: str) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, state], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert not is_dead(child)
        parent.kill()
    await until(lambda: is_dead(child))


def _interpreter(folder: Path, program: str) -> str:
    """A stand-in for the interpreter, which runs `program` whatever it is told to run."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{program}\n")
    path.chmod(0o755)
    return str(path)


_LARGE_PARENT = """
import asyncio
from evals.grading.answers_process import AnswerProcess
held = bytearray(400 << 20)
held[:: 4096] = bytes(len(held[:: 4096])).replace(bytes(1), b"x")
async def main():
    child = AnswerProcess(seconds=5)
    try:
        await child.ask([("x+1", "1+x")])
        first = child.pid
        await child.ask([("x+1", "1+x")])
        print(first is not None and first == child.pid)
    finally:
        await child.close()
asyncio.run(main())
"""


def test_the_memory_of_the_parent_is_not_the_childs() -> None:
    done = subprocess.run([sys.executable, "-c", _LARGE_PARENT], capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", "True\n")
