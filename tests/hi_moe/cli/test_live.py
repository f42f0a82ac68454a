"""The live tree, drawn on a terminal that remembers."""

from io import StringIO

from rich.console import Console

from hi_moe.cli.live import LiveTree
from hierarchy.events import CandidateJudged, Event, RunFinished, Surprised


def drawn(view: LiveTree) -> list[str]:
    """The tree as it is now, line by line, without the guides."""
    console = Console(file=StringIO(), width=200, highlight=False)
    console.print(view.render())
    assert isinstance(console.file, StringIO)
    return [line.strip(" │├└─") for line in console.file.getvalue().splitlines()]


def begun(events: list[Event]) -> LiveTree:
    view = LiveTree(Console(file=StringIO(), force_terminal=True, width=100))
    view.begin("add", "2 public tests, entry point add")
    for event in events:
        view.show(event)
    return view


def test_the_finished_tree_has_rounds_candidates_and_the_outcome(events: list[Event]) -> None:
    view = begun(events)
    view.end()
    assert drawn(view) == [
        "add  2 public tests, entry point add",
        "round 0: sample x 3: begin",
        "plan parse → solve",
        "solve → python x 2, math (keyword, 88%)",
        "0.solve.0 python: wrong answer, 1/2 tests, 10 tokens, add(1, 2) gave -1, not 3",
        "2 candidates of python cancelled",
        "selected 0.solve.0 by clusters: the largest cluster",
        "surprise: predicted 0.90, failed",
        "round 1",
        "1.solve.0 python: accepted, 2/2 tests, 10 tokens (from the ledger)",
        "verified  p=0.93  1,200 tokens  2 calls  2 rounds  3.2 s  run run-0001  (2 of 2 public tests pass)",
    ]


def test_while_it_works_the_last_line_says_what_is_going_on(events: list[Event]) -> None:
    to_first_verdict = next(place for place, event in enumerate(events) if isinstance(event, CandidateJudged))
    view = begun(events[: to_first_verdict + 1])
    assert "Monitor decides, 2 candidates under way, 10 tokens, " in drawn(view)[-1]
    view.end()


def test_a_second_problem_starts_a_new_tree(events: list[Event]) -> None:
    view = begun(events)
    view.end()
    view.begin("other", "no public tests; a math question")
    assert drawn(view)[0] == "other  no public tests; a math question"
    assert "loading the model" in drawn(view)[-1]
    view.end()
    view.end()


def test_escape_sequences_of_others_are_written_out(events: list[Event]) -> None:
    view = begun([])
    view.begin("add\x1b]0;PWNED\x07", "found\x9b2J")
    view.show(Surprised(round=0, text="\x1b[2Ja"))
    view.end()
    assert drawn(view) == [r"add\x1b]0;PWNED\x07  found\x9b2J", "round 0", r"surprise: \x1b[2Ja"]


def test_the_terminal_gets_the_last_state(events: list[Event]) -> None:
    file = StringIO()
    view = LiveTree(Console(file=file, force_terminal=True, width=120))
    view.begin("add", "")
    view.show(next(event for event in events if isinstance(event, RunFinished)))
    view.end()
    assert "verified" in file.getvalue().rsplit("add", 1)[1]
    assert file.getvalue().endswith("\x1b[?25h")
    view.total("2 problems")
    assert "2 problems" in file.getvalue().splitlines()[-1]
