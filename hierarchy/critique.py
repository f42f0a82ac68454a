"""The Monitor's one model call: where nothing can be run or compared, what does the model think of the answer?

The number is the probability that the model's own tokens give to "yes", not a figure it writes down.
"""

import json

from hierarchy.chat import Completion, JsonConstraint, Sampling
from hierarchy.choice import ALTERNATIVES, probabilities
from hierarchy.context import Ring, ask
from hierarchy.errors import PromptTooLong
from hierarchy.state import RingState
from hierarchy.usage import Usage
from prompts.loader import load

UNDECIDED = 0.5
_OPTIONS = {answer: f'{{"correct":"{answer}"' for answer in ("yes", "no")}
_SCHEMA = json.dumps({"type": "object", "properties": {"correct": {"enum": list(_OPTIONS)}}, "required": ["correct"]})


async def criticise(state: RingState, ring: Ring) -> tuple[float, Usage]:
    """P(the latest answer is right) as the model sees it, and what asking cost; undecided when it cannot be asked."""
    prompt = load("critique")
    turns = prompt.render(statement=state.problem.statement, answer=state.answers[-1].candidate.text)
    model = await ring.models.get(ring.roles.monitor)
    sampling = Sampling(max_tokens=16, constraint=JsonConstraint(schema_text=_SCHEMA), top_logprobs=ALTERNATIVES)
    try:
        completion, usage = await ask(
            ring, model, prompt, turns, sampling, tier="monitor", call_id=f"{state.round}.monitor.critique"
        )
    except PromptTooLong:
        return UNDECIDED, Usage()
    return (p_yes(completion) if completion else UNDECIDED), usage


def p_yes(completion: Completion) -> float:
    """Probability of "yes" against "no"; undecided when the answer names neither."""
    try:
        return probabilities(completion.tokens, _OPTIONS)["yes"]
    except ValueError:
        return UNDECIDED
