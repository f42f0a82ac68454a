"""All sets by name, and how one is loaded."""

import difflib
from pathlib import Path

from evals.sets.aime import Aime
from evals.sets.base import LoadedSet, ProblemSet
from evals.sets.codecontests import CodeContests
from evals.sets.contest import Contest
from evals.sets.evalplus import HumanEvalPlus, MbppPlus
from evals.sets.gsm8k import Gsm8k
from evals.sets.humaneval import HumanEval
from evals.sets.leetcode import LeetCode
from evals.sets.livecodebench import LiveCodeBench
from evals.sets.math500 import Math500
from evals.sets.mbpp import Mbpp
from evals.sets.own import Own
from evals.sets.rows import read_rows
from evals.sets.seen import noted
from hierarchy.errors import UnknownName, UsageError

_SETS: tuple[type[ProblemSet], ...] = (
    Contest,
    HumanEval,
    HumanEvalPlus,
    Mbpp,
    MbppPlus,
    Gsm8k,
    Math500,
    Aime,
    LeetCode,
    LiveCodeBench,
    CodeContests,
    Own,
)
"""A new set is one file and one line here."""
_OWN_FILES = (".jsonl", ".json", ".toml", ".gz")


def names() -> tuple[str, ...]:
    """All names, in the order of the list above."""
    return tuple(each.name for each in _SETS)


def get(name: str) -> ProblemSet:
    """The set `name`. Raises `UnknownName` with a suggestion."""
    for each in _SETS:
        if each.name == name:
            return each()
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names())}, or the path of a file"
    raise UnknownName(f"no set {name!r}; {hint}")


def load_set(name: str, path: Path | None = None, *, record: Path | None = None) -> LoadedSet:
    """Load a set. `name` may also be the path of a file, or a folder, of one's own problems.

    `path`: its file, instead of the set's wheel or the model hub. `record`: where the sha256s are noted (`seen`).
    Raises `UnknownName`, `UsageError` for a file of another form, `MissingComponent` where no source has the set.
    """
    if path is None and _is_path(name):
        name, path = Own.name, Path(name)
    chosen = get(name)
    if path is None and isinstance(chosen, Own) and name == Own.name:
        raise UsageError("the set 'own' needs your file: --set path/to/problems.jsonl")
    origin = chosen.origin(path)
    items = chosen.items(read_rows(origin))
    # Files of one's own have one name for all of them: a change says nothing.
    changed = noted(name, origin.sha256, record) if name != Own.name else None
    return LoadedSet(chosen, tuple(items), origin, changed)


def _is_path(name: str) -> bool:
    return name not in names() and ("/" in name or name.endswith(_OWN_FILES) or Path(name).exists())
