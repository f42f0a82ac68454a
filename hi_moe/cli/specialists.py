"""`hi-moe specialists`: who can be asked."""

import json
from pathlib import Path

import click

from hi_moe.cli.options import json_option, load, settings_options


@click.group()
def specialists() -> None:
    """List the specialists."""


@specialists.command("list")
@settings_options
@json_option
def list_(profile: str | None, config: Path | None, as_json: bool) -> None:
    """List every specialist: what it is good at and which kinds of task it answers."""
    from hi_moe.cli.table import table
    from specialists.registry import Registry

    settings = load(profile, config).settings
    registry = Registry.load(settings.routing.cards)
    cards = [registry.get(name) for name in registry.names()]
    if as_json:
        click.echo(json.dumps([card.model_dump(mode="json") for card in cards]))
        return
    rows = [
        (card.name, ", ".join(card.tasks), card.model or settings.models.default, card.description) for card in cards
    ]
    click.echo(table(rows, ("NAME", "TASKS", "MODEL", "GOOD AT")), nl=False)
