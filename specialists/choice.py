"""What the guided dispatcher writes, and how sure it was, read from its token probabilities.

The answer is `{"specialist":"math","confidence":0.9}`, held to that shape by a constraint. The number in it is the
model's word about itself and nobody reads it. The confidence comes
from the tokens of the name instead (`hierarchy.choice`).
"""

import json
from collections.abc import Collection, Sequence

from hierarchy import choice
from hierarchy.base import Frozen
from hierarchy.chat import Token

MAX_TOKENS = 30
"""Longest answer; the longest name shipped needs about 20."""

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
    """P(name) of every name, adding up to 1, from the tokens of an answer (`hierarchy.choice`).

    Raises `ValueError` when the tokens do not spell an answer with one of `names`.
    """
    return choice.probabilities(tokens, {name: f'{_OPENING}{name}"' for name in names})
