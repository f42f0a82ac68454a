"""A run in words: one line per event, a problem's summary, the closing line."""

from collections import Counter
from collections.abc import Sequence

from hierarchy.attempt import Attempt
from hierarchy.events import (
    CandidateJudged,
    DirectiveIssued,
    Event,
    Planned,
    Routed,
    RunFinished,
    RunStarted,
    SamplesCancelled,
    SamplesStarted,
    SelectionMade,
    Surprised,
    TierEntered,
)
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Plan, Route
from hierarchy.wording import plural

STATUS_STYLE = {"verified": "bold green", "agreed": "green", "unverified": "yellow", "abstained": "red"}
VERDICT_STYLE = {"accepted": "green", "infrastructure": "magenta"}
"""Any other verdict is red."""
REDUCED = "reduced isolation"
"""Said of whatever ran in the tier without namespaces."""


def event_line(event: Event) -> str:
    """One line about one event, without the run's id."""
    match event:
        case RunStarted():
            return f"run {event.run_id} {'resumed' if event.resumed else 'started'}"
        case TierEntered():
            return f"round {event.round}: {event.tier}"
        case DirectiveIssued():
            return directive_line(event.directive)
        case Planned():
            return f"round {event.round}: plan {plan_text(event.plan)}"
        case Routed():
            return f"round {event.round}: {event.route.step} → {route_text(event.route)}"
        case SamplesStarted():
            return (
                f"round {event.round}: {event.specialist} writes {plural(event.samples, 'candidate')} ({event.action})"
            )
        case CandidateJudged():
            return f"candidate {attempt_text(event.attempt)}{' (from the ledger)' if event.replayed else ''}"
        case SamplesCancelled():
            return f"round {event.round}: {plural(event.samples, 'candidate')} of {event.specialist} cancelled"
        case SelectionMade():
            return f"round {event.round}: selected {event.attempt_id} by {event.method}: {event.reason}"
        case Surprised():
            return f"round {event.round}: surprise: {event.text}"
        case RunFinished():
            return summary_line(event.outcome)


def directive_line(directive: Directive) -> str:
    """The Monitor's decision: rung, samples, reason."""
    samples = f" x {directive.samples}" if directive.samples > 1 else ""
    return f"round {directive.round}: {directive.action}{samples}: {directive.reason}"


def plan_text(plan: Plan) -> str:
    """The plan's steps in order."""
    return " → ".join(step.id for step in plan.steps)


def route_text(route: Route) -> str:
    """Who works, chosen by whom and how sure."""
    who = ", ".join(name if samples == 1 else f"{name} x {samples}" for name, samples in route.shares)
    return f"{who} ({route.router}, {route.confidence:.0%})"


def attempt_text(attempt: Attempt) -> str:
    """One candidate: place, specialist, verdict, tests, tokens, why it failed."""
    return f"{attempt.id} {attempt.candidate.specialist}: {verdict_text(attempt)}"


def verdict_text(attempt: Attempt) -> str:
    """Verdict, tests passed, tokens and the first failure."""
    verdict = attempt.verdict
    words = [verdict.status.replace("_", " ")]
    if verdict.tests_total:
        words.append(f"{verdict.tests_passed}/{verdict.tests_total} tests")
    words.append(f"{attempt.candidate.usage.completion_tokens} tokens")
    if verdict.isolation == "reduced":
        words.append(REDUCED)
    if verdict.failure is not None:
        failure = verdict.failure
        words.append(shorten(f"{failure.input} gave {failure.actual}, not {failure.expected}"))
    elif verdict.detail:
        words.append(shorten(verdict.detail))
    return ", ".join(words)


def summary_line(outcome: Outcome) -> str:
    """The closing line: status, probability, what it cost, and the run to look at."""
    usage = outcome.usage
    reduced = any(attempt.verdict.isolation == "reduced" for attempt in outcome.attempts)
    return (
        f"{outcome.status}  p={outcome.p_correct:.2f}  {plural(usage.tokens, 'token')}  {plural(usage.calls, 'call')}  "
        f"{plural(outcome.rounds, 'round')}  {outcome.seconds:.1f} s  run {outcome.run_id}  "
        f"{REDUCED + '  ' if reduced else ''}({outcome.reason})"
    )


def total_line(outcomes: Sequence[Outcome], failed: int) -> str:
    """What several problems came to: how many of each status, and what they cost together."""
    statuses: Counter[str] = Counter(outcome.status for outcome in outcomes)
    counts = [f"{statuses[status]} {status}" for status in STATUS_STYLE if status in statuses]
    counts += [f"{failed} failed"] if failed else []
    tokens, seconds = sum(each.usage.tokens for each in outcomes), sum(each.seconds for each in outcomes)
    problems = plural(len(outcomes) + failed, "problem")
    return f"{problems}: {', '.join(counts)}  {plural(tokens, 'token')}  {seconds:.1f} s"


def shorten(text: str, width: int = 90) -> str:
    """One line of at most `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1] + "…"


def verdict_style(attempt: Attempt) -> str:
    """The colour of a verdict."""
    return VERDICT_STYLE.get(attempt.verdict.status, "red")
