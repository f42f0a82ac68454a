"""Where settings come from: TOML files, the environment, flags. A layer is a flat map of dotted keys with origins."""

import difflib
import json
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hierarchy.errors import SettingsError

ENV_PREFIX = "HI_MOE_"
ENV_SEPARATOR = "__"
ENV_RESERVED = frozenset({"HI_MOE_DEBUG"})
"""Variables with our prefix that are no setting: `HI_MOE_DEBUG=1` shows tracebacks."""


@dataclass(frozen=True)
class Given:
    """A value as somebody wrote it, and where: `default`, `profile NAME`, `FILE`, `env NAME` or `flag --x`."""

    value: object
    origin: str


Layer = dict[str, Given]
"""Dotted key (`budget.tokens`, `models.files.NAME`) to what was given for it."""


def leaves(model: type[BaseModel], prefix: str = "") -> dict[str, FieldInfo]:
    """Every key of `model` with its field; sections are followed, maps such as `models.files` are one key."""
    found: dict[str, FieldInfo] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= leaves(field.annotation, f"{prefix}{name}.")
        else:
            found[prefix + name] = field
    return found


def is_map(field: FieldInfo) -> bool:
    """Whether the key takes named entries of the user's choice."""
    return typing.get_origin(field.annotation) is dict


def table_of(field: FieldInfo) -> type[BaseModel] | None:
    """The model of an entry of a map such as `models.endpoints`, whose entries are tables; None for any other key."""
    entry = typing.get_args(field.annotation)[1] if is_map(field) else None
    return entry if isinstance(entry, type) and issubclass(entry, BaseModel) else None


def variable(key: str) -> str:
    """The environment variable of a key: `budget.tokens` is `HI_MOE_BUDGET__TOKENS`."""
    return ENV_PREFIX + key.upper().replace(".", ENV_SEPARATOR)


def suggest(name: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?`, or nothing when no name is near."""
    known = sorted(names)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if not near:
        near = [key for key in known if key.rpartition(".")[2] == name.rpartition(".")[2]][:1]
    return f"; did you mean {near[0]!r}?" if near else ""


def from_toml(path: Path, keys: Mapping[str, FieldInfo], origin: str) -> Layer:
    """Read one TOML file. Relative paths in it are relative to its folder.

    Raises `SettingsError` when it cannot be read, is no TOML, or has a key that does not exist.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"cannot read settings file {str(path)!r}: {error.strerror}") from error
    layer: Layer = {}
    _flatten(data, "", keys, layer, origin, path)
    return layer


def _flatten(
    table: Mapping[str, object], prefix: str, keys: Mapping[str, FieldInfo], layer: Layer, origin: str, path: Path
) -> None:
    for name, value in table.items():
        key = prefix + name
        if key in keys and is_map(keys[key]):
            if not isinstance(value, dict):
                raise SettingsError(f"{path}: {key!r} is a table; write [{key}] and one NAME = VALUE a line")
            for entry, item in value.items():
                layer[f"{key}.{entry}"] = Given(_beside(item, keys[key], path.parent), origin)
        elif key in keys:
            layer[key] = Given(_beside(value, keys[key], path.parent), origin)
        elif any(known.startswith(f"{key}.") for known in keys):
            if not isinstance(value, dict):
                raise SettingsError(f"{path}: {key!r} is a section, not a value; write [{key}] and its keys below")
            _flatten(value, f"{key}.", keys, layer, origin, path)
        else:
            raise SettingsError(f"{path}: unknown key {key!r}{suggest(key, keys)}")


def from_environment(environ: Mapping[str, str], keys: Mapping[str, FieldInfo]) -> Layer:
    """Read `HI_MOE_*`; an empty variable counts as not set, a map is a JSON object.

    Raises `SettingsError` for a variable that names no setting.
    """
    by_variable = {variable(key): key for key in keys}
    layer: Layer = {}
    for name in sorted(environ):
        upper = name.upper()
        if not upper.startswith(ENV_PREFIX) or upper in ENV_RESERVED or not environ[name]:
            continue
        key = by_variable.get(upper)
        if key is None:
            raise SettingsError(f"environment: unknown variable {name!r}{suggest(upper, by_variable)}")
        origin = f"env {name}"
        if is_map(keys[key]):
            for entry, item in _json_object(name, environ[name]).items():
                layer[f"{key}.{entry}"] = Given(_beside(item, keys[key], None), origin)
        else:
            layer[key] = Given(_beside(environ[name], keys[key], None), origin)
    return layer


def from_flags(flags: Mapping[str, object], keys: Mapping[str, FieldInfo], names: Mapping[str, str]) -> Layer:
    """Take values given on the command line or by a caller; None means not given.

    Raises `SettingsError` for a key that does not exist.
    """
    layer: Layer = {}
    for key, value in flags.items():
        if key not in keys:
            raise SettingsError(f"unknown key {key!r}{suggest(key, keys)}")
        if value is not None:
            layer[key] = Given(_beside(value, keys[key], None), f"flag {names.get(key, '--' + key.replace('.', '-'))}")
    return layer


def nested(layer: Layer, keys: Mapping[str, FieldInfo]) -> dict[str, object]:
    """The layer as the nested data that the settings model validates."""
    tree: dict[str, object] = {}
    for key, given in layer.items():
        *parents, leaf = _split(key, keys)
        node = tree
        for parent in parents:
            child = node.setdefault(parent, {})
            assert isinstance(child, dict)
            node = child
        node[leaf] = given.value
    return tree


def _split(key: str, keys: Mapping[str, FieldInfo]) -> list[str]:
    for known, field in keys.items():
        if is_map(field) and key.startswith(f"{known}."):
            return [*known.split("."), key[len(known) + 1 :]]
    return key.split(".")


def _json_object(name: str, text: str) -> dict[str, object]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"environment: {name} is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise SettingsError(f'environment: {name} must be a JSON object such as {{"NAME": "FILE"}}')
    return data


def _beside(value: object, field: FieldInfo, folder: Path | None) -> object:
    """Anchor a relative path at the folder of the file that names it, and expand `~`."""
    if not isinstance(value, str) or not takes_path(field.annotation):
        return value
    path = Path(value).expanduser()
    return folder / path if folder is not None else path


def takes_path(annotation: object) -> bool:
    """Whether `Path` is one of the types of an annotation such as `dict[str, Path]` or `Path | None`."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union, dict):
        return any(takes_path(part) for part in typing.get_args(annotation))
    return annotation is Path
