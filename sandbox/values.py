"""Python values as typed JSON, so that exact types survive the trip out of the sandbox and into files.

JSON's own types stand for themselves; everything else is an object with one `$` key: `{"$tuple": [1, 2]}`,
`{"$set": [...]}`, `{"$float": "nan"}`. Decoding builds only plain built-in values: an answer from untrusted code
can carry no class, no `__eq__` and no behaviour of its own. This file needs only the standard library, because the
very same source also runs inside the sandbox; modules that few values need are imported when one comes, because each
run would pay for them.
"""

MAX_DEPTH = 200
"""Nesting beyond this is refused; the deepest expected value in HumanEval+ and MBPP+ is far below it."""

_PLAIN_INT = 1 << 4096
"""Larger integers travel as hexadecimal text: decimal conversion is quadratic and limited to 4300 digits."""
_MAX_SAME_HASH_PAIRS = 500_000
"""Pairs of keys with one hash in a whole message: each costs a comparison, some 50 ns. All powers of two below 2**4000
in one set are 129,000."""


class ValueCodecError(ValueError):
    """A value that typed JSON cannot carry, or text that is no typed JSON."""


def encode(value: object, depth: int = 0, strict: bool = False) -> object:
    """Turn `value` into JSON-ready data. Unknown types become `{"$opaque": "module.Type"}`, equal to nothing.

    Raises `ValueCodecError` for nesting beyond `MAX_DEPTH`, and if `strict` for an unknown type.
    """
    if depth > MAX_DEPTH:
        raise ValueCodecError(f"nested deeper than {MAX_DEPTH} levels")
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -_PLAIN_INT < value < _PLAIN_INT else {"$int": f"{value:x}"}  # type: ignore[operator]
    if kind is float:
        return {"$float": repr(value)} if value - value else value  # type: ignore[operator]
    down = depth + 1
    if kind is list:
        return [encode(item, down, strict) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return _encode_dict(value, down, strict)  # type: ignore[arg-type]
    for sequence, tag in _SEQUENCES:
        if kind is sequence:
            return {tag: [encode(item, down, strict) for item in value]}  # type: ignore[attr-defined]
    return _encode_rare(value, down, strict)


_SEQUENCES: "tuple[tuple[type, str], ...]" = ((tuple, "$tuple"), (set, "$set"), (frozenset, "$frozenset"))


def _encode_rare(value: object, depth: int, strict: bool) -> object:
    import binascii
    import collections

    kind = type(value)
    if kind is bytes:
        return {"$bytes": binascii.b2a_base64(value, newline=False).decode("ascii")}  # type: ignore[arg-type]
    if kind is complex:
        return {"$complex": [encode(value.real), encode(value.imag)]}  # type: ignore[attr-defined]
    if kind is collections.deque:
        return {"$deque": [encode(item, depth, strict) for item in value]}  # type: ignore[attr-defined]
    if any(kind is known for known in (collections.Counter, collections.defaultdict, collections.OrderedDict)):
        return _encode_dict(dict(value), depth, strict)  # type: ignore[call-overload]
    if strict and kind is not Opaque:
        raise ValueCodecError(f"of type {kind.__module__}.{kind.__qualname__}, which typed JSON does not carry")
    return {"$opaque": f"{kind.__module__}.{kind.__qualname__}"}


def _encode_dict(value: "dict[object, object]", depth: int, strict: bool) -> object:
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: encode(item, depth, strict) for key, item in value.items()}
    return {"$dict": [[encode(key, depth, strict), encode(item, depth, strict)] for key, item in value.items()]}


_SCALARS = frozenset({bool, int, float, str, type(None)})
"""JSON's own, which stand for themselves. Looked at in place: a call for each item of a long list takes most of it."""


class Opaque:
    """Stands for a returned object of a type that typed JSON does not carry; equal to nothing but itself."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<object of type {self.type_name}>"


def decode(data: object, depth: int = 0, pairs_left: "list[int] | None" = None) -> object:
    """Turn typed JSON back into plain Python values.

    Raises `ValueCodecError` for an unknown `$` tag, malformed content or nesting beyond `MAX_DEPTH`.
    """
    if depth > MAX_DEPTH:
        raise ValueCodecError(f"nested deeper than {MAX_DEPTH} levels")
    down = depth + 1
    if pairs_left is None:
        pairs_left = [_MAX_SAME_HASH_PAIRS]
    if isinstance(data, list):
        return [item if type(item) in _SCALARS else decode(item, down, pairs_left) for item in data]
    if not isinstance(data, dict):
        return data
    if len(data) == 1:
        ((tag, body),) = data.items()
        if isinstance(tag, str) and tag.startswith("$"):
            return _decode_tagged(tag, body, down, pairs_left)
    return {key: decode(item, down, pairs_left) for key, item in data.items()}


def _decode_tagged(tag: str, body: object, depth: int, pairs_left: "list[int]") -> object:
    try:
        if isinstance(body, str):
            return _decode_text(tag, body)
        if isinstance(body, list):
            return _decode_items(tag, body, depth, pairs_left)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueCodecError(f"malformed {tag} value: {error}") from error
    raise ValueCodecError(f"unknown or malformed tag {tag!r}")


def _decode_text(tag: str, body: str) -> object:
    if tag == "$float" and body in ("nan", "inf", "-inf"):
        return float(body)
    if tag == "$int":
        return int(body, 16)
    if tag == "$opaque":
        return Opaque(body)
    if tag == "$bytes":
        import binascii

        return binascii.a2b_base64(body, strict_mode=True)
    raise ValueError("unknown tag")


def _decode_items(tag: str, body: "list[object]", depth: int, pairs_left: "list[int]") -> object:
    if tag == "$dict":
        # Here and not in a function: the deepest value must fit into the usual limit of recursion.
        pairs = [item for item in body if isinstance(item, list) and len(item) == 2]
        if len(pairs) < len(body):
            raise ValueError("not a key and a value")
        keys = [decode(key, depth, pairs_left) for key, _ in pairs]
        _refuse_same_hashes(keys, pairs_left)
        return dict(zip(keys, [decode(item, depth, pairs_left) for _, item in pairs], strict=True))
    items = [decode(item, depth, pairs_left) for item in body]
    if tag == "$complex" and len(items) == 2:
        return complex(*(float(part) for part in items))  # type: ignore[arg-type]
    if tag == "$deque":
        import collections

        return collections.deque(items)
    for kind, name in _SEQUENCES:
        if tag == name:
            if kind is not tuple:
                _refuse_same_hashes(items, pairs_left)
            return kind(items)
    raise ValueError("unknown tag")


def _refuse_same_hashes(keys: "list[object]", pairs_left: "list[int]") -> None:
    """A table of n keys with one hash takes n² steps to build: untrusted data must not choose that."""
    import collections

    hashes = [hash(key) for key in keys]
    if len(set(hashes)) == len(hashes):
        return
    pairs_left[0] -= sum(n * (n - 1) // 2 for n in collections.Counter(hashes).values())
    if pairs_left[0] < 0:
        raise ValueError(f"more than {_MAX_SAME_HASH_PAIRS} pairs of keys share their hash")
