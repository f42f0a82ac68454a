"""The Python types of MBPP+ inputs. Its file is JSON, where tuples and sets are lists and complex numbers are text; the
functions were written for the originals. The rules are those of EvalPlus 0.3.1 (`evalplus/data/mbpp.py`,
`mbpp_deserialize_inputs`), by number of the task."""

from collections.abc import Callable, Mapping
from typing import Any

Arguments = tuple[Any, ...]


def _each(args: Arguments) -> Arguments:
    return tuple(map(tuple, args))


def _items(args: Arguments) -> Arguments:
    return tuple([tuple(item) for item in arg] for arg in args)


def _items_of_first(args: Arguments) -> Arguments:
    return [tuple(item) for item in args[0]], args[1]


def _second(args: Arguments) -> Arguments:
    return args[0], tuple(args[1])


def _first(args: Arguments) -> Arguments:
    return tuple(args[0]), *args[1:]


def _tuples_of_tuples(args: Arguments) -> Arguments:
    return tuple(tuple(map(tuple, arg)) for arg in args)


def _sets(args: Arguments) -> Arguments:
    return ([set(item) if isinstance(item, list) and item else {} for item in args[0]],)


def _numbers(args: Arguments) -> Arguments:
    return float(args[0]), complex(args[1])


def _mixed(args: Arguments) -> Arguments:
    return (tuple(tuple(item) if isinstance(item, list) else item for item in args[0]),)


def _mapping(args: Arguments) -> Arguments:
    return {key: tuple(value) for key, value in args[0].items()}, *args[1:]


def _complex(args: Arguments) -> Arguments:
    return (complex(args[0]),)


def _nested(args: Arguments) -> Arguments:
    return tuple(map(_deep, args))


def _deep(value: Any) -> Any:
    return tuple(map(_deep, value)) if isinstance(value, list) else value


_RULES: Mapping[Callable[[Arguments], Arguments], tuple[int, ...]] = {
    _each: (2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744, 809),
    _items: (63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780),
    _items_of_first: (75, 413, 444, 753),
    _second: (106, 750),
    _sets: (115,),
    _numbers: (124,),
    _first: (250, 405, 446, 617, 720, 763, 808, 307),
    _tuples_of_tuples: (259, 401, 445),
    _mixed: (278,),
    _mapping: (722,),
    _complex: (252,),
    _nested: (580, 615, 791),
}
_RULE_OF = {number: rule for rule, numbers in _RULES.items() for number in numbers}


def restored(task_id: str, calls: tuple[Arguments, ...]) -> tuple[Arguments, ...]:
    """The calls with the types that the functions expect. Raises `ValueError` for arguments of another shape."""
    rule = _RULE_OF.get(int(task_id.removeprefix("Mbpp/")))
    if rule is None:
        return calls
    try:
        return tuple(map(rule, calls))
    except (TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"inputs of {task_id!r} have another form than EvalPlus's: {error}") from None
