"""Between records and rows: a dict of columns for each record, and the record back from its row."""

import json
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import RowMapping

from hierarchy.attempt import Attempt
from hierarchy.errors import LedgerError
from hierarchy.ledger.records import ModelCall, RunRecord, RunSummary, utc_now
from hierarchy.ledger.redact import redact
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Route
from hierarchy.problem import Problem
from hierarchy.usage import Usage

Columns = dict[str, Any]
M = TypeVar("M", bound=BaseModel)

TITLE_CHARACTERS = 80


def dump(model: BaseModel) -> str:
    """The whole record as ASCII JSON, so that any text a program printed can be stored."""
    return json.dumps(model.model_dump(mode="json"), separators=(",", ":"))


def load(kind: type[M], data: str, run_id: str) -> M:
    """The record back from `dump`. Raises `LedgerError` when it is not what this hi-moe writes."""
    try:
        return build(kind, json.loads(data), run_id)
    except json.JSONDecodeError as error:
        raise _unreadable(kind, run_id, str(error)) from error


def build(kind: type[M], data: object, run_id: str) -> M:
    """`data` as a record. Raises `LedgerError` when it is not what this hi-moe writes."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _unreadable(kind, run_id, f"{place}: {first['msg']}") from error


def _unreadable(kind: type[BaseModel], run_id: str, why: str) -> LedgerError:
    return LedgerError(
        f"run {run_id!r} holds data of {kind.__name__} that this hi-moe cannot read ({why}); "
        "read it with the version that wrote it"
    )


def stamp(moment: datetime | None = None) -> str:
    """A moment (now by default) as text of one width, so that texts sort by time."""
    return (moment or utc_now()).isoformat(timespec="microseconds")


def run_columns(record: RunRecord) -> Columns:
    """A run that begins; its hashes are rows of their own."""
    return {
        "run_id": record.run_id,
        "created_at": stamp(record.created_at),
        "state": "running",
        "problem_id": record.problem.id,
        "task": record.problem.task,
        "problem": dump(record.problem),
        "settings": json.dumps(redact(record.settings)),
        "seed": record.seed,
        "version": record.version,
        "git_revision": record.git_revision,
        "profile": record.profile,
        "isolation": record.isolation,
    }


def hash_columns(record: RunRecord) -> list[Columns]:
    """What was hashed for a run: its weights, its prompts and its settings."""
    kinds = {
        "weights": record.models,
        "prompt": record.prompts,
        "settings": {"resolved": record.settings_sha256},
    }
    return [
        {"run_id": record.run_id, "kind": kind, "name": name, "sha256": sha256}
        for kind, hashes in kinds.items()
        for name, sha256 in hashes.items()
    ]


def outcome_columns(outcome: Outcome) -> Columns:
    """The end of a run. Its attempts have rows of their own: the outcome keeps their ids."""
    data = outcome.model_dump(mode="json", exclude={"attempts"})
    data["attempts"] = [attempt.id for attempt in outcome.attempts]
    return {
        "state": "finished",
        "finished_at": stamp(),
        "status": outcome.status,
        "p_correct": outcome.p_correct,
        "seconds": outcome.seconds,
        "outcome": json.dumps(data, separators=(",", ":")),
    }


def directive_columns(run_id: str, directive: Directive) -> Columns:
    """The Monitor's decision that opens a round."""
    return {
        "run_id": run_id,
        "round": directive.round,
        "recorded_at": stamp(),
        "action": directive.action,
        "predicted": directive.predicted,
        "directive": dump(directive),
    }


def route_columns(run_id: str, round_: int, route: Route) -> Columns:
    """Who works on a step; the column `specialist` is the one with the first share."""
    return {
        "run_id": run_id,
        "round": round_,
        "step": route.step,
        "recorded_at": stamp(),
        "specialist": route.shares[0][0],
        "router": route.router,
        "confidence": route.confidence,
        "route": dump(route),
    }


def attempt_columns(run_id: str, attempt: Attempt) -> Columns:
    """An attempt, with what one filters by beside the whole."""
    candidate, verdict = attempt.candidate, attempt.verdict
    return {
        "run_id": run_id,
        "attempt_id": attempt.id,
        "parent_id": attempt.parent_id,
        "recorded_at": stamp(),
        "round": attempt.round,
        "action": attempt.action,
        "step": attempt.step,
        "specialist": candidate.specialist,
        "model": candidate.model,
        "prompt_sha256": candidate.prompt_sha256,
        "status": verdict.status,
        "tests_passed": verdict.tests_passed,
        "tests_total": verdict.tests_total,
        "completion_tokens": candidate.usage.completion_tokens,
        "model_seconds": candidate.usage.model_seconds,
        "sandbox_seconds": verdict.sandbox_seconds,
        "attempt": dump(attempt),
    }


def call_columns(run_id: str, call: ModelCall) -> Columns:
    """A model call; every field is a column."""
    fields = call.model_dump(exclude={"usage"})
    return {"run_id": run_id, "recorded_at": stamp(), "round": call.round, **fields, **call.usage.model_dump()}


def to_call(row: RowMapping) -> ModelCall:
    """The call back from its row."""
    data = {name: row[name] for name in ModelCall.model_fields if name != "usage"}
    data["usage"] = {name: row[name] for name in Usage.model_fields}
    return build(ModelCall, data, row["run_id"])


def to_run(row: RowMapping, hashes: list[RowMapping], attempts: tuple[Attempt, ...]) -> RunRecord:
    """The run back from its row, the hashes of its weights and prompts, and its attempts."""
    run_id = row["run_id"]
    data = {name: row[name] for name in ("run_id", "created_at", "finished_at", "state", "seed", "version")}
    data |= {name: row[name] for name in ("git_revision", "profile", "isolation", "seconds")}
    data["problem"] = load(Problem, row["problem"], run_id)
    data["settings"] = json.loads(row["settings"])
    data["models"] = {each["name"]: each["sha256"] for each in hashes if each["kind"] == "weights"}
    data["prompts"] = {each["name"]: each["sha256"] for each in hashes if each["kind"] == "prompt"}
    if row["outcome"] is not None:
        outcome = json.loads(row["outcome"])
        by_id = {attempt.id: attempt for attempt in attempts}
        outcome["attempts"] = tuple(by_id[name] for name in outcome["attempts"])
        data["outcome"] = build(Outcome, outcome, run_id)
    return build(RunRecord, data, run_id)


def to_summary(row: RowMapping) -> RunSummary:
    """A line of a list of runs."""
    names = ("run_id", "created_at", "state", "status", "p_correct", "problem_id", "task", "seconds")
    data = {name: row[name] for name in (*names, "attempts", "tokens", "rounds")}
    statement = load(Problem, row["problem"], row["run_id"]).statement
    data["title"] = next((line.strip() for line in statement.splitlines() if line.strip()), "")[:TITLE_CHARACTERS]
    return build(RunSummary, data, row["run_id"])
