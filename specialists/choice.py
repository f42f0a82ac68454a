"""What the guided dispatcher writes, and how sure it was, read from its token probabilities.

The answer is `{"specialist":"math","confidence":0.9}`, held to that shape by a constraint. The number in it is the
model's word about itself and nobody reads it. The confidence comes from the tokens of the name instead:

- Where the first token of the name is chosen, the engine reports the most likely alternatives with their
  probabilities. Each alternative counts for the name that it begins; the sum is renormalised over the names.
- Tokens before the name, and those after the name is decided, are forced by the constraint and say nothing.
- Names with a common beginning: while the tokens chosen so far fit several names, their probability is passed on and
  split at the next token in the same way (the product of the choice's token probabilities). An alternative that was
  not chosen and fits several names, but not all, is split evenly among them.
- A name that no reported alternative begins gets the largest probability it can have had: that of the least likely
  alternative reported, or of the chosen token if that is smaller. So the confidence errs low, never high.
"""

import json
import math
from collections.abc import Collection, Mapping, Sequence

from hierarchy.base import Frozen
from hierarchy.chat import Token

MAX_TOKENS = 30
"""Longest answer; the longest name shipped needs about 20."""
ALTERNATIVES = 50
"""Alternatives per token, the most that an engine reports."""

_OPENING = '{"specialist":"'


class Choice(Frozen):
    """The dispatcher's answer, the confidence computed."""

    specialist: str
    confidence: float


def schema(names: Sequence[str]) -> str:
    """The JSON Schema of the answer: one of `names`, and a number of one decimal so that it cannot ramble on."""
    properties = {"specialist": {"enum": list(names)}, "confidence": {"enum": [tenth / 10 for tenth in range(11)]}}
    return json.dumps(
        {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    )


def chosen(text: str, names: Collection[str]) -> str:
    """The name in a whole answer. Raises `ValueError`, one line, for anything that the schema does not allow."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"no JSON: {text[:60]!r}") from error
    name = answer.get("specialist") if isinstance(answer, dict) else None
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"no specialist of this task: {text[:60]!r}")
    return name


def probabilities(tokens: Sequence[Token], names: Collection[str]) -> dict[str, float]:
    """P(name) of every name, adding up to 1, from the tokens of an answer.

    Raises `ValueError` when the tokens do not spell an answer with one of `names`.
    """
    alive = {name: f'{_OPENING}{name}"' for name in names}
    spread = dict.fromkeys(names, 0.0)
    passed_on = 1.0
    for token in tokens:
        fitting = _fitting(token.text, alive)
        if token.text and not fitting:
            break
        if 0 < len(fitting) < len(alive):
            weights = _others(token, alive, fitting)
            total = 1.0 + sum(weights.values())
            for name, weight in weights.items():
                spread[name] += passed_on * weight / total
            passed_on /= total
        alive = {name: alive[name][len(token.text) :] for name in fitting or alive}
        if len(alive) == 1:
            spread[next(iter(alive))] += passed_on
            return spread
    raise ValueError(f"the tokens name no specialist: {''.join(token.text for token in tokens)[:60]!r}")


def _others(token: Token, alive: Mapping[str, str], fitting: Collection[str]) -> dict[str, float]:
    """What the alternatives of a token give to each name, relative to the probability of the token itself."""
    weights = dict.fromkeys(alive, 0.0)
    for text, logprob in token.top:
        meant = _fitting(text, alive)
        if text != token.text and len(meant) < len(alive):
            for name in meant:
                weights[name] += _ratio(logprob, token.logprob) / len(meant)
    least = _ratio(min([token.logprob, *(logprob for _, logprob in token.top)]), token.logprob)
    return {name: weight or (0.0 if name in fitting else least) for name, weight in weights.items()}


def _ratio(logprob: float, other: float) -> float:
    return math.exp(min(logprob - other, 700.0))  # beyond that a double overflows


def _fitting(text: str, alive: Mapping[str, str]) -> list[str]:
    """The names whose remaining text agrees with a token as far as both go."""
    return [name for name, rest in alive.items() if text and (rest.startswith(text) or text.startswith(rest))]
