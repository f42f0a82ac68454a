"""A GGUF file opened by llama.cpp: its vocabulary, its chat template, its size."""

import ctypes
from functools import cached_property
from pathlib import Path
from typing import Any

from hierarchy.errors import MissingComponent
from serving.llama_cpp.library import Library

_CONTROL = 1 << 3
_UNKNOWN = 1 << 0
"""`LLAMA_TOKEN_ATTR_CONTROL` and `LLAMA_TOKEN_ATTR_UNKNOWN` of llama.h: what `parse_special` recognises in a text."""


class Weights:
    """An open model. The vocabulary calls are read-only and safe from any thread; `close` ends all use."""

    def __init__(self, library: Library, path: Path, name: str) -> None:
        """Raises MissingComponent when the file is absent, not GGUF, truncated or not understood."""
        self._api: Any = library.api
        self.name = name
        _check_magic(path, name)
        parameters = self._api.llama_model_default_params()
        parameters.n_gpu_layers = 0
        library.forget()
        self.model = self._api.llama_model_load_from_file(str(path).encode(), parameters)
        if not self.model:
            raise MissingComponent(
                f"llama.cpp cannot load the weights {str(path)!r} of {name!r}: {library.reason()}; "
                f"check them: hi-moe models verify {name}"
            )
        self.vocab = self._api.llama_model_get_vocab(self.model)
        self.size: int = self._api.llama_vocab_n_tokens(self.vocab)
        """Tokens of the vocabulary."""

    def close(self) -> None:
        """Free the weights; harmless when they are already free."""
        if self.model:
            self._api.llama_model_free(self.model)
            self.model = None

    @property
    def trained_context(self) -> int:
        """Longest sequence that the model was trained on, in tokens."""
        return int(self._api.llama_model_n_ctx_train(self.model))

    @property
    def kv_bytes(self) -> int:
        """Bytes of KV cache per token: keys and values of 16 bits in each layer."""
        api, model = self._api, self.model
        heads, shared = api.llama_model_n_head(model), api.llama_model_n_head_kv(model)
        return int(4 * api.llama_model_n_layer(model) * api.llama_model_n_embd(model) * shared // max(heads, 1))

    @property
    def can_share_prefixes(self) -> bool:
        """Whether the state of a sequence can be cut at any position: not for recurrent layers, which keep one state,
        nor for sliding windows, which forget."""
        api, model = self._api, self.model
        return not (
            api.llama_model_is_recurrent(model) or api.llama_model_is_hybrid(model) or api.llama_model_n_swa(model)
        )

    @cached_property
    def pieces(self) -> list[bytes]:
        """The bytes of each token in a text; empty for control tokens. A token may end inside a character."""
        return [self._piece(token, special=False) for token in range(self.size)]

    @cached_property
    def ends(self) -> frozenset[int]:
        """Tokens that end a generation (EOS, end of turn and the like)."""
        return frozenset(token for token in range(self.size) if self._api.llama_vocab_is_eog(self.vocab, token))

    @cached_property
    def special_texts(self) -> dict[str, int]:
        """Texts such as `<|im_end|>` that mean one control token when they come from the chat template."""
        found: dict[str, int] = {}
        for token in range(self.size):
            if self._api.llama_vocab_get_attr(self.vocab, token) & (_CONTROL | _UNKNOWN):
                text = self._piece(token, special=True).decode("utf-8", errors="replace")
                if text:
                    found[text] = token
        return found

    def end_token(self) -> int:
        """The token that ends a turn: EOS, or the first of `ends` in a file that names none."""
        token = int(self._api.llama_vocab_eos(self.vocab))
        return token if token >= 0 else min(self.ends, default=0)

    def special_text(self, which: str) -> str:
        """The text of the `bos` or `eos` token, empty where there is none; chat templates ask for it."""
        token = getattr(self._api, f"llama_vocab_{which}")(self.vocab)
        return self._piece(token, special=True).decode("utf-8", errors="replace") if token >= 0 else ""

    def template_text(self) -> str:
        """The chat template. Raises MissingComponent where the file has none."""
        template = self._api.llama_model_chat_template(self.model, None)
        if not template:
            raise MissingComponent(
                f"the weights of {self.name!r} have no chat template (tokenizer.chat_template), so they cannot be "
                "talked to; take an instruction-tuned model: hi-moe models list"
            )
        return bytes(template).decode("utf-8")

    def tokenize(self, text: str) -> list[int]:
        """Tokens of a plain text: what looks like a control token in it stays text."""
        raw = text.encode("utf-8", errors="replace")
        # A token is at least one byte, plus a space that some vocabularies put in front.
        tokens = (self._api.llama_token * (len(raw) + 2))()
        count = self._api.llama_tokenize(self.vocab, raw, len(raw), tokens, len(tokens), False, False)
        return list(tokens[:count])

    def _piece(self, token: int, *, special: bool) -> bytes:
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = self._api.llama_token_to_piece(self.vocab, token, buffer, size, 0, special)
            if count >= 0:
                return buffer.raw[:count]
            size = -count


def _check_magic(path: Path, name: str) -> None:
    pull = f"fetch them: hi-moe models pull {name}"
    try:
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise MissingComponent(f"no weights of {name!r} at {str(path)!r} ({error.strerror}); {pull}") from error
    if magic != b"GGUF":
        raise MissingComponent(
            f"the weights {str(path)!r} of {name!r} are not a GGUF file (it begins with {magic!r}); "
            f"check them: hi-moe models verify {name}"
        )
