"""`hi-moe config`: every setting, its value and where it came from."""

import json
from pathlib import Path

import click

from hi_moe.cli.options import json_option, load, settings_options


@click.group()
def config() -> None:
    """Show the settings and where each came from."""


@config.command()
@settings_options
@json_option
def show(profile: str | None, config: Path | None, as_json: bool) -> None:
    """Show every setting with its origin: default, profile, file, environment or flag."""
    from hi_moe.cli.table import table

    rows = load(profile, config).rows()
    if as_json:
        click.echo(json.dumps({key: {"value": value, "origin": origin} for key, value, origin in rows}))
        return
    texts = [(key, "not set" if value is None else json.dumps(value), origin) for key, value, origin in rows]
    click.echo(table(texts, ("KEY", "VALUE", "ORIGIN")), nl=False)


@config.command()
def keys() -> None:
    """List every key with its default, its allowed range and its meaning, as a Markdown table."""
    from hi_moe.settings import Settings
    from hi_moe.settings_keys import markdown

    click.echo(markdown(Settings), nl=False)
