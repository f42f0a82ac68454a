"""What the drill-down of a report shows: each item with its attempts in every run, as plain JSON.

Texts stand in a pool of their own and are referred to by their place in it: runs often share programs.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from evals.report.runs import Run
from evals.report.text import LEFT_OUT, LONGEST, LONGEST_VALUE, shown
from evals.results import Results, Row
from hierarchy.attempt import Attempt, Failure
from hierarchy.ledger.tree import Node, attempt_tree

State = Literal["right", "wrong", "mixed", "open"]
"""Of an item in a run: every sample that counts is right, none is, some are, or there is none that counts."""

MOST_ATTEMPTS = 64
"""Of one sample; a note says how many more there are."""

Json = dict[str, object]


def state(rows: Iterable[Row]) -> State:
    """How an item went in a run, over its samples."""
    verdicts = [row.passed for row in rows if row.passed is not None]
    if not verdicts:
        return "open"
    return "right" if all(verdicts) else "mixed" if any(verdicts) else "wrong"


def changed(states: Iterable[State]) -> bool:
    """Whether runs disagree about an item; a run that has no verdict yet does not count."""
    return len({each for each in states if each != "open"}) > 1


def problems(runs: Sequence[Run], *, statements: bool = True) -> Json:
    """Every item of the runs, in the order of the first run that has it.

    Without `statements` nothing of the set's text is in it: no statement, program, input or output, and no line that
    may quote one.
    """
    drill = _Drill(statements)
    found = [run.results for run in runs]
    ids = dict.fromkeys(item_id for results in found for item_id in results.items)
    items = [drill.item(item_id, found) for item_id in ids]
    return {
        "runs": [{"name": run.name, "solver": run.results.manifest.solver} for run in runs],
        "items": items,
        "texts": list(drill.texts),
        "statements": statements,
    }


class _Drill:
    def __init__(self, statements: bool) -> None:
        self.texts: dict[str, int] = {}
        self._statements = statements

    def item(self, item_id: str, runs: Sequence[Results]) -> Json:
        facts = next(run.items[item_id] for run in runs if item_id in run.items)
        labels = [facts.family, facts.difficulty, *facts.tags, *(f"{k}: {v}" for k, v in facts.facts.items())]
        states = [state(run.by_item.get(item_id, ())) for run in runs]
        return {
            "id": shown(item_id, 200),
            "statement": self._text(facts.statement),
            "labels": [shown(label, 80) for label in labels if label],
            "states": states,
            "changed": changed(states),
            "cells": [self._cells(item_id, run) for run in runs],
        }

    def _cells(self, item_id: str, run: Results) -> list[Json]:
        rows = run.by_item.get(item_id, ())
        failed = {error.sample: error.error for error in run.errors if error.task_id == item_id}
        found = [self._cell(row, failed.pop(row.sample.sample, "")) for row in rows]
        lost = sorted(failed.items())
        return found + [{"sample": sample, "error": self._line(why) or LEFT_OUT} for sample, why in lost]

    def _cell(self, row: Row, why: str) -> Json:
        """`why` it is not graded, where our own machinery failed."""
        sample, grade = row.sample, row.grade
        answers = {attempt.candidate.code or attempt.candidate.answer for attempt in sample.attempts}
        return {
            "sample": sample.sample,
            "passed": row.passed,
            "base": grade.base if grade else None,
            "status": grade.status if grade else "not graded",
            "detail": self._line(grade.detail if grade else why),
            "failure": self._failure(grade.failure if grade else None),
            "outcome": sample.status,
            "p": round(sample.p_correct, 3),
            "reason": self._line(sample.reason),
            "tokens_in": sample.usage.prompt_tokens,
            "tokens_out": sample.usage.completion_tokens,
            "seconds": round(sample.seconds, 2),
            "rounds": sample.rounds,
            "selected": sample.selected_id,
            "solution": None if sample.solution in answers else self._text(sample.solution),
            "tree": self._tree(attempt_tree(sample.attempts[:MOST_ATTEMPTS]), grade.candidates if grade else {}),
            "more": max(0, len(sample.attempts) - MOST_ATTEMPTS),
        }

    def _tree(self, nodes: tuple[Node, ...], right: dict[str, bool]) -> list[Json]:
        return [self._attempt(n.attempt, right) | {"children": self._tree(n.children, right)} for n in nodes]

    def _attempt(self, attempt: Attempt, right: dict[str, bool]) -> Json:
        candidate, verdict = attempt.candidate, attempt.verdict
        return {
            "id": attempt.id,
            "action": attempt.action,
            "step": attempt.step,
            "specialist": shown(candidate.specialist, 80),
            "model": shown(candidate.model, 120),
            "temperature": candidate.temperature,
            "finish": candidate.finish_reason,
            "tokens": candidate.usage.completion_tokens,
            "status": verdict.status,
            "passed": verdict.tests_passed,
            "total": verdict.tests_total,
            "detail": self._line(verdict.detail),
            "failure": self._failure(verdict.failure),
            "right": right.get(attempt.id),
            "code": self._text(candidate.code or candidate.answer or candidate.text),
        }

    def _failure(self, failure: Failure | None) -> Json | None:
        if failure is None or not self._statements:
            return None
        return {
            "test": failure.test_index,
            "input": self._text(failure.input, LONGEST_VALUE),
            "expected": self._text(failure.expected, LONGEST_VALUE),
            "actual": self._text(failure.actual, LONGEST_VALUE),
        }

    def _line(self, text: str) -> str:
        return shown(text, 500) if self._statements else ""

    def _text(self, text: str, limit: int = LONGEST) -> int | None:
        """The text's place in the pool; None for an empty one and where texts are left out."""
        if not text or not self._statements:
            return None
        return self.texts.setdefault(shown(text, limit), len(self.texts))
