"""Every settings key described for people: type, allowed range, default, meaning. Feeds errors and the docs."""

import ast
import inspect
import textwrap
import types
import typing
from pathlib import Path

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hi_moe.settings_layers import leaves

_NAMES = {bool: "true or false", int: "an integer", float: "a number", str: "text", Path: "a path"}


def allowed(field: FieldInfo) -> str:
    """What a value may be: `an integer, at least 256 and at most 1048576`."""
    bounds: list[str] = []
    for item in field.metadata:
        if isinstance(item, annotated_types.Gt):
            bounds.append(f"greater than {item.gt}")
        elif isinstance(item, annotated_types.Ge):
            bounds.append(f"at least {item.ge}")
        elif isinstance(item, annotated_types.Lt):
            bounds.append(f"less than {item.lt}")
        elif isinstance(item, annotated_types.Le):
            bounds.append(f"at most {item.le}")
        elif isinstance(item, annotated_types.MinLen):
            bounds.append("not empty")
        elif pattern := getattr(item, "pattern", None):
            bounds.append(f"of the form {pattern}")
    kind = _kind(field.annotation)
    return f"{kind}, {' and '.join(bounds)}" if bounds else kind


def _kind(annotation: object) -> str:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        return " or ".join(_kind(part) for part in arguments if part is not types.NoneType)
    if origin is typing.Literal:
        return "one of " + ", ".join(repr(choice) for choice in arguments)
    if origin is tuple:
        return f"a list, each {_kind(arguments[0])}"
    if origin is dict:
        return f"a table of NAME = {_kind(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return describe(annotation)
    return _NAMES.get(annotation, str(annotation)) if isinstance(annotation, type) else str(annotation)


def describe(table: type[BaseModel]) -> str:
    """What an entry of a map of tables consists of: `a table of base_url, model, …`."""
    return f"a table of {', '.join(table.model_fields)}"


def default_text(field: FieldInfo) -> str:
    """The default as TOML would write it; `not set` for None, `empty` for an empty table or list."""
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "not set"
    if value in ({}, ()):
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def meanings(model: type[BaseModel], prefix: str = "") -> dict[str, str]:
    """The docstring below each field, by dotted key, read from the source of the section's class."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    body = typing.cast(ast.ClassDef, tree.body[0]).body
    found: dict[str, str] = {}
    for node, below in zip(body, [*body[1:], ast.Pass()], strict=True):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        name = node.target.id
        kind = model.model_fields[name].annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found |= meanings(kind, f"{prefix}{name}.")
        elif isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[prefix + name] = " ".join(str(below.value.value).split())
        else:
            found[prefix + name] = ""
    return found


def markdown(model: type[BaseModel]) -> str:
    """The table of `docs/configuration.md`: one row per key."""
    texts = meanings(model)
    rows = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    for key, field in leaves(model).items():
        cells = (f"`{key}`", f"`{default_text(field)}`", allowed(field), texts[key])
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"
