"""Outputs that match a JSON Schema or a regular expression, through outlines.

`outlines` turns a schema into a regular expression. Its own generation drives llama-cpp-python's `Llama` class, one
sequence at a time; this engine decodes many, so it takes the automata from `outlines_core`, the engine inside: the
expression and the vocabulary become an `Index`, and a `Guide` per sample walks it and says which tokens may come next.
Its numpy kernels need numba for one loop; `numpy.unpackbits` does the same.
"""

import json
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property

import numpy as np
from outlines.types.dsl import JsonSchema, to_regex
from outlines_core import Guide, Index, Vocabulary

from hierarchy.chat import JsonConstraint, RegexConstraint
from hierarchy.errors import EngineFailed, UsageError
from serving.llama_cpp.sampler import Indices
from serving.llama_cpp.weights import Weights

Constraint = JsonConstraint | RegexConstraint
_KEPT = 64
"""Compiled automata that are kept; the schemas of a run are a handful."""


class ConstraintCompiler:
    """Compiles constraints in a thread of its own, so that decoding goes on meanwhile: 0.1 to 0.3 s for a small schema
    and 150,000 tokens, 0.5 s more for the first. Compiled ones are kept."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hi-moe-constraints")
        self._lock = threading.Lock()
        self._compiled: OrderedDict[Constraint, Future[Index]] = OrderedDict()

    def compile(self, constraint: Constraint) -> Future[Index]:
        """The automaton, soon. The future raises UsageError when the constraint cannot be understood."""
        with self._lock:
            future = self._compiled.pop(constraint, None)
            if future is None:
                future = self._pool.submit(self._index, constraint)
            self._compiled[constraint] = future
            while len(self._compiled) > _KEPT:
                self._compiled.popitem(last=False)
            return future

    def close(self) -> None:
        """Wait for the compilation under way and end the thread."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def guide(self, index: Index) -> "TokenGuide":
        """A walk through a compiled automaton, for one sample."""
        return TokenGuide(index, self._weights.size, self._weights.end_token())

    def _index(self, constraint: Constraint) -> Index:

        try:
            if isinstance(constraint, JsonConstraint):
                pattern = to_regex(JsonSchema(json.loads(constraint.schema_text), whitespace_pattern=""))
            else:
                pattern = constraint.pattern
            return Index(pattern, self._vocabulary)
        except (ValueError, OverflowError) as error:
            text = constraint.schema_text if isinstance(constraint, JsonConstraint) else constraint.pattern
            raise UsageError(
                f"the {constraint.kind} constraint {_short(text)!r} cannot be used: {error}; correct it"
            ) from error

    @cached_property
    def _vocabulary(self) -> Vocabulary:

        tokens: dict[bytes, list[int]] = {}
        for token, piece in enumerate(self._weights.pieces):
            if piece and token not in self._weights.ends:
                tokens.setdefault(piece, []).append(token)
        return Vocabulary(self._weights.end_token(), tokens)


class TokenGuide:
    """Where one sample stands in the automaton of its constraint."""

    def __init__(self, index: Index, vocabulary_size: int, end_token: int) -> None:

        self._guide = Guide(index)
        self._size = vocabulary_size
        self._end = end_token
        self._mask = np.zeros((vocabulary_size + 31) // 32, dtype=np.int32)
        self._allowed = self._read()

    @property
    def allowed(self) -> Indices:
        """Tokens that may come next, the end token among them where the output may end here."""
        return self._allowed

    @property
    def finished(self) -> bool:
        """Whether the output is complete and nothing can follow."""
        return len(self._allowed) == 1 and int(self._allowed[0]) == self._end

    def advance(self, token: int) -> None:
        """Take a token out of `allowed`."""
        self._guide.advance(token, return_tokens=False)
        self._allowed = self._read()

    def _read(self) -> Indices:
        self._guide.write_mask_into(self._mask.ctypes.data, self._mask.size, self._mask.itemsize)
        bits = np.unpackbits(self._mask.view(np.uint8), bitorder="little", count=self._size)
        allowed = np.flatnonzero(bits)
        if not len(allowed):
            raise EngineFailed("no token of the vocabulary can go on with the constraint's output")
        return allowed


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
