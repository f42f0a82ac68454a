"""`hi-moe doctor`: is everything there that a run needs?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.exits import Exit
from hi_moe.cli.options import json_option, load, settings_options
from hi_moe.cli.streams import visible

if TYPE_CHECKING:
    from hi_moe.cli.finding import Finding
    from hi_moe.settings import Settings


@click.command()
@settings_options
@json_option
def doctor(profile: str | None, config: Path | None, as_json: bool) -> Exit:
    """Check this machine and this installation: each line is ok, or has the cause and the command that mends it.

    Exits with 0 when all is well and with 3 otherwise.
    """
    findings = []
    for finding in examine(load(profile, config).settings):
        findings.append(finding)
        if not as_json:
            mark = click.style("ok  ", fg="green") if finding.ok else click.style("FAIL", fg="red", bold=True)
            fix = f"\n{'':16}fix: {finding.fix}" if finding.fix else ""
            click.echo(f"{mark}  {visible(f'{finding.check:<9} {finding.text}{fix}')}")
    if as_json:
        click.echo(json.dumps([finding.as_data() for finding in findings]))
    return Exit.VERIFIED if all(finding.ok for finding in findings) else Exit.MISSING


def examine(settings: "Settings") -> Iterator["Finding"]:
    """Every check in turn, each as soon as it is done."""
    from hi_moe.cli import checks_install as install
    from hi_moe.cli import checks_machine as machine
    from hierarchy.errors import HiMoeError
    from hierarchy.ledger.connect import parse_url, sqlite_path
    from serving.models import ModelStore

    yield machine.python()
    present = list(install.weights(settings))
    remote = install.endpoints(settings)
    if present or not remote:
        engine = install.engine()
        yield machine.compiler(engine.ok)
        yield engine
    yield from present
    yield from remote
    yield machine.isolation(settings.sandbox)
    try:
        size = machine.weights_bytes(settings)
    except HiMoeError:
        # An unknown model: the line about the weights says so.
        size = 0
    missing = 0 if all(finding.ok for finding in present) else size
    yield machine.disk(ModelStore.from_settings(settings.models).cache, missing, "weights")
    ledger = install.ledger(settings)
    yield ledger
    if ledger.ok and (path := sqlite_path(parse_url(settings.ledger.url))):
        yield machine.disk(path.parent, machine.LEDGER_BYTES, "ledger")
    yield machine.memory(size)
    yield from install.names()
