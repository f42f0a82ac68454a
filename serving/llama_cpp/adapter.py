"""One LoRA adapter for an engine: a GGUF file, checked against the base and loaded beside it.

llama.cpp refuses some misfits itself, with a hint on stderr; others it takes in silence: tensors of norms are skipped,
a file without any pair changes nothing, and without an alpha the strength is not the one that was trained. So the file
is vetted here first: what it says it is, its base's architecture, every pair's names and shapes, and its alpha.

llama.cpp multiplies by alpha / rank. The file must hold an alpha that makes that right: of an rsLoRA it is
its own times the square root of the rank.
"""

import ctypes
import math
from pathlib import Path

from hierarchy.errors import EngineFailed, MissingComponent
from serving.llama_cpp.gguf_header import Header, read_header
from serving.llama_cpp.library import Library
from serving.llama_cpp.weights import Weights

ALPHA = "adapter.lora.alpha"
_PARTS = (".lora_a", ".lora_b")
_EMBEDDING = "token_embd.weight"


class Adapter:
    """A loaded adapter. It is freed with the weights that it was loaded for."""

    def __init__(self, library: Library, weights: Weights, base: Path, path: Path) -> None:
        """Raises MissingComponent when the file is absent, no LoRA adapter, or made for another base."""
        self._api = library.api
        self.path = path
        check_adapter(path, base, weights.name)
        library.forget()
        self.pointer = self._api.llama_adapter_lora_init(weights.model, str(path).encode())
        if not self.pointer:
            raise MissingComponent(
                f"llama.cpp cannot load the adapter {str(path)!r} for {weights.name!r}: {library.reason()}; make it "
                "anew, or leave engine.adapter out"
            )

    def apply(self, context: object) -> None:
        """Make it part of all that a llama.cpp context computes, before anything is in its cache. Raises
        EngineFailed."""
        adapters = (self._api.llama_adapter_lora_p_ctypes * 1)(self.pointer)
        scales = (ctypes.c_float * 1)(1.0)
        if self._api.llama_set_adapters_lora(context, adapters, 1, scales) != 0:
            raise EngineFailed(f"llama.cpp could not apply the adapter {str(self.path)!r}")


def check_adapter(path: Path, base: Path, name: str) -> None:
    """Read the headers of an adapter and of its base, which is called `name`; nothing is loaded.

    Raises MissingComponent when the adapter is absent, no LoRA adapter, or made for another base.
    """
    try:
        vet(read_header(path), read_header(base))
    except OSError as error:
        raise MissingComponent(
            f"the adapter {str(path)!r} cannot be read: {error.strerror}; set engine.adapter to a GGUF LoRA file, "
            "or leave it out"
        ) from error
    except ValueError as error:
        raise MissingComponent(
            f"the adapter {str(path)!r} cannot be applied to {name!r}: it is {error}; make it from that base, or leave "
            "engine.adapter out"
        ) from error


def vet(adapter: Header, base: Header) -> None:
    """Raises ValueError, which goes on after "it is", when the adapter is none or does not fit the base."""
    for key, wanted in (("general.type", "adapter"), ("adapter.type", "lora")):
        if adapter.keys.get(key) != wanted:
            raise ValueError(f"no LoRA adapter ({key} is {_shown(adapter.keys.get(key))}, not {wanted!r})")
    ours, theirs = (header.keys.get("general.architecture") for header in (adapter, base))
    if ours != theirs:
        raise ValueError(f"made for the architecture {_shown(ours)}, not {_shown(theirs)}")
    alpha = adapter.keys.get(ALPHA)
    if not isinstance(alpha, float) or not math.isfinite(alpha) or alpha <= 0:
        raise ValueError(f"without a strength ({ALPHA} is {_shown(alpha)}, not a number above 0)")
    if not adapter.shapes:
        raise ValueError("empty: it changes no tensor")
    for name in sorted(adapter.shapes):
        target, part = name[: -len(_PARTS[0])], name[-len(_PARTS[0]) :]
        if part not in _PARTS:
            raise ValueError(f"not only a LoRA: the tensor {_shown(name)} is no half of a pair, and would be ignored")
        other = target + _PARTS[part == _PARTS[0]]
        if other not in adapter.shapes:
            raise ValueError(f"broken: {_shown(name)} has no {_shown(other)}")
        if part == _PARTS[0]:
            _fits(target, adapter.shapes[name], adapter.shapes[other], base.shapes.get(target))


def _fits(target: str, a: tuple[int, ...], b: tuple[int, ...], whole: tuple[int, ...] | None) -> None:
    """Whether B·A has the shape of the base's tensor. A is stored as (in, rank), B as (rank, out)."""
    if whole is None:
        raise ValueError(f"made for another base, which has a tensor {_shown(target)}")
    if target.endswith("_norm.weight"):
        raise ValueError(f"a change of {_shown(target)}, which llama.cpp would ignore")
    if not len(a) == len(b) == len(whole) or len(whole) < 2:
        raise ValueError(f"of another shape: {_shown(target)} has {len(whole)} dimensions")
    if a[2:] != whole[2:] or b[2:] != whole[2:]:  # experts of a mixture: one pair each
        raise ValueError(f"of another shape: {a} and {b} for {_shown(target)} of {whole}")
    # An embedding is looked up, not multiplied with: llama.cpp wants its A as (rank, tokens), its B as (rank, out).
    made, ranks = ((b[1], a[1]), (a[0], b[0])) if target == _EMBEDDING else ((a[0], b[1]), (a[1], b[0]))
    if made != whole[:2] or ranks[0] != ranks[1] or ranks[0] < 1:
        raise ValueError(f"of another shape: {a} and {b} for {_shown(target)} of {whole}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
