"""`hi-moe config show`: every setting, its value and where it came from."""

import json
from pathlib import Path

import click


@click.group()
def config() -> None:
    """Show the settings and where each came from."""


@config.command()
@click.option("--profile", help="Profile to start from.")
@click.option("--config", "file", type=click.Path(path_type=Path), help="Settings file to read.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def show(profile: str | None, file: Path | None, as_json: bool) -> None:
    """Show every setting with its origin: default, profile, file, environment or flag."""
    from hi_moe.settings import Settings

    rows = Settings.load(profile, file).rows()
    if as_json:
        click.echo(json.dumps({key: {"value": value, "origin": origin} for key, value, origin in rows}))
        return
    texts = [(key, "" if value is None else str(value), origin) for key, value, origin in rows]
    wide = [max(len(row[column]) for row in texts) for column in (0, 1)]
    for key, value, origin in texts:
        click.echo(f"{key:<{wide[0]}}  {value:<{wide[1]}}  {origin}")


@config.command()
def keys() -> None:
    """List every key with its default, its allowed range and its meaning, as a Markdown table."""
    from hi_moe.settings import Settings
    from hi_moe.settings_keys import markdown

    click.echo(markdown(Settings), nl=False)
