"""An item of a collection taken apart: what must be equal exactly, and the numbers that only have to be close."""

import math
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from sandbox.compare.text import canonical
from sandbox.values import MAX_DEPTH


@dataclass(frozen=True)
class Item:
    """An item taken apart."""

    name: str
    """Its canonical text."""
    value: object
    shape: str
    """What must be equal exactly, with a mark for every number."""
    numbers: tuple[float, ...]
    """The numbers in order; ints stay ints."""
    is_regular: bool
    """The shape and the numbers say everything: there is no set with numbers in it, and no complex number."""
    has_floats: bool
    size: int
    """How many values it holds, itself included."""

    @staticmethod
    def read(name: str, value: object) -> "Item":
        """Take `value` apart, whose canonical text is `name`."""
        reader = _Reader()
        reader.read(value, 0)
        shape = " ".join(reader.parts)
        return Item(
            name, value, shape, tuple(reader.numbers), reader.is_regular, reader.has_floats, max(reader.size, 1)
        )


class _Reader:
    """Collects what an `Item` says."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.numbers: list[float] = []
        self.is_regular = True
        self.has_floats = False
        self.has_numbers = False
        self.size = 0

    def read(self, value: object, depth: int) -> None:
        """Add `value`. One stack frame a level, as in `text`."""
        self.size += 1
        if depth > MAX_DEPTH:
            self.is_regular = False
        elif isinstance(value, (list, tuple, deque)):
            self.parts.append(f"{type(value).__name__}[")
            for item in value:
                self.read(item, depth + 1)
            self.parts.append("]")
        elif isinstance(value, dict):
            self.parts.append("dict[")
            for name, item in sorted(((canonical(key), item) for key, item in value.items()), key=lambda pair: pair[0]):
                self.parts.append(f"{name}:")
                self.read(item, depth + 1)
            self.parts.append("]")
        elif isinstance(value, (set, frozenset)):
            inside = _Reader()
            for item in value:
                inside.read(item, depth + 1)
            self._add_set(value, inside)
        else:
            self._add_scalar(value)

    def _add_set(self, value: Collection[object], inside: "_Reader") -> None:
        self.size += inside.size
        self.has_floats |= inside.has_floats
        self.has_numbers |= inside.has_numbers
        if inside.has_numbers:
            self.is_regular = False
            self.parts.append(f"set of {len(value)}")
        else:
            self.parts.append(canonical(value))

    def _add_scalar(self, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float, complex)):
            self.parts.append(canonical(value))
            return
        self.has_numbers = True
        self.has_floats |= not isinstance(value, int)
        real: float
        if isinstance(value, complex):
            self.is_regular = False
            real = value.real if math.isfinite(value.imag) else math.nan
        else:
            real = value
        if isinstance(real, int) or math.isfinite(real):
            self.parts.append("#")
            self.numbers.append(real)
        else:
            self.parts.append(canonical(value))
