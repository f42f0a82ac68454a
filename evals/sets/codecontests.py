"""CodeContests (Li et al., 2022, AlphaCode): programs on standard input, from five contest platforms.

The rows are those of https://huggingface.co/datasets/deepmind/code_contests, which follow `contest_problem.proto` of
https://github.com/google-deepmind/code_contests: `name`, `description`, `public_tests`, `private_tests`,
`generated_tests` (each of lists `input` and `output`), `solutions`, `incorrect_solutions` (lists `language` and
`solution`), `source`, `difficulty`, `cf_rating`, `cf_tags`, `time_limit`.
"""

from collections.abc import Mapping, Sequence

from evals.item import Item, TestsCheck
from evals.sets.base import ProblemSet, Row, problem, text
from evals.sets.origins import Hub
from hierarchy.problem import StdioTest

_PYTHON3 = 3
_SOURCES = ("unknown", "codechef", "codeforces", "hackerearth", "codejam", "", "atcoder", "aizu")
_DIFFICULTIES = ("unknown", "easy", "medium", "hard", "harder", "hardest", "external")
"""What follows are the letters of Codeforces, from A at 7."""
MAX_WRONG = 3
"""Wrong solutions kept of each problem: some rows have hundreds. They failed the platform's tests, not always these."""


class CodeContests(ProblemSet):
    """The test split."""

    name = "codecontests"
    summary = "CodeContests: 165 contest programs of the test split, with generated tests (DeepMind)"
    licence = "CC-BY-4.0"
    size = 165
    hub = Hub("deepmind/code_contests", "data/test-00000-of-00001-9c49eeff30aacaa8.parquet")
    published = "https://huggingface.co/datasets/deepmind/code_contests (data/test-*.parquet)"

    def item(self, row: Row, number: int) -> Item:
        """All three kinds of tests count; a problem that accepts several outputs is graded by the published one."""
        source = _named(_SOURCES, row.get("source"))
        public = _tests(row, "public_tests")
        read = problem(
            self.name,
            id=f"{source}/{text(row, 'name')}",
            statement=text(row, "description"),
            task="program",
            public_tests=[test.model_dump(exclude={"compare"}) for test in public],
            tags=_tags(row.get("cf_tags")),
        )
        rating = row.get("cf_rating")
        return Item(
            read,
            TestsCheck((*public, *_tests(row, "private_tests"), *_tests(row, "generated_tests"))),
            next(iter(_solutions(row.get("solutions"))), None),
            wrong=tuple(_solutions(row.get("incorrect_solutions"))[:MAX_WRONG]),
            difficulty=_difficulty(row.get("difficulty")),
            facts={"source": source} | ({"rating": str(rating)} if rating else {}),
        )


def _tests(row: Row, key: str) -> list[StdioTest]:
    pairs = _columns(row[key], key, "input", "output")
    if not all(isinstance(given, str) for given, _ in pairs):
        raise TypeError(f"{key!r} must have texts under 'input'")
    return [StdioTest(stdin=given, stdout=wanted) for given, wanted in pairs]


def _solutions(value: object) -> list[str]:
    """Those in Python 3, whether the language is written as its number or by name."""
    pairs = [] if value is None else _columns(value, "solutions", "language", "solution")
    return [code for language, code in pairs if language in (_PYTHON3, "PYTHON3")]


def _columns(value: object, key: str, first: str, second: str) -> list[tuple[str, str]]:
    """Pairs, of two lists as the hub has them, or of a list of objects as the original has them."""
    if isinstance(value, Mapping):
        left, right = value.get(first), value.get(second)
        if not isinstance(left, list) or not isinstance(right, list) or len(left) != len(right):
            raise TypeError(f"{key!r} must have the lists {first!r} and {second!r} of one length")
        pairs = list(zip(left, right, strict=True))
    elif isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
        pairs = [(each.get(first), each.get(second)) for each in value]
    else:
        raise TypeError(f"{key!r} must have the lists {first!r} and {second!r}")
    if not all(isinstance(each[1], str) for each in pairs):
        raise TypeError(f"{key!r} must have texts under {second!r}")
    return pairs


def _named(names: Sequence[str], value: object) -> str:
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    return value.lower() if isinstance(value, str) and value else names[0]


def _difficulty(value: object) -> str | None:
    if isinstance(value, int) and len(_DIFFICULTIES) <= value <= 29:
        return chr(ord("A") + value - len(_DIFFICULTIES) - (value > 18))
    name = _named(_DIFFICULTIES, value)
    return None if name == "unknown" else name


def _tags(value: object) -> list[str]:
    return [tag for tag in value if isinstance(tag, str) and tag] if isinstance(value, list) else []
