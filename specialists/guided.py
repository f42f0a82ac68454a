"""The last router: a small model reads the problem and names a specialist, held to a JSON Schema.

What a problem says cannot leave the schema: whatever the model makes of it, the engine admits only tokens that
continue `{"specialist":` with one of the names. It can at worst get the wrong specialist chosen.
"""

from typing import TYPE_CHECKING, Literal

from hierarchy.asking import messages_of, only_completion
from hierarchy.chat import ChatRequest, Completion, JsonConstraint, Message, Sampling
from hierarchy.choice import ALTERNATIVES
from hierarchy.errors import PromptTooLong
from hierarchy.plan import Ranking
from hierarchy.problem import Problem
from hierarchy.protocols import ChatModel
from hierarchy.specialist import Specialist
from hierarchy.usage import Usage
from prompts.loader import Prompt, load
from specialists.choice import MAX_TOKENS, Choice, chosen, probabilities, schema
from specialists.examples import examples
from specialists.keyword import KeywordRouter
from specialists.registry import Registry

if TYPE_CHECKING:
    from hierarchy.protocols import Models

HEAD = 600
TAIL = 300
"""How many characters of the start and of the end of a longer problem the dispatcher reads: what is asked stands at
one of them, and a routing call must stay cheap."""


class GuidedRouter:
    """Asks the model; the keyword router answers when its answer cannot be used."""

    name = "guided"

    def __init__(
        self,
        registry: Registry,
        models: "Models",
        model: str | None = None,
        prompt: Literal["few_shot", "minimal"] = "few_shot",
    ) -> None:
        """`model` is the name of the dispatcher's model, None for the default one."""
        self._registry = registry
        self._models = models
        self._model = model
        self._prompt = load(f"dispatch_{prompt}")
        self._fallback = KeywordRouter(registry)

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        """Rank the specialists that serve the problem's task by the token probabilities of the model's choice.

        A problem too long even when shortened, an answer cut off or not of the schema: the keyword router's ranking,
        with the reason. Raises `MissingComponent` when the model is not here, `EngineFailed` when the engine breaks.
        """
        able = self._registry.for_task(problem.task)
        names = [each.name for each in able]
        if len(able) == 1:
            return Ranking(scores=((names[0], 1.0),), router=self.name, reason=f"alone serves {problem.task!r}")
        model = await self._models.get(self._model)
        usage = Usage()
        try:
            completion, usage = await _complete(model, messages(self._prompt, able, goal), names)
            scores = _scores(completion, names)
        except (PromptTooLong, ValueError) as error:
            ranking = self._fallback.score(problem, goal)
            reason = f"{ranking.reason} (the guided dispatcher gave no answer: {error})"
        else:
            answer = Choice(specialist=scores[0][0], confidence=round(scores[0][1], 3))
            ranking = Ranking(scores=scores, router=self.name)
            reason = f"{model.card.name} chose {answer.model_dump_json()}"
        asked = {"model": model.card.name, "prompt": self._prompt.name, "prompt_version": str(self._prompt.version)}
        asked["prompt_sha256"] = self._prompt.sha256
        return ranking.model_copy(update={"usage": usage, "reason": reason, **(asked if usage.calls else {})})


def messages(prompt: Prompt, able: tuple[Specialist, ...], goal: str) -> tuple[Message, ...]:
    """What the dispatcher's model is asked: `goal`, shortened, and who there is to choose from."""
    shown = examples([each.name for each in able])
    order = list(dict.fromkeys(example.specialist for example in shown))
    listed = sorted(able, key=lambda each: order.index(each.name) if each.name in order else len(order))
    variables: dict[str, object] = {"statement": shorten(goal), "specialists": listed}
    if "examples" in prompt.variables:
        variables["examples"] = shown
    return messages_of(prompt.render(**variables))


def shorten(text: str) -> str:
    """The first `HEAD` and the last `TAIL` characters of a longer text."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]}\n[...]\n{text[-TAIL:]}"


async def _complete(model: ChatModel, asked: tuple[Message, ...], names: list[str]) -> tuple[Completion | None, Usage]:
    sampling = Sampling(
        temperature=0.0,
        max_tokens=MAX_TOKENS,
        constraint=JsonConstraint(schema_text=schema(names)),
        top_logprobs=ALTERNATIVES,
    )
    generation = model.generate(ChatRequest(messages=asked, samples=(sampling,)))
    return await only_completion(generation), generation.usage


def _scores(completion: Completion | None, names: list[str]) -> tuple[tuple[str, float], ...]:
    """The ranking in an answer, the chosen name first. Raises `ValueError` when there is none in it."""
    if completion is None:
        raise ValueError("the call was cancelled")
    if completion.finish_reason != "stop":
        raise ValueError(f"cut off after {completion.completion_tokens} tokens: {completion.text[:60]!r}")
    name = chosen(completion.text, names)
    spread = probabilities(completion.tokens, names)
    return tuple(sorted(spread.items(), key=lambda score: (-score[1], score[0] != name, score[0])))
