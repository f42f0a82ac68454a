"""AIME, the American Invitational Mathematics Examination: answers are whole numbers from 0 to 999.

Several forms are on the hub; the names of the fields differ in case: `id`, `problem`, `answer`, `year`, `url`
(HuggingFaceH4/aime_2024, AI-MO/aimo-validation-aime), `ID`, `Problem`, `Answer` (Maxwell-Jia/AIME_2024), `ID`, `Year`,
`Question`, `Answer` (di-zhang-fdu/AIME_1983_2024), `id`, `problem`, `answer` (math-ai/aime25). Each is taken.
"""

import re
from datetime import date

from evals.item import AnswerCheck, Item
from evals.sets.base import ProblemSet, Row, problem, text
from evals.sets.origins import Hub

_YEAR = re.compile(r"(?:19|20)\d\d")


class Aime(ProblemSet):
    """High-school competition problems."""

    name = "aime"
    summary = "AIME 2024: 30 competition problems with whole numbers for answers; other years by file (MAA)"
    licence = "the MAA's; its hub copies state Apache-2.0 or MIT"
    size = 30
    hub = Hub("HuggingFaceH4/aime_2024", "data/train-00000-of-00001.parquet")
    published = "https://huggingface.co/datasets/HuggingFaceH4/aime_2024 (data/train-00000-of-00001.parquet)"
    family = "math"

    def item(self, row: Row, number: int) -> Item:
        """The year is kept for reports and, as its first day, for `--since`: AIME is held from January to March."""
        fields = {key.lower(): value for key, value in row.items()}
        statement = text(fields, "problem" if "problem" in fields else "question")
        name = fields.get("id", number)
        read = problem(self.name, id=f"aime/{name}", statement=statement, task="math")
        expected = str(fields["answer"]).strip()
        if not re.fullmatch(r"\d{1,3}", expected):
            raise ValueError(f"'answer' {expected[:40]!r} is no whole number from 0 to 999")
        expected = str(int(expected))
        found = _YEAR.search(" ".join(str(fields.get(key, "")) for key in ("year", "id", "url")))
        return Item(
            read,
            AnswerCheck(expected),
            expected,
            family=self.family,
            released=date(int(found[0]), 1, 1) if found else None,
            facts={"year": found[0]} if found else {},
        )
