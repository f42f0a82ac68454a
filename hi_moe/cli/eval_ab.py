"""`hi-moe eval ab`: two configurations side by side until it is clear which is better."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.exits import Exit
from hi_moe.cli.options import COUNT, POSITIVE, SHARE, json_option, settings_options

if TYPE_CHECKING:
    from evals.ab import Standing

_PATH = click.Path(path_type=Path)


@click.command(
    epilog="""\b
The rule: only items that exactly one side solves count. If the sides are equally good each of these is a fair coin; the
evidence against that is a test martingale (beta-binomial mixture), and the first time it reaches 1/alpha the side with
more of them is declared better. By Ville's inequality the chance of ever declaring one when they are equally good is at
most alpha, however often one looks (evals/stats/sequential.py)."""
)
@click.option("--a", "arm_a", required=True, metavar="ARM", help="The one side, see below.")
@click.option("--b", "arm_b", required=True, metavar="ARM", help="The other side.")
@click.option("--set", "set_name", required=True, metavar="SET", help="Name of a set (hi-moe eval sets), or a file.")
@click.option("--set-file", type=_PATH, metavar="FILE", help="The set's file, instead of its wheel or the model hub.")
@click.option("--solver", default="hierarchy", metavar="X", help="Of an arm that names none.  [default: hierarchy]")
@click.option("--alpha", type=SHARE, default=0.05, metavar="P", help="Error rate to keep.  [default: 0.05]")
@click.option("--limit", type=POSITIVE, metavar="N", help="Only the first N items.")
@click.option("--ids", metavar="A,B", help="Only these items; patterns work.")
@click.option("--seed", type=COUNT, metavar="N", help="Of both sides, and of the order of the items.")
@click.option("--max-concurrency", type=POSITIVE, default=2, metavar="N", help="Items at a time.  [default: 2]")
@click.option("--out", type=_PATH, default=Path("runs/ab"), metavar="DIR", help="Runs DIR/a, DIR/b and DIR/ab.json.")
@click.option("--resume", is_flag=True, help="Go on with the A/B in --out; the configuration must be the same.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@json_option
@settings_options
def ab(
    arm_a: str,
    arm_b: str,
    set_name: str,
    set_file: Path | None,
    solver: str,
    alpha: float,
    limit: int | None,
    ids: str | None,
    seed: int | None,
    max_concurrency: int,
    out: Path,
    resume: bool,
    quiet: bool,
    as_json: bool,
    profile: str | None,
    config: Path | None,
) -> Exit:
    """Run two configurations on the same items, interleaved, until it is clear which is better.

    An ARM is a profile, a settings file (.toml), an adapter (.gguf), solver=NAME or any KEY=VALUE of the settings;
    several with commas.

    \b
    hi-moe eval ab --a solver=direct --b solver=hierarchy --set contest
    hi-moe eval ab --a embedded --b embedded,my-adapter.gguf --set contest --solver direct
    hi-moe eval ab --a ladder.samples=4 --b ladder.samples=16 --set humaneval
    """
    from hi_moe.cli.eval_progress import ab_note, drawing
    from hi_moe.cli.signals import STOPPING, Interrupted, finish
    from hi_moe.cli.streams import put, say
    from hi_moe.evaluation.abtest import AbOptions, ab_test
    from hi_moe.evaluation.arms import read_arm
    from hi_moe.evaluation.selection import Selection, ids_of
    from hierarchy.wording import plural

    options = AbOptions(
        a=read_arm(arm_a),
        b=read_arm(arm_b),
        set_name=set_name,
        set_file=set_file,
        selection=Selection(limit=limit, ids=ids_of(ids)),
        solver=solver,
        alpha=alpha,
        seed=seed,
        concurrency=max_concurrency,
        out=out,
        resume=resume,
        profile=profile,
        config=config,
    )
    again = f"nothing is lost; go on with: the same command and --resume (folder {out})"

    async def main() -> "Standing":
        with drawing("items", quiet) as draw:
            return await ab_test(
                options,
                lambda now: draw(now.compared, now.items, ab_note(now)),
                lambda line: say(f"warning: {line}"),
            )

    try:
        found = finish(main(), f"interrupted; {again}", STOPPING)
    except Interrupted as interrupted:
        return interrupted.code
    next_command = f"next: hi-moe eval compare {out / 'a'} {out / 'b'}"
    put(json.dumps(found.as_json()) if as_json else f"{found.sentence()}\n{next_command}")
    if not found.failed:
        return Exit.VERIFIED
    say(f"{plural(found.failed, 'item')} could not be compared; see errors.jsonl in {out / 'a'} and {out / 'b'}")
    return Exit.INFRASTRUCTURE
