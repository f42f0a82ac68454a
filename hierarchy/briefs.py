"""What a specialist is asked in a round, and how its answer is read back."""

from typing import NamedTuple

from hierarchy.attempt import Attempt, Candidate
from hierarchy.chat import Completion, Sampling
from hierarchy.dispatcher import plan_final
from hierarchy.extract import extract_answer, extract_code, with_statement_context
from hierarchy.plan import Step
from hierarchy.problem import Problem
from hierarchy.specialist import Specialist
from hierarchy.state import RingState
from hierarchy.tidy import DEMO_STOPS, says_nothing, without_demo
from hierarchy.usage import Usage
from prompts.loader import Prompt, Turn, load

_FENCE = "```"


class Brief(NamedTuple):
    """A rendered prompt with what is needed to read the answer."""

    prompt: Prompt
    turns: tuple[Turn, ...]
    function: bool = False
    """A function is asked for, not a program that prints."""

    @property
    def prefill(self) -> str:
        """The beginning of the answer, which the engine continues; empty when there is none."""
        return self.turns[-1].content if self.turns[-1].role == "assistant" else ""

    @property
    def stop(self) -> tuple[str, ...]:
        """Where the answer ends, if the prefill opened a fence: at the closing one, or where a demonstration begins."""
        if self.prefill.count(_FENCE) % 2 == 0:
            return ()
        return (f"\n{_FENCE}", *DEMO_STOPS) if self.function else (f"\n{_FENCE}",)


def brief(state: RingState, step: Step, specialist: Specialist) -> Brief:
    """The prompt for this step in this round."""
    problem = state.problem
    function = problem.task == "function"
    shown = {"statement": problem.statement, "entry_point": problem.must_define}
    if state.directive.action == "repair" and state.directive.parent_id:
        return _repair(state.attempt(state.directive.parent_id), shown, function)
    if state.plan is not None and len(state.plan.steps) > 1:
        parts = _parts(state, step)
        if not plan_final(step, state):
            prompt = load("step")
            return Brief(prompt, prompt.render(statement=problem.statement, goal=step.goal, parts=parts), True)
        prompt = load("assemble")
        return Brief(prompt, prompt.render(**shown, goal=step.goal, parts=parts), function)
    prompt = load(specialist.prompt_for(problem.task))
    return Brief(prompt, prompt.render(**shown), function)


def _repair(parent: Attempt, shown: dict[str, str], function: bool) -> Brief:
    code = parent.candidate.code or parent.candidate.text
    failure = parent.verdict.failure
    if failure is None:
        prompt = load("repair_error")
        return Brief(prompt, prompt.render(**shown, code=code, error=parent.verdict.detail), function)
    prompt = load("repair")
    turns = prompt.render(**shown, code=code, input=failure.input, expected=failure.expected, actual=failure.actual)
    return Brief(prompt, turns, function)


def _parts(state: RingState, step: Step) -> list[dict[str, str]]:
    """The finished steps this one builds on, as the prompts show them."""
    goals = {known.id: known.goal for known in state.plan.steps} if state.plan else {}
    parts: list[dict[str, str]] = []
    for name in step.depends_on:
        result = state.step_results.get(name)
        code = state.attempt(result).candidate.code if result else None
        if code:
            parts.append({"goal": goals[name], "code": code})
    return parts


def read_candidate(asked: Brief, text: str, problem: Problem, *, final: bool) -> tuple[str | None, str | None]:
    """The program and the final answer in a completion; each None where the task has none or none was found."""
    # Some models open the fence again that the prefill has opened.
    whole = text if text.lstrip().startswith(_FENCE) else asked.prefill + text
    if problem.is_code:
        code = extract_code(whole, problem.entry_point if final else None)
        if code and problem.task == "function":
            code = without_demo(code)
        if code and says_nothing(code):
            code = None
        return (with_statement_context(code, problem.statement) if code and final else code), None
    answer = extract_answer(whole) if problem.task == "math" else whole.strip() or None
    return None, answer


def candidate_of(
    asked: Brief,
    completion: Completion,
    problem: Problem,
    *,
    specialist: str,
    model: str,
    sampling: Sampling,
    final: bool,
) -> Candidate:
    """A completion as a candidate, with what was found in it and how it was made."""
    code, answer = read_candidate(asked, completion.text, problem, final=final)
    return Candidate(
        text=completion.text,
        code=code,
        answer=answer,
        specialist=specialist,
        model=model,
        prompt_sha256=asked.prompt.sha256,
        seed=sampling.seed,
        temperature=sampling.temperature,
        finish_reason=completion.finish_reason,
        mean_logprob=completion.mean_logprob,
        usage=Usage(completion_tokens=completion.completion_tokens),
    )
