"""Options that several commands share, and the settings they lead to."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from hi_moe.settings import Loaded

_Command = TypeVar("_Command", bound=Callable[..., Any])


def settings_options(command: _Command) -> _Command:
    """Add `--profile` and `--config`, which come as `profile` and `config`."""
    path = click.Path(path_type=Path)
    command = click.option("--config", type=path, metavar="FILE", help="Settings file, instead of ./hi-moe.toml.")(
        command
    )
    return click.option("--profile", metavar="NAME", help="Set of defaults to start from: embedded, tiny.")(command)


class Whole(click.IntRange):
    """A whole number; what is none is called by that name and not by that of a range."""

    name = "integer"


COUNT = Whole(max=2**63 - 1)
"""A whole number that a database can hold; the settings say what else it must be."""

POSITIVE = Whole(1, COUNT.max)


class Real(click.FloatRange):
    """A number in a range. NaN, which click lets through because it compares with nothing, is in none."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Raises `click.BadParameter`."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


SHARE = Real(0, 1, min_open=True, max_open=True)
"""Between 0 and 1, both left out."""

SECONDS = click.FloatRange(max=1e9)
"""A finite time, at most 31 years."""

json_option = click.option("--json", "as_json", is_flag=True, help="JSON on stdout, for programs.")
"""Adds `--json`, which comes as `as_json`."""


def load(profile: str | None, config: Path | None, flags: Mapping[str, object] | None = None) -> "Loaded":
    """Resolve the settings. Raises `SettingsError`."""
    from hi_moe.settings import Settings

    return Settings.load(profile, config, flags)
