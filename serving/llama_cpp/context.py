"""The llama.cpp context: one KV cache whose cells are shared by all sequences, and the batch that is decoded.

With `kv_unified` a sequence is a set of cells; `copy` makes a cell part of one more sequence, which is how N samples
share the prefill of their prompt.
"""

import ctypes
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hierarchy.errors import EngineFailed
from serving.llama_cpp.adapter import Adapter
from serving.llama_cpp.library import Library
from serving.llama_cpp.sampler import Floats
from serving.llama_cpp.weights import Weights

_SMALLER = "set a smaller engine.kv_tokens, engine.context_tokens or engine.max_sequences"


class Context:
    """Owned by one thread. `sequences` ids, `cells` KV cells over all of them, `batch_tokens` per decode."""

    def __init__(
        self,
        library: Library,
        weights: Weights,
        *,
        sequences: int,
        cells: int,
        batch_tokens: int,
        threads: int,
        flash_attention: bool,
        adapter: Adapter | None = None,
    ) -> None:
        """Raises EngineFailed when the memory cannot be had."""
        self._library = library
        self._api: Any = library.api
        self._vocabulary = weights.size
        # Asked first: Linux promises memory that it does not have and kills the process that uses it.
        need, free = cells * weights.kv_bytes // 2**20, _free_mib()
        if free is not None and need > free:
            raise EngineFailed(f"a KV cache of {cells} tokens needs {need} MiB and {free} MiB are free; {_SMALLER}")
        parameters = self._api.llama_context_default_params()
        parameters.n_ctx = cells
        parameters.n_seq_max = sequences
        parameters.kv_unified = True
        parameters.n_batch = parameters.n_ubatch = batch_tokens
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.no_perf = True
        parameters.flash_attn_type = int(flash_attention)
        library.forget()
        self._context = self._api.llama_init_from_model(weights.model, parameters)
        if not self._context:
            raise EngineFailed(
                f"llama.cpp has no context of {cells} tokens for {sequences} sequences ({library.reason()}); {_SMALLER}"
            )
        if adapter is not None:
            try:
                adapter.apply(self._context)
            except BaseException:
                self.close()
                raise
        self._memory = self._api.llama_get_memory(self._context)
        self._tokens = np.zeros(batch_tokens, dtype=np.int32)
        self._positions = np.zeros(batch_tokens, dtype=np.int32)
        self._owners = np.zeros(batch_tokens, dtype=np.int32)
        self._wanted = np.zeros(batch_tokens, dtype=np.int8)
        self._one_owner_each = np.ones(batch_tokens, dtype=np.int32)
        addresses = self._owners.ctypes.data + self._owners.itemsize * np.arange(batch_tokens, dtype=np.uintp)
        self._owner_pointers = addresses.astype(np.uintp)
        self._batch = self._api.llama_batch(
            token=_pointer(self._tokens, ctypes.c_int32),
            pos=_pointer(self._positions, ctypes.c_int32),
            n_seq_id=_pointer(self._one_owner_each, ctypes.c_int32),
            seq_id=ctypes.cast(
                ctypes.c_void_p(self._owner_pointers.ctypes.data), ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))
            ),
            logits=_pointer(self._wanted, ctypes.c_int8),
        )

    def close(self) -> None:
        """Free the KV cache; harmless when it is already free."""
        if self._context:
            self._api.llama_free(self._context)
            self._context = None

    def decode(
        self, tokens: Sequence[int], positions: Sequence[int], owners: Sequence[int], wanted: Sequence[bool]
    ) -> Floats:
        """Run one batch: token i stands at `positions[i]` of sequence `owners[i]`.

        Gives the logits of the tokens that are `wanted`, a row each, in their order; the array is llama.cpp's own
        memory and holds until the next call. Raises EngineFailed.
        """
        count = len(tokens)
        self._tokens[:count] = tokens
        self._positions[:count] = positions
        self._owners[:count] = owners
        self._wanted[:count] = wanted
        self._batch.n_tokens = count
        self._library.forget()
        code = self._api.llama_decode(self._context, self._batch)
        if code != 0:
            meaning = "no room in the KV cache" if code == 1 else self._library.reason()
            raise EngineFailed(f"llama.cpp could not decode a batch of {count} tokens (code {code}: {meaning})")
        rows = sum(wanted)
        if not rows:
            return np.empty((0, self._vocabulary), dtype=np.float32)
        logits = self._api.llama_get_logits(self._context)
        return np.ctypeslib.as_array(logits, shape=(rows, self._vocabulary))

    def copy(self, source: int, target: int, length: int) -> None:
        """Make the first `length` positions of a sequence part of another too; costs no memory."""
        self._api.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def remove(self, sequence: int) -> None:
        """Forget a sequence; cells that no other sequence shares become free."""
        self._api.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def clear(self) -> None:
        """Forget everything."""
        self._api.llama_memory_clear(self._memory, True)


def _free_mib() -> int | None:
    """Memory that can be had without swapping; None where the system does not say."""
    meminfo = Path("/proc/meminfo")
    text = meminfo.read_text(encoding="ascii") if meminfo.is_file() else ""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
    return int(found.group(1)) // 1024 if found else None


def _pointer(array: Any, kind: Any) -> Any:
    return ctypes.cast(ctypes.c_void_p(array.ctypes.data), ctypes.POINTER(kind))
