"""Tries an unpacked llama-cpp-python: `python check.py FOLDER [WEIGHTS]`. Run as a file, in a process that may die.

Decodes a prompt of some tens of tokens (the matrix kernels) and then some single tokens (the vector kernels). Needs
nothing but the standard library and typing_extensions: the package's `__init__`, which wants numpy, is passed by.
Prints one JSON line: what the build uses of the processor, and the tokens that came out.
"""

import ctypes
import importlib
import json
import sys
import types
from pathlib import Path
from typing import Any

PROMPT = b"Once upon a time, in a small village by the sea, there lived an old fisherman who " * 3
NEW_TOKENS = 4


def main(folder: str, weights: str | None = None) -> int:
    """Print the line; 1 with the reason on stderr when llama.cpp refuses."""
    package = types.ModuleType("llama_cpp")
    package.__path__ = [str(Path(folder) / "llama_cpp")]
    sys.modules["llama_cpp"] = package
    api = importlib.import_module("llama_cpp.llama_cpp")
    silence = api.llama_log_callback(lambda _level, _text, _data: None)
    api.llama_log_set(silence, ctypes.c_void_p(0))
    api.llama_backend_init()
    said: dict[str, Any] = {"system": api.llama_print_system_info().decode()}
    if weights is not None:
        try:
            said["tokens"] = generate(api, weights)
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    print(json.dumps(said))
    return 0


def generate(api: Any, weights: str) -> list[int]:
    """Greedy tokens after the prompt. Raises RuntimeError when a call of llama.cpp says no."""
    model = api.llama_model_load_from_file(weights.encode(), api.llama_model_default_params())
    if not model:
        raise RuntimeError(f"cannot load {weights}")
    parameters = api.llama_context_default_params()
    parameters.n_ctx = 512
    context = api.llama_init_from_model(model, parameters)
    vocab = api.llama_model_get_vocab(model)
    buffer = (api.llama_token * 512)()
    count = api.llama_tokenize(vocab, PROMPT, len(PROMPT), buffer, len(buffer), False, False)
    sampler = api.llama_sampler_init_greedy()
    tokens: list[int] = []
    batch = api.llama_batch_get_one(buffer, count)
    one = (api.llama_token * 1)()
    while len(tokens) < NEW_TOKENS:
        if (code := api.llama_decode(context, batch)) != 0:
            raise RuntimeError(f"decode failed with code {code}")
        one[0] = api.llama_sampler_sample(sampler, context, -1)
        tokens.append(int(one[0]))
        batch = api.llama_batch_get_one(one, 1)
    api.llama_sampler_free(sampler)
    api.llama_free(context)
    api.llama_model_free(model)
    return tokens


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
