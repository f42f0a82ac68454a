"""The judge: runs a candidate in the sandbox and says what that showed.

Inputs go into the sandbox, exact data comes back, and every comparison happens in this process (or, for custom checkers
and for assertions that are more than an equality, in a sandboxed process that holds no candidate code). Expected values
never travel to the candidate, so there is nothing that it could forge, read or patch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hierarchy.attempt import Verdict
from hierarchy.comparison import CheckerMode
from hierarchy.errors import MissingComponent
from hierarchy.judging.asserted import check
from hierarchy.judging.checked import ask
from hierarchy.judging.compared import compare_printed, compare_returned
from hierarchy.judging.inputs import called, printed
from hierarchy.judging.observation import Observation, observation
from hierarchy.judging.results import Result, failed, load_status, not_loaded, verdict
from hierarchy.problem import FunctionTest, Problem, StdioTest, TestCase
from sandbox.errors import IsolationMissing
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Execution, Input, Limits, Program, Stdin
from sandbox.values import ValueCodecError

__all__ = ["Judge", "Observation"]


class Judge:
    """Judges candidates; safe to use from many tasks of one event loop, as its sandbox is."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.limits = sandbox.limits
        """Bounds of a run where none are given."""

    async def judge(
        self,
        problem: Problem,
        code: str | None,
        tests: Sequence[TestCase] | None = None,
        limits: Limits | None = None,
    ) -> Verdict:
        """Run every test (the problem's public ones unless others are given) and sum up.

        `limits`: of each run, instead of the sandbox's own. Without tests only the program's form is checked: it loads
        and defines the entry point; a whole program is compiled and not run, because it would wait for input. Raises
        `MissingComponent` where nothing can be isolated.
        """
        tests = problem.public_tests if tests is None else tuple(tests)
        if code is None:
            return Verdict(status="compile_error", tests_total=len(tests), detail="no program found in the answer")
        if not tests:
            return await self._form(problem, code)
        return await _Judging(self, problem, code, tests, limits).verdict()

    async def times(self, problem: Problem, code: str, tests: Sequence[TestCase], limits: Limits) -> Execution:
        """What a program takes for `tests`, whatever it answers: their calls and inputs are the cases of the result.

        The status is that of the first run that did not come to its end. Raises `MissingComponent` as `judge`.
        """
        total = Execution("ok", ())
        for inputs in (called(tests, problem.entry_point).inputs, list(printed(tests).values())):
            if inputs and total.status == "ok":
                one = await self.run(code, inputs, limits)
                load = max(total.load_cpu_seconds, one.load_cpu_seconds)
                total = replace(one, results=total.results + one.results, load_cpu_seconds=load)
        return total

    def judge_answer(self, answer: str | None) -> Verdict:
        """Judge a final answer or open text, which nothing can be run against: it only has to be there."""
        if answer is None or not answer.strip():
            return Verdict(status="compile_error", detail="no final answer found")
        return Verdict(status="accepted")

    async def observe(
        self, problem: Problem, code: str, inputs: Sequence[Call | Stdin], limits: Limits | None = None
    ) -> tuple[Observation, ...]:
        """What the program does on inputs that have no expected output, one observation for each.

        `limits`: instead of the sandbox's own, for inputs that nobody promised to be small.
        Raises `MissingComponent` where nothing can be isolated.
        """
        if not inputs:
            return ()
        execution = await self.run(code, inputs, limits)
        if execution.status != "ok":
            reason = CaseResult("not_run", error_type=execution.status, error_message=execution.detail)
            return tuple(observation(reason) for _ in inputs)
        printed = [isinstance(one, Stdin) for one in inputs]
        return tuple(observation(case, stdin=was) for case, was in zip(execution.results, printed, strict=True))

    async def run(self, source: str, inputs: Sequence[Input], limits: Limits | None = None) -> Execution:
        """Run a program in the sandbox. Raises `MissingComponent` where nothing can be isolated."""
        try:
            return await self._sandbox.run(Program(source), inputs, limits)
        except ValueCodecError as error:
            return Execution("infrastructure", detail=f"an input cannot be handed over: {error}")
        except IsolationMissing as error:
            raise MissingComponent(str(error)) from error

    async def _form(self, problem: Problem, code: str) -> Verdict:
        if problem.task == "program":
            # Compiled inside the sandbox like everything hostile, by a program that holds it as a string.
            execution = await self.run(f"compile({code!r}, '<candidate>', 'exec', dont_inherit=True)", ())
            status = load_status(execution)
            if execution.status == "load_error" and status == "runtime_error":
                detail = execution.detail.removeprefix("SyntaxError: ").removesuffix(" (line 1)")
                return not_loaded((), "compile_error", detail, execution)
        else:
            inputs = (Evaluate(f"callable({problem.entry_point})"),) if problem.entry_point else ()
            execution = await self.run(code, inputs)
            status = load_status(execution)
            missing = [case for case in execution.results if case.status != "ok" or case.value is not True]
            if missing:
                detail = f"the program does not define {problem.entry_point!r}"
                return not_loaded((), "runtime_error", detail, execution)
        if status != "accepted":
            return not_loaded((), status, execution.detail, execution)
        return Verdict(status="accepted", isolation=execution.isolation, sandbox_seconds=execution.wall_seconds)


class _Judging:
    """One candidate and its tests."""

    def __init__(
        self, judge: Judge, problem: Problem, code: str, tests: Sequence[TestCase], limits: Limits | None
    ) -> None:
        self._judge = judge
        self._problem = problem
        self._code = code
        self._tests = tests
        self._limits = limits
        self._results: dict[int, Result] = {}
        self._seconds = 0.0

    async def verdict(self) -> Verdict:
        """Run everything: calls and assertions after one load of the program, tests on stdin in a run of their own."""
        isolation = "none"
        for judge_group in (self._judge_called, self._judge_printed):
            execution = await judge_group()
            if execution is None:
                continue
            self._seconds += execution.wall_seconds
            isolation = execution.isolation
            status = load_status(execution)
            if status != "accepted":
                return not_loaded(self._tests, status, execution.detail, execution)
        results = [self._results[index] for index in range(len(self._tests))]
        return verdict(self._tests, results, isolation=isolation, seconds=self._seconds)

    async def _judge_called(self) -> Execution | None:
        inputs, prepared, spans = called(self._tests, self._problem.entry_point)
        if not spans:
            return None
        execution = await self._judge.run(self._code, inputs, self._limits)
        if execution.status != "ok":
            return execution
        functions = {i: test for i in spans if isinstance(test := self._tests[i], FunctionTest)}
        await self._compare(functions, {i: execution.results[spans[i]][0] for i in functions})
        cases = [execution.results[spans[index]] for index in prepared]
        checked, seconds = await check(tuple(prepared.values()), cases, self._judge.run)
        self._results.update(zip(prepared, checked, strict=True))
        self._seconds += seconds
        return execution

    async def _judge_printed(self) -> Execution | None:
        inputs = printed(self._tests)
        if not inputs:
            return None
        execution = await self._judge.run(self._code, list(inputs.values()), self._limits)
        if execution.status == "ok":
            tests = {index: test for index in inputs if isinstance(test := self._tests[index], StdioTest)}
            await self._compare(tests, dict(zip(tests, execution.results, strict=True)))
        return execution

    async def _compare(self, tests: Mapping[int, FunctionTest | StdioTest], cases: Mapping[int, CaseResult]) -> None:
        """Judge what came back: in this process, or where a test has a checker, by that."""
        asked: dict[int, FunctionTest | StdioTest] = {}
        for index, test in tests.items():
            case = cases[index]
            if case.status != "ok":
                self._results[index] = failed(case)
            elif isinstance(test.compare, CheckerMode):
                asked[index] = test
            elif isinstance(test, StdioTest):
                self._results[index] = compare_printed(test, case.stdout)
            else:
                self._results[index] = compare_returned(test, case.value)
        checked, seconds = await ask(asked, cases, self._judge.run)
        self._results.update(checked)
        self._seconds += seconds
