"""The first router: rules, no model call. Words point to specialists with weights; the kind of task is a strong prior.

A specialist's points are its prior for the task plus the weights of the distinct keywords of its card that occur as
whole words, plus cues (a traceback, code to work on). One point doubles the odds: its probability is
`2**points / sum(2**points)` over the specialists that serve the task. So the confidence is high when one is far
ahead, and low when two are close, which is when the next router should be asked. It is a score, not calibrated.
"""

import re
from collections.abc import Iterable, Mapping

from hierarchy.plan import Ranking
from hierarchy.problem import Problem
from hierarchy.specialist import Specialist
from specialists.registry import Registry

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_TRIPLE_QUOTED = re.compile(r'"""[\s\S]*?"""|' + r"'''[\s\S]*?'''")
_STATEMENT = re.compile(
    r"^\s*(?:return|yield|raise|del)\b|^\s*(?:for .+ in .+|while .+|(?:el)?if .+|else):|^\s*\w[\w.\[\]]* [-+*/]?= "
    r"|\bdef .+:[ \t]*(?:return|yield|print|pass|if|for)\b",
    re.MULTILINE,
)
_FRAME = re.compile(r"\bdef \w+\(|\bclass \w+|```|^\s*(?:import|from) \w+|\binput\(\)", re.MULTILINE)
_ERROR = re.compile(r"^Traceback \(most recent call last\)|^\s*\w*(?:Error|Exception): ", re.MULTILINE)
_LATEX = re.compile(r"\\(?:frac|sqrt|boxed|cdot|sum|int|angle|begin)\b|\$[^$\n]+\$")

WORKS_ON_CODE = ("debugging", "refactoring")
"""They need code to work on: without any, their keywords count `WITHOUT_CODE` as much ("fix the capitalisation")."""
WITHOUT_CODE = 0.3
CUES: Mapping[str, tuple[re.Pattern[str], float]] = {"debugging": (_ERROR, 4.0), "math": (_LATEX, 3.0)}
"""What points to a specialist besides words, with its weight."""


class KeywordRouter:
    """Ranks by rules: deterministic, tens of microseconds."""

    name = "keyword"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._phrases: dict[str, list[tuple[tuple[str, ...], dict[str, float]]]] = {}
        """By first word: each phrase's words with the weight for each specialist, longest phrase first."""
        for name in registry.names():
            self._index(registry.get(name))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def _index(self, specialist: Specialist) -> None:
        for keyword, weight in specialist.keywords.items():
            words = _words(keyword)
            phrases = self._phrases.setdefault(words[0], [])
            owners = next((owners for known, owners in phrases if known == words), None)
            if owners is None:
                owners = {}
                phrases.append((words, owners))
            owners[specialist.name] = weight

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        """Rank the specialists that serve the problem's task by the words of `goal`."""
        return self.score(problem, goal)

    def score(self, problem: Problem, goal: str) -> Ranking:
        """The same without an event loop."""
        able = self._registry.for_task(problem.task)
        points = {each.name: each.priors.get(problem.task, 0.0) for each in able}
        has_code = _has_code(problem.statement)
        found = self._find(_words(goal))
        for phrase, owners in found:
            for name in points.keys() & owners.keys():
                points[name] += owners[name] * (WITHOUT_CODE if name in WORKS_ON_CODE and not has_code else 1.0)
        for name, (pattern, weight) in CUES.items():
            if name in points and pattern.search(goal):
                points[name] += weight
        best = max(points.values())
        odds = {name: 2.0 ** (value - best) for name, value in points.items()}
        total = sum(odds.values())
        scores = sorted(((name, value / total) for name, value in odds.items()), key=lambda score: -score[1])
        seen = [" ".join(phrase) for phrase, owners in found if scores[0][0] in owners]
        return Ranking(scores=tuple(scores), router=self.name, reason=_reason(problem, seen))

    def _find(self, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], dict[str, float]]]:
        """The distinct phrases in `words`; of those that begin at a word the longest, and none inside another."""
        found: dict[tuple[str, ...], dict[str, float]] = {}
        at = 0
        while at < len(words):
            for phrase, owners in self._phrases.get(words[at], ()):
                if words[at : at + len(phrase)] == phrase:
                    found[phrase] = owners
                    at += len(phrase) - 1
                    break
            at += 1
        return list(found.items())


def _reason(problem: Problem, seen: Iterable[str]) -> str:
    words = ", ".join(seen)
    return f"keywords: {words}" if words else f"the usual choice for a {problem.task} problem"


def _words(text: str) -> tuple[str, ...]:
    """Lower-case words without the plural's s; identifiers fall into their parts."""
    return tuple(
        word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word
        for word in _WORD.findall(text.lower().replace("’", "'"))
    )


def _has_code(statement: str) -> bool:
    """Whether the statement shows code with a body, more than a signature with a docstring."""
    bare = _TRIPLE_QUOTED.sub("", statement)
    return bool(_FRAME.search(bare) and _STATEMENT.search(bare))
