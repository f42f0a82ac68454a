"""How sure a model was of a choice it was held to, read from its token probabilities.

The model's word about its own confidence is not asked for. Instead:

- Where the first token of an option is chosen, the engine reports the most likely alternatives with their
  probabilities. Each alternative counts for the option that it begins; the sum is renormalised over the options.
- Tokens before the option, and those after it is decided, are forced by the constraint and say nothing.
- Options with a common beginning: while the tokens chosen so far fit several, their probability is passed on and split
  at the next token in the same way (the product of the choice's token probabilities). An alternative that was not
  chosen and fits several options, but not all, is split evenly among them.
- An option that no reported alternative begins gets the largest probability it can have had: that of the least likely
  alternative reported, or of the chosen token if that is smaller. So the confidence errs low, never high.
"""

import math
from collections.abc import Collection, Mapping, Sequence

from hierarchy.chat import Token

ALTERNATIVES = 50
"""Alternatives per token to ask for: the most that an engine reports."""


def probabilities(tokens: Sequence[Token], options: Mapping[str, str]) -> dict[str, float]:
    """P(option) of every option, adding up to 1.

    `options`: name to how the answer begins that chooses it, up to and including the character that ends its name, e.g.
    `{"yes": '{"correct":"yes"', …}`. Raises `ValueError` when the tokens spell none of them.
    """
    alive = dict(options)
    spread = dict.fromkeys(options, 0.0)
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
    raise ValueError(f"the tokens choose none of the options: {''.join(token.text for token in tokens)[:60]!r}")


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
