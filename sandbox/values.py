"""Python values as typed JSON, so that exact types survive the trip out of the sandbox and into files.

JSON's own types stand for themselves; everything else is an object with one `$` key: `{"$tuple": [1, 2]}`,
`{"$set": [...]}`, `{"$float": "nan"}`. Decoding builds only plain built-in values: an answer from untrusted code
can carry no class, no `__eq__` and no behaviour of its own. This file needs only the standard library, because the
very same source also runs inside the sandbox.
"""

import base64
import collections
import math

MAX_DEPTH = 200
"""Nesting beyond this is refused; the deepest expected value in HumanEval+ and MBPP+ is far below it."""

_PLAIN_INT = 1 << 4096
"""Larger integers travel as hexadecimal text: decimal conversion is quadratic and limited to 4300 digits."""
_MAX_SAME_HASH = 1000


class ValueCodecError(ValueError):
    """A value that typed JSON cannot carry, or text that is no typed JSON."""


def encode(value: object, depth: int = 0) -> object:
    """Turn `value` into JSON-ready data. Unknown types become `{"$opaque": "module.Type"}`, equal to nothing.

    Raises `ValueCodecError` for nesting beyond `MAX_DEPTH`.
    """
    if depth > MAX_DEPTH:
        raise ValueCodecError(f"nested deeper than {MAX_DEPTH} levels")
    kind = type(value)
    if value is None or kind in (bool, str):
        return value
    if kind is int:
        return value if -_PLAIN_INT < value < _PLAIN_INT else {"$int": f"{value:x}"}  # type: ignore[operator]
    if kind is float:
        return value if math.isfinite(value) else {"$float": repr(value)}  # type: ignore[arg-type]
    down = depth + 1
    if kind is list:
        return [encode(item, down) for item in value]  # type: ignore[attr-defined]
    if kind is dict or kind in _DICT_LIKE:
        return _encode_dict(dict(value), down)  # type: ignore[call-overload]
    if kind in _SEQUENCES:
        return {_SEQUENCES[kind]: [encode(item, down) for item in value]}  # type: ignore[attr-defined]
    if kind is bytes:
        return {"$bytes": base64.b64encode(value).decode("ascii")}  # type: ignore[arg-type]
    if kind is complex:
        return {"$complex": [encode(value.real), encode(value.imag)]}  # type: ignore[attr-defined]
    return {"$opaque": f"{kind.__module__}.{kind.__qualname__}"}


_DICT_LIKE = (collections.Counter, collections.defaultdict, collections.OrderedDict)
_SEQUENCES: "dict[type[object], str]" = {
    tuple: "$tuple",
    set: "$set",
    frozenset: "$frozenset",
    collections.deque: "$deque",
}


def _encode_dict(value: "dict[object, object]", depth: int) -> object:
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: encode(item, depth) for key, item in value.items()}
    return {"$dict": [[encode(key, depth), encode(item, depth)] for key, item in value.items()]}


class Opaque:
    """Stands for a returned object of a type that typed JSON does not carry; equal to nothing but itself."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<object of type {self.type_name}>"


def decode(data: object, depth: int = 0) -> object:
    """Turn typed JSON back into plain Python values.

    Raises `ValueCodecError` for an unknown `$` tag, malformed content or nesting beyond `MAX_DEPTH`.
    """
    if depth > MAX_DEPTH:
        raise ValueCodecError(f"nested deeper than {MAX_DEPTH} levels")
    down = depth + 1
    if isinstance(data, list):
        return [decode(item, down) for item in data]
    if not isinstance(data, dict):
        return data
    if len(data) == 1:
        ((tag, body),) = data.items()
        if isinstance(tag, str) and tag.startswith("$"):
            return _decode_tagged(tag, body, down)
    return {key: decode(item, down) for key, item in data.items()}


def _decode_tagged(tag: str, body: object, depth: int) -> object:
    try:
        if tag == "$float" and body in ("nan", "inf", "-inf"):
            return float(body)
        if tag == "$int" and isinstance(body, str):
            return int(body, 16)
        if tag == "$bytes" and isinstance(body, str):
            return base64.b64decode(body, validate=True)
        if tag == "$opaque" and isinstance(body, str):
            return Opaque(body)
        if isinstance(body, list):
            if tag == "$complex" and len(body) == 2:
                return complex(*(float(decode(part)) for part in body))  # type: ignore[arg-type]
            if tag == "$dict":
                pairs = [(decode(key, depth), decode(item, depth)) for key, item in body]
                _refuse_same_hashes([key for key, _ in pairs])
                return dict(pairs)
            for kind, name in _SEQUENCES.items():
                if tag == name:
                    items = [decode(item, depth) for item in body]
                    if kind in (set, frozenset):
                        _refuse_same_hashes(items)
                    return kind(items)  # type: ignore[call-arg]
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueCodecError(f"malformed {tag} value: {error}") from error
    raise ValueCodecError(f"unknown or malformed tag {tag!r}")


def _refuse_same_hashes(keys: "list[object]") -> None:
    """A table of n keys with one hash takes n² steps to build: untrusted data must not choose that."""
    if len(keys) - len({hash(key) for key in keys}) > _MAX_SAME_HASH:
        raise ValueError(f"more than {_MAX_SAME_HASH} keys share their hash")
