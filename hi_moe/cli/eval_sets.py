"""`hi-moe eval sets`: the problem sets, and where each would be read from."""

import json

import click

from hi_moe.cli.options import json_option


@click.command()
@json_option
def sets(as_json: bool) -> None:
    """List the problem sets, and where each would be read from on this machine.

    A set comes from the file given with --set-file, else from an installed wheel, else from the model hub. `here` says
    that its source is on this machine already. The path of a file of your own problems is a set, too.
    """
    from evals.sets.registry import get, names
    from hi_moe.cli.streams import put
    from hi_moe.cli.table import table

    found = [(get(name), get(name).available()) for name in names()]
    if as_json:
        put(
            json.dumps(
                [
                    {
                        "name": each.name,
                        "items": each.count(),
                        "source": source.source,
                        "here": source.here,
                        "licence": each.licence,
                        "summary": each.summary,
                        "published": each.published,
                    }
                    for each, source in found
                ]
            )
        )
        return
    rows = [
        (each.name, str(each.count() or ""), "yes" if source.here else "no", source.source, each.licence, each.summary)
        for each, source in found
    ]
    put(table(rows, ("SET", "ITEMS", "HERE", "SOURCE", "LICENCE", "WHAT")), nl=False)
