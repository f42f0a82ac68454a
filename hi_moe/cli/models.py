"""`hi-moe models`: the weights on this machine."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.exits import Exit
from hi_moe.cli.options import json_option, load, settings_options
from hi_moe.cli.streams import say

if TYPE_CHECKING:
    from hi_moe.settings import Settings
    from serving.models import ModelStore
    from serving.settings import EndpointSettings


@click.group()
def models() -> None:
    """List, fetch and verify the weights."""


@models.command("list")
@settings_options
@json_option
def list_(profile: str | None, config: Path | None, as_json: bool) -> None:
    """List every model that can be asked for, and whether its weights are here."""
    from hi_moe.cli.table import table

    settings = load(profile, config).settings
    store = _store(settings)
    endpoints = settings.models.endpoints
    rows = [_remote(name, endpoint) for name, endpoint in endpoints.items()]
    rows += [_describe(store, name, settings.models.files) for name in settings.models.with_weights(store.names())]
    if as_json:
        click.echo(json.dumps(rows))
        return
    texts = [(str(row["name"]), str(row["state"]), _size(row["size_bytes"]), str(row["about"])) for row in rows]
    click.echo(table(texts, ("NAME", "STATE", "SIZE", "ABOUT")), nl=False)
    say(f"weights folder: {store.cache}")


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@settings_options
def pull(names: tuple[str, ...], profile: str | None, config: Path | None) -> None:
    """Fetch weights and check them; without a NAME, all that the profile needs.

    A broken or killed pull goes on where it stopped. The file's path goes to stdout.
    """
    from hi_moe.cli.bar import ProgressView

    settings = load(profile, config).settings
    store = _store(settings)
    for name in _local(settings, names) or wanted(settings):
        with ProgressView() as view:
            path = store.pull(name, view)
        click.echo(path)


@models.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@settings_options
@json_option
def verify(names: tuple[str, ...], profile: str | None, config: Path | None, as_json: bool) -> Exit:
    """Read weights to the last byte and compare their sha256; without a NAME, all that are here."""
    from hi_moe.cli.bar import ProgressView

    settings = load(profile, config).settings
    store = _store(settings)
    here = tuple(name for name in store.names() if store.status(name).state != "absent")
    reports = []
    for name in _local(settings, names) or here:
        with ProgressView() as view:
            report = store.verify(name, view)
        reports.append(report)
        if not as_json and report.ok:
            click.echo(f"ok  {name}  sha256 {report.sha256}")
        if report.problem:
            say(f"error: {report.problem}")
    if as_json:
        keys = ("name", "ok", "problem", "size_bytes", "sha256", "expected_bytes", "expected_sha256")
        click.echo(
            json.dumps([{"path": str(each.path)} | {key: getattr(each, key) for key in keys} for each in reports])
        )
    if not reports:
        say("no weights are here; fetch them with: hi-moe models pull")
    return Exit.VERIFIED if all(report.ok for report in reports) else Exit.MISSING


def wanted(settings: "Settings") -> tuple[str, ...]:
    """The weights that a run under these settings needs: those of the tiers, then those of the specialists' cards."""
    return settings.models.with_weights(used(settings))


def used(settings: "Settings") -> tuple[str, ...]:
    """The models of the tiers and the specialists' cards, endpoints among them."""
    from specialists.registry import Registry

    return tuple(dict.fromkeys((*settings.models.of_tiers(), *Registry.load(settings.routing.cards).models())))


def _local(settings: "Settings", names: tuple[str, ...]) -> tuple[str, ...]:
    """`names`, none of which is an endpoint. Raises UsageError."""
    from hierarchy.errors import UsageError

    for name in names:
        if name in settings.models.endpoints:
            raise UsageError(f"the model {name!r} is an endpoint and has no weights here; try it: hi-moe doctor")
    return names


def _remote(name: str, endpoint: "EndpointSettings") -> dict[str, object]:
    return {
        "name": name,
        "state": "endpoint",
        "bytes": 0,
        "size_bytes": None,
        "about": f"{endpoint.model} at {endpoint.base_url}",
        "context_tokens": endpoint.context_tokens,
    }


def _store(settings: "Settings") -> "ModelStore":
    from serving.models import ModelStore

    return ModelStore.from_settings(settings.models)


def _describe(store: "ModelStore", name: str, files: dict[str, Path]) -> dict[str, object]:
    status = store.status(name)
    row: dict[str, object] = {"name": name, "state": status.state, "bytes": status.bytes}
    if name in files:
        return row | {"size_bytes": status.bytes, "path": str(files[name]), "about": f"your file {files[name]}"}
    entry = store.catalogue.get(name)
    return row | {
        "size_bytes": entry.size_bytes,
        "path": str(store.cache / entry.file),
        "about": entry.about,
        "parameters": entry.parameters,
        "context_tokens": entry.context_tokens,
        "licence": entry.licence,
        "sha256": entry.sha256,
    }


def _size(size: object) -> str:
    from serving.models.fetch import megabytes

    if size is None:
        return ""
    assert isinstance(size, int)
    return megabytes(size)
