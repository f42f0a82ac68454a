"""GSM8K (Cobbe et al., 2021): grade-school word problems; the final number stands after `####`."""

from evals.item import AnswerCheck, Item
from evals.sets.base import ProblemSet, Row, problem, text
from evals.sets.origins import Hub


class Gsm8k(ProblemSet):
    """Word problems with a number for an answer."""

    name = "gsm8k"
    summary = "GSM8K: grade-school word problems, the test split (OpenAI)"
    licence = "MIT"
    size = 1319
    hub = Hub("openai/gsm8k", "main/test-00000-of-00001.parquet")
    published = "https://github.com/openai/grade-school-math (test.jsonl)"
    family = "math"

    def item(self, row: Row, number: int) -> Item:
        """Rows have no id: it is the number of the line, from 0, as in the usual harnesses."""
        _, mark, final = text(row, "answer").rpartition("####")
        if not mark:
            raise ValueError("'answer' has no final number after ####")
        read = problem(self.name, id=f"gsm8k/{number}", question=text(row, "question"), task="math")
        expected = final.strip().replace(",", "")
        return Item(read, AnswerCheck(expected), expected, family=self.family)
