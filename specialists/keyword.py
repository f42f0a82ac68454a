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
from specialists.words import words

_TRIPLE_QUOTED = re.compile(r'"""[\s\S]*?"""|' + r"'''[\s\S]*?'''")
# A statement is hostile text: no pattern may cross lines with `\s*` or have two open-ended parts in one line.
_STATEMENT = re.compile(
    r"^[ \t]*(?:(?:return|yield|raise|del)\b|(?:for \S.{0,80}? in .{1,120}|while .{1,120}|(?:el)?if .{1,120}|else):)"
    r"|^[ \t]*\w[\w.\[\]]{0,80} [-+*/]?= |\bdef \w+\(.{0,120}?:[ \t]*(?:return|yield|print|pass|if|for)\b",
    re.MULTILINE,
)
_FRAME = re.compile(r"\bdef \w+\(|\bclass \w+|```|^[ \t]*(?:import|from) \w+|\binput\(\)", re.MULTILINE)
_ERROR = re.compile(r"^Traceback \(most recent call last\)|^[ \t]*\w{0,60}(?:Error|Exception): ", re.MULTILINE)
_LATEX = re.compile(r"\\(?:frac|sqrt|boxed|cdot|sum|int|angle|begin)\b|\$[^$\n]+\$")

WORKS_ON_CODE = ("debugging", "refactoring")
"""They need code to work on: without any, their points count `WITHOUT_CODE` as much ("fix the capitalisation")."""
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
            phrase = words(keyword)
            phrases = self._phrases.setdefault(phrase[0], [])
            owners = next((owners for known, owners in phrases if known == phrase), None)
            if owners is None:
                owners = {}
                phrases.append((phrase, owners))
            owners[specialist.name] = weight

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        """Rank the specialists that serve the problem's task by the words of `goal`."""
        return self.score(problem, goal)

    def score(self, problem: Problem, goal: str) -> Ranking:
        """The same without an event loop."""
        able = self._registry.for_task(problem.task)
        points = {each.name: each.priors.get(problem.task, 0.0) for each in able}
        idle = () if _has_code(problem.statement) else WORKS_ON_CODE
        found = self._find(words(goal))
        evidence = [(name, weight) for _, owners in found for name, weight in owners.items()]
        evidence += [(name, weight) for name, (pattern, weight) in CUES.items() if pattern.search(goal)]
        for name, weight in evidence:
            if name in points:
                points[name] += weight * (WITHOUT_CODE if name in idle else 1.0)
        best = max(points.values())
        odds = {name: 2.0 ** (value - best) for name, value in points.items()}
        total = sum(odds.values())
        scores = sorted(((name, value / total) for name, value in odds.items()), key=lambda score: -score[1])
        seen = [" ".join(phrase) for phrase, owners in found if scores[0][0] in owners]
        return Ranking(scores=tuple(scores), router=self.name, reason=_reason(problem, seen))

    def _find(self, text: tuple[str, ...]) -> list[tuple[tuple[str, ...], dict[str, float]]]:
        """The distinct phrases in `text`; of those that begin at a word the longest, and none inside another."""
        found: dict[tuple[str, ...], dict[str, float]] = {}
        at = 0
        while at < len(text):
            for phrase, owners in self._phrases.get(text[at], ()):
                if text[at : at + len(phrase)] == phrase:
                    found[phrase] = owners
                    at += len(phrase) - 1
                    break
            at += 1
        return list(found.items())


def _reason(problem: Problem, seen: Iterable[str]) -> str:
    phrases = ", ".join(seen)
    return f"keywords: {phrases}" if phrases else f"the usual choice for a {problem.task} problem"


def _has_code(statement: str) -> bool:
    """Whether the statement shows code with a body, more than a signature with a docstring."""
    bare = _TRIPLE_QUOTED.sub("", statement)
    return bool(_FRAME.search(bare) and _STATEMENT.search(bare))
