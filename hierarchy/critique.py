"""The Monitor's one model call: where nothing can be run or compared, what does the model think of the answer?

The number is the probability that the model's own tokens give to "yes", not a figure it writes down.
"""

import json
import math

from hierarchy.chat import Completion, JsonConstraint, Sampling
from hierarchy.context import Ring, ask
from hierarchy.errors import PromptTooLong
from hierarchy.state import RingState
from hierarchy.usage import Usage
from prompts.loader import load

UNDECIDED = 0.5
_CHOICES = ("yes", "no")
_SCHEMA = json.dumps({"type": "object", "properties": {"correct": {"enum": list(_CHOICES)}}, "required": ["correct"]})


async def criticise(state: RingState, ring: Ring) -> tuple[float, Usage]:
    """P(the latest answer is right) as the model sees it, and what asking cost; undecided when it cannot be asked."""
    prompt = load("critique")
    turns = prompt.render(statement=state.problem.statement, answer=state.answers[-1].candidate.text)
    model = await ring.models.get(ring.roles.monitor)
    sampling = Sampling(max_tokens=16, constraint=JsonConstraint(schema_text=_SCHEMA), top_logprobs=20)
    try:
        completion, usage = await ask(
            ring, model, prompt, turns, sampling, tier="monitor", call_id=f"{state.round}.monitor.critique"
        )
    except PromptTooLong:
        return UNDECIDED, Usage()
    return (p_yes(completion) if completion else UNDECIDED), usage


def p_yes(completion: Completion) -> float:
    """Probability of "yes" against "no" at the token where they part."""
    written = ""
    for token in completion.tokens:
        opened = written.partition(":")[2].strip()
        alternatives = (*token.top, (token.text, token.logprob)) if not token.top else token.top
        mass = dict.fromkeys(_CHOICES, 0.0)
        for text, logprob in alternatives:
            said = (opened + text).strip().lstrip('"')
            for choice in _CHOICES:
                if said and (choice.startswith(said) or said.startswith(choice)):
                    mass[choice] += math.exp(logprob)
        if ":" in written and mass["yes"] + mass["no"] > 0 and (written + token.text).rstrip('}"')[-1:].isalpha():
            return mass["yes"] / (mass["yes"] + mass["no"])
        written += token.text
    return UNDECIDED
