"""The engines of a profile: opened when they are first needed, each once, closed together."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from hierarchy.errors import MissingComponent
from hierarchy.protocols import ChatModel
from serving.llama_cpp.engine import with_adapter
from serving.models.digest import sha256_file
from serving.models.store import ModelStore
from serving.settings import EngineSettings, ModelsSettings


class Engines:
    """Models by name over one store of weights. An async context manager; leaving it closes every engine."""

    def __init__(self, store: ModelStore, models: ModelsSettings, engine: EngineSettings) -> None:
        self._store = store
        self._models = models
        self._engine = engine
        self._open: dict[str, ChatModel] = {}
        self._opening = asyncio.Lock()

    async def get(self, name: str | None = None) -> ChatModel:
        """The engine that serves `name`, by default `models.default`: an endpoint, or weights in this process.

        Raises `UnknownName`, `MissingComponent` when its weights, its key or the engine's library are not here, and
        `EngineFailed` when they cannot be loaded, or the endpoint does not answer.
        """
        wanted = name or self._models.default
        async with self._opening:
            if wanted not in self._open:
                self._open[wanted] = await self._opened(wanted)
            return self._open[wanted]

    async def _opened(self, name: str) -> ChatModel:
        if (endpoint := self._models.endpoints.get(name)) is not None:
            from serving.openai_endpoint.endpoint import OpenAIEndpoint

            return await OpenAIEndpoint.open(name, endpoint)
        from serving.llama_cpp.engine import LlamaCppEngine

        path = self._store.path(name)
        sha256 = await asyncio.to_thread(self._store.sha256, name)
        return await LlamaCppEngine.open(path, self._engine, name, sha256)

    async def aclose(self) -> None:
        """Close every engine."""
        while self._open:
            _, engine = self._open.popitem()
            await engine.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def weights_of(
    store: ModelStore, models: ModelsSettings, engine: EngineSettings, names: Iterable[str]
) -> dict[str, str]:
    """What is served under `names`, with the sha256 of the weights; empty for an endpoint, whose weights are not here.
    With an adapter, each model that it is applied to has a second entry, `NAME+FILE`: the adapter's.

    For the record of a run. Raises `UnknownName` and `MissingComponent` as the store does, and for a missing adapter.
    """
    found = {name: "" if name in models.endpoints else store.sha256(name) for name in names}
    if engine.adapter is None:
        return found
    try:
        adapter = sha256_file(engine.adapter)
    except OSError as error:
        raise MissingComponent(
            f"the adapter {str(engine.adapter)!r} cannot be read: {error.strerror}; set engine.adapter to a GGUF LoRA "
            "file, or leave it out"
        ) from error
    return found | {with_adapter(name, engine): adapter for name in models.with_weights(found)}
