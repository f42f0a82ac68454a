"""MATH-500 (Lightman et al., 2023): 500 problems of MATH (Hendrycks et al., 2021), with answers in LaTeX."""

from evals.item import AnswerCheck, Item
from evals.sets.base import ProblemSet, Row, problem, text
from evals.sets.origins import Hub


class Math500(ProblemSet):
    """Competition mathematics in five levels and seven subjects."""

    name = "math500"
    summary = "MATH-500: 500 competition problems, five levels, seven subjects (Hendrycks et al.)"
    licence = "MIT"
    size = 500
    hub = Hub("HuggingFaceH4/MATH-500", "test.jsonl")
    published = "https://huggingface.co/datasets/HuggingFaceH4/MATH-500 (test.jsonl)"
    family = "math"

    def item(self, row: Row, number: int) -> Item:
        """The level is the difficulty; the subject is kept for reports."""
        read = problem(self.name, id=text(row, "unique_id"), problem=text(row, "problem"), task="math")
        answer, subject = text(row, "answer"), text(row, "subject")
        return Item(
            read,
            AnswerCheck(answer),
            answer,
            family=self.family,
            difficulty=f"level {row['level']}",
            facts={"subject": subject},
        )
