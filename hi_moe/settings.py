"""All settings in one place, and where each value came from.

Precedence: flags > environment `HI_MOE_*` > file `hi-moe.toml` > profile > defaults.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from hi_moe.settings_keys import allowed, describe
from hi_moe.settings_layers import (
    Given,
    Layer,
    from_environment,
    from_flags,
    from_toml,
    leaves,
    nested,
    suggest,
    table_of,
)
from hierarchy.base import Frozen
from hierarchy.errors import SettingsError
from hierarchy.settings import LadderSettings, LedgerSettings
from hierarchy.usage import Budget
from sandbox.settings import SandboxSettings
from serving.settings import EngineSettings, ModelsSettings
from specialists.settings import RoutingSettings

FILE_NAME = "hi-moe.toml"
FLAGS: Mapping[str, str] = {
    "models.default": "--model",
    "routing.specialist": "--specialist",
    "ladder.samples": "--samples",
    "ladder.confidence": "--confidence",
    "budget.wall_seconds": "--budget-seconds",
    "sandbox.tier": "--tier",
    "sandbox.packages": "--package",
    "sandbox.cpu_seconds": "--cpu-seconds",
    "sandbox.wall_seconds": "--wall-seconds",
    "sandbox.memory_mib": "--memory-mib",
    "sandbox.output_bytes": "--output-bytes",
    "sandbox.file_mib": "--file-mib",
    "sandbox.threads": "--threads",
    "sandbox.processes": "--processes",
}
"""How the command line spells a key, where it is not `--section-key`."""


class Settings(Frozen):
    """Every setting of hi-moe; each room owns the model of its section."""

    profile: str = "embedded"
    """A set of defaults for a kind of machine: `embedded` or `tiny`."""
    seed: int = Field(default=0, ge=0, lt=2**32)
    """All randomness of a run follows from it."""
    budget: Budget = Budget()
    ladder: LadderSettings = LadderSettings()
    routing: RoutingSettings = RoutingSettings()
    models: ModelsSettings = ModelsSettings()
    engine: EngineSettings = EngineSettings()
    sandbox: SandboxSettings = SandboxSettings()
    ledger: LedgerSettings = LedgerSettings()

    @classmethod
    def load(
        cls,
        profile: str | None = None,
        config: Path | None = None,
        flags: Mapping[str, object] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> "Loaded":
        """Resolve the settings.

        `config` replaces the search for `hi-moe.toml` (working directory, then the platform's config folder). `flags`
        maps dotted keys to values; None values count as not given. Raises `SettingsError`, one line that names the
        file or variable, the key, the value and what is allowed.
        """
        keys = leaves(cls)
        path = find_config(config)
        upper: list[Layer] = [
            from_toml(path, keys, str(path)) if path else {},
            from_environment(environ, keys),
            from_flags({"profile": profile, **(flags or {})}, keys, FLAGS),
        ]
        chosen = next((layer["profile"] for layer in reversed(upper) if "profile" in layer), None)
        merged = _profile_layer(chosen or Given("embedded", "default"), keys)
        for layer in upper:
            merged |= layer
        try:
            settings = cls.model_validate(nested(merged, keys))
        except ValidationError as error:
            raise SettingsError(_explain(error, merged, keys)) from error
        origins = dict.fromkeys(keys, "default") | {key: given.origin for key, given in merged.items()}
        return Loaded(settings, origins, path)


@dataclass(frozen=True)
class Loaded:
    """Resolved settings with the origin of every value."""

    settings: Settings
    origins: Mapping[str, str]
    """Dotted key to `default`, `profile NAME`, `FILE`, `env NAME` or `flag --x`."""
    config_file: Path | None = None

    def rows(self) -> list[tuple[str, object, str]]:
        """(key, value as JSON data, origin) of every setting, sections together, secrets masked."""
        rows: list[tuple[str, object, str]] = []
        values = self.settings.model_dump(mode="json")
        for key in leaves(Settings):
            value: object = values
            for part in key.split("."):
                assert isinstance(value, dict)
                value = value[part]
            if isinstance(value, dict) and value:
                rows += [(f"{key}.{name}", mask(item), self.origins[f"{key}.{name}"]) for name, item in value.items()]
            else:
                rows.append((key, mask(value), self.origins[key]))
        return rows


def mask(value: object) -> object:
    """Hide the password of a URL."""
    return re.sub(r"(://[^/@:]*):[^@]*@", r"\1:***@", value) if isinstance(value, str) else value


def profiles() -> dict[str, Path]:
    """The shipped profiles by name."""
    folder = Path(str(resources.files("hi_moe") / "profiles"))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def find_config(config: Path | None) -> Path | None:
    """The settings file in use: `config`, else `hi-moe.toml` here, else in the platform's config folder, else None."""
    if config is not None:
        return config
    from platformdirs import user_config_path

    places = (Path(FILE_NAME), user_config_path("hi-moe") / FILE_NAME)
    # Not Path.is_file: it raises where the folder is closed to us, as another user's home is.
    return next((path for path in places if os.path.isfile(path)), None)


def _profile_layer(chosen: Given, keys: Mapping[str, FieldInfo]) -> Layer:
    shipped = profiles()
    name = str(chosen.value)
    if name not in shipped:
        hint = suggest(name, shipped) or f"; there are: {', '.join(shipped)}"
        raise SettingsError(f"unknown profile {name!r} ({chosen.origin}){hint}")
    return from_toml(shipped[name], keys, f"profile {name}")


def _explain(error: ValidationError, merged: Layer, keys: Mapping[str, FieldInfo]) -> str:
    """One line for the first impossible value: key, value, origin, what is allowed."""
    first, *others = error.errors(include_url=False)
    more = f" (and {len(others)} more)" if others else ""
    key = ".".join(str(part) for part in first["loc"])
    name = next((known for known in keys if key == known or key.startswith(f"{known}.")), key)
    if name in keys and (table := table_of(keys[name])) is not None and len(first["loc"]) > len(name.split(".")):
        return _explain_entry(first, name, table, merged) + more
    given = merged.get(key) or merged.get(name) or Given(first["input"], "default")
    limits = f"must be {allowed(keys[name])}" if name in keys else first["msg"]
    return f"{given.origin}: {key} = {mask(given.value)!r} is not possible; it {limits}{more}"


def _explain_entry(first: ErrorDetails, name: str, table: type[BaseModel], merged: Layer) -> str:
    """The same inside an entry of a map of tables. A value is shown for known keys that hold no secret: whoever writes
    a key where its variable's name belongs does not want to read it in a log."""
    entry = f"{name}.{first['loc'][len(name.split('.'))]}"
    field, key = str(first["loc"][-1]), ".".join(str(part) for part in first["loc"])
    origin = merged[entry].origin if entry in merged else "default"
    if key == entry:
        wrong = str(first["ctx"]["error"]) if first["type"] == "value_error" else f"it must be {describe(table)}"
        return f"{origin}: {entry} is not possible; {wrong}"
    if first["type"] == "missing":
        return f"{origin}: {key} is missing; it is {allowed(table.model_fields[field])}"
    if field not in table.model_fields:
        return f"{origin}: unknown key {key!r}{suggest(field, table.model_fields)}"
    wrong = (
        str(first["ctx"]["error"])
        if first["type"] == "value_error"
        else f"must be {allowed(table.model_fields[field])}"
    )
    shown = "" if field.endswith("_env") else f" = {mask(first['input'])!r}"
    return f"{origin}: {key}{shown} is not possible; it {wrong}"
