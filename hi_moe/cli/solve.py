"""`hi-moe solve`: from the command line to problems, and from outcomes to stdout and an exit code."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli import exits
from hi_moe.cli.exits import Exit
from hi_moe.cli.options import COUNT, SECONDS, json_option, load, settings_options

if TYPE_CHECKING:
    from hi_moe.cli.work import Job
    from hierarchy.problem import Problem


@click.command(epilog=exits.HELP)
@click.argument("text", required=False)
@click.option("--file", "-f", type=click.Path(path_type=Path), metavar="FILE", help="Problems: .json, .jsonl or text.")
@click.option("--example", metavar="NAME", help="A problem that ships with hi-moe; `list` names them.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped or killed.")
@json_option
@click.option("--quiet", "-q", is_flag=True, help="Nothing on stderr but errors.")
@click.option("--seed", type=COUNT, metavar="N", help="All randomness of the run follows from it.")
@click.option("--model", metavar="NAME", help="Weights for every tier that the settings give none of its own.")
@click.option("--specialist", metavar="NAME", help="Ask only this one; see: hi-moe specialists list.")
@click.option("--samples", type=COUNT, metavar="N", help="Candidates of the `sample` rung.")
@click.option("--confidence", type=float, metavar="P", help="Go on while P(correct) is below this, 0 to 1.")
@click.option("--budget-tokens", type=COUNT, metavar="N", help="Prompt plus completion tokens of a run.")
@click.option("--budget-calls", type=COUNT, metavar="N", help="Model calls of a run.")
@click.option("--budget-rounds", type=COUNT, metavar="N", help="Passes through the ring.")
@click.option("--budget-seconds", type=SECONDS, metavar="S", help="Wall seconds of a run.")
@settings_options
def solve(
    text: str | None,
    file: Path | None,
    example: str | None,
    resume: str | None,
    as_json: bool,
    quiet: bool,
    profile: str | None,
    config: Path | None,
    **flags: object,
) -> Exit:
    """Solve a problem and say how sure the answer is.

    TEXT is the statement; `-` reads it from stdin. The answer goes to stdout, everything else to stderr. A statement
    may show examples in any usual form (doctests, asserts, `f(2) == 4`, sample input and output): each becomes a test
    that an answer has to pass.

    \b
    hi-moe solve "Write a function add(a, b). >>> add(2, 3)  5"
    hi-moe solve --file problems.jsonl --json > outcomes.jsonl
    cat statement.txt | hi-moe solve -
    """
    given = [name for name, value in (("TEXT", text), ("--file", file), ("--example", example)) if value is not None]
    given += ["--resume"] if resume is not None else []
    if len(given) != 1:
        wrong = f"{' and '.join(given)} exclude each other" if given else "there is no problem to solve"
        raise click.UsageError(
            f"{wrong}; give one of TEXT, -, --file, --example, --resume", click.get_current_context()
        )
    if example == "list":
        from hi_moe.cli.statements import examples

        click.echo("\n".join(examples()))
        return Exit.VERIFIED
    loaded = load(profile, config, _keys(flags))

    from hi_moe.cli.answers import Answers
    from hi_moe.cli.statements import read
    from hi_moe.cli.view import choose_view

    jobs = [_again(resume)] if resume is not None else [_job(problem) for problem in read(text, file, example)]

    from hi_moe.cli.work import Worker

    return Worker(jobs, loaded, choose_view(quiet), Answers(as_json, len(jobs) > 1)).run()


def _keys(flags: dict[str, object]) -> dict[str, object]:
    """Settings keys for the command line's names."""
    keys = {
        "model": "models.default",
        "specialist": "routing.specialist",
        "samples": "ladder.samples",
        "confidence": "ladder.confidence",
        "budget_seconds": "budget.wall_seconds",
    }
    return {keys.get(name, name.replace("_", ".")): value for name, value in flags.items()}


def _job(problem: "Problem") -> "Job":
    from hi_moe.cli.work import Job
    from hierarchy.intake import describe

    return Job(problem.id, problem.source, describe(problem), lambda session: session.stream(problem))


def _again(run_id: str) -> "Job":
    from hi_moe.cli.work import Job

    return Job(f"run {run_id}", "ledger", "going on", lambda session: session.resume(run_id))
