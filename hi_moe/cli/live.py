"""The live tree: rounds, tiers and candidates, drawn on stderr while the ring works."""

import time

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text
from rich.tree import Tree

from hi_moe.cli.labels import Label
from hi_moe.cli.text import (
    STATUS_STYLE,
    directive_line,
    plan_text,
    route_text,
    shorten,
    summary_line,
    verdict_style,
    verdict_text,
)
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
from hierarchy.wording import plural

TIER_TEXT = {
    "monitor": "Monitor decides",
    "architect": "Architect plans",
    "dispatcher": "Dispatcher chooses a specialist",
    "fleet": "Fleet writes and judges",
    "selector": "Selector compares candidates",
}


class LiveTree:
    """Draws the run as it grows. Handing it every event of a run gives the whole tree."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._live: Live | None = None
        self._root = Tree("")
        self._rounds: dict[int, Tree] = {}
        self._spinner = Spinner("dots")
        self._busy: Text | None = None
        self._decoding = 0
        self._tokens = 0
        self._start = time.monotonic()
        self._closing: Text | None = None

    def begin(self, name: str, found: str) -> None:
        """Start drawing a new tree."""
        self._root = Tree(Label(name, "bold").append(f"  {found}", "default"), guide_style="dim")
        self._rounds.clear()
        self._busy, self._closing, self._decoding, self._tokens = Label("loading the model"), None, 0, 0
        self._start = time.monotonic()
        self._live = Live(get_renderable=self.render, console=self._console, refresh_per_second=8)
        self._live.start(refresh=True)

    def show(self, event: Event) -> None:
        """Add the event to the tree."""
        match event:
            case RunStarted():
                self._busy = Label("the ring starts")
            case TierEntered():
                self._busy = Label(TIER_TEXT[event.tier])
            case DirectiveIssued(directive=directive):
                if directive.action != "stop":
                    self._rounds[directive.round] = self._root.add(Label(directive_line(directive), "cyan"))
            case Planned():
                self._in_round(event.round, Label(f"plan {plan_text(event.plan)}"))
            case Routed():
                self._in_round(event.round, Label(f"{event.route.step} → {route_text(event.route)}"))
            case SamplesStarted():
                self._decoding += event.samples
            case CandidateJudged():
                self._judged(event)
            case SamplesCancelled():
                self._decoding = max(0, self._decoding - event.samples)
                text = f"{plural(event.samples, 'candidate')} of {event.specialist} cancelled"
                self._in_round(event.round, Label(text, "dim"))
            case SelectionMade():
                text = shorten(f"selected {event.attempt_id} by {event.method}: {event.reason}", 110)
                self._in_round(event.round, Label(text, "cyan"))
            case Surprised():
                self._in_round(event.round, Label(f"surprise: {event.text}", "yellow"))
            case RunFinished():
                self._busy = None
                self._closing = Label(summary_line(event.outcome), STATUS_STYLE[event.outcome.status])

    def end(self) -> None:
        """Draw the last state and give the terminal back."""
        self._busy = None
        if self._live is not None:
            self._live.stop()
            self._live = None

    def total(self, text: str) -> None:
        """Write it below the last tree."""
        self._console.print(Label(text, "bold"))

    def render(self) -> RenderableType:
        """The tree as it is now."""
        tree = Tree(self._root.label, guide_style="dim")
        tree.children = list(self._root.children)
        if self._busy is not None:
            self._spinner.update(text=self._status(self._busy))
            tree.add(self._spinner)
        if self._closing is not None:
            tree.add(self._closing)
        return tree

    def _status(self, busy: Text) -> Text:
        text = busy.copy()
        if self._decoding:
            text.append(f", {plural(self._decoding, 'candidate')} under way")
        if self._tokens:
            text.append(f", {plural(self._tokens, 'token')}")
        return text.append(f", {time.monotonic() - self._start:.0f} s")

    def _judged(self, event: CandidateJudged) -> None:
        attempt = event.attempt
        self._decoding = max(0, self._decoding - (0 if event.replayed else 1))
        self._tokens += attempt.candidate.usage.completion_tokens
        text = Label(f"{attempt.id} {attempt.candidate.specialist}: ").append(
            verdict_text(attempt), verdict_style(attempt)
        )
        if event.replayed:
            text.append(" (from the ledger)", "dim")
        self._in_round(attempt.round, text)

    def _in_round(self, number: int, text: Text) -> None:
        """Add a line to a round; the rounds before a resume have no directive of their own here."""
        if number not in self._rounds:
            self._rounds[number] = self._root.add(Label(f"round {number}", "cyan"))
        text.no_wrap, text.overflow = True, "ellipsis"
        self._rounds[number].add(text)
