"""What goes to stdout: the answer alone, ready to be pasted or piped, or one line of JSON a problem."""

import json

import click

from hi_moe.cli.exits import STOPPED, Exit
from hi_moe.cli.streams import put
from hierarchy.outcome import Outcome


class Answers:
    """Prints each result as soon as it is known and flushes it: what came out is not lost when a later one fails."""

    def __init__(self, as_json: bool, several: bool) -> None:
        self._as_json = as_json
        self._several = several

    def outcome(self, outcome: Outcome, source: str) -> None:
        """Print an outcome; without `--json`, an abstention prints nothing."""
        if self._as_json:
            data = outcome.model_dump(mode="json") | {"tokens": outcome.usage.tokens}
            _line({"id": outcome.problem_id, "source": source} | data)
            return
        answer = outcome.code if outcome.code is not None else outcome.answer
        if self._several:
            put(f"# {outcome.problem_id}: {outcome.status}")
        if answer is not None and outcome.status != "abstained":
            put(answer.rstrip("\n"))

    def failure(self, name: str, source: str, run_id: str | None, error: str, code: Exit) -> None:
        """Print a problem that has no outcome; without `--json` stderr alone says so."""
        if self._as_json:
            status = "interrupted" if code in STOPPED else "failed"
            _line({"id": name, "source": source, "status": status, "run_id": run_id, "error": error, "exit_code": code})


def _line(data: dict[str, object]) -> None:
    click.echo(json.dumps(data, allow_nan=False))
