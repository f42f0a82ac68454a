"""LeetCodeDataset (Xia et al., 2025, arXiv 2504.14655): LeetCode's Python problems with over 100 tests each.

The rows are those of https://huggingface.co/datasets/newfacade/LeetCodeDataset: `task_id` (the title's slug),
`problem_description`, `starter_code`, `entry_point` (`Solution().twoSum`), `prompt` (imports, and classes such as
`ListNode`, that stand before a solution), `completion` (a right solution), `test` (defines `check(candidate)`),
`difficulty`, `tags`, `estimated_date`. The authors run `prompt + completion + test + check(entry_point)`
(`execution.py` of https://github.com/newfacade/LeetCodeDataset).
"""

from evals.item import Item, ScriptCheck
from evals.sets.base import ProblemSet, Row, day, problem, text, texts
from evals.sets.origins import Hub
from evals.sets.starter import entry_point, shown

_GIVEN = """
_given = {{"__name__": "given"}}
exec({prompt!r}, _given)
for _name, _value in _given.items():
    globals().setdefault(_name, _value)

{test}

check({call})
"""
"""`prompt` comes after the solution here, where its star imports must not hide a function of the solution's."""


class LeetCode(ProblemSet):
    """The test split, which holds the newest problems."""

    name = "leetcode"
    summary = "LeetCodeDataset: LeetCode problems with a release date and many tests each, the test split"
    licence = "Apache-2.0 (the problems: LeetCode's)"
    hub = Hub("newfacade/LeetCodeDataset", "LeetCodeDataset-test.jsonl")
    published = "https://huggingface.co/datasets/newfacade/LeetCodeDataset (LeetCodeDataset-test.jsonl)"

    def item(self, row: Row, number: int) -> Item:
        """A check by script: the tests are published in no other form that keeps their helpers."""
        prompt, call = text(row, "prompt"), text(row, "entry_point")
        statement = f"{text(row, 'problem_description').rstrip()}\n\n{shown(text(row, 'starter_code'), prompt)}\n"
        tags = texts(row, "tags") if row.get("tags") else ()
        read = problem(
            self.name,
            task_id=text(row, "task_id"),
            problem_description=statement,
            entry_point=entry_point(call),
            task="function",
            tags=list(tags),
        )
        completion = row.get("completion")
        return Item(
            read,
            ScriptCheck(_GIVEN.format(prompt=prompt, test=text(row, "test"), call=call)),
            prompt + completion if isinstance(completion, str) and completion else None,
            difficulty=text(row, "difficulty").lower(),
            released=day(row.get("estimated_date")),
        )
