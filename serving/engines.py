"""The engines of a profile: opened when they are first needed, each once, closed together."""

import asyncio
from types import TracebackType
from typing import Self

from hierarchy.protocols import ChatModel
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
        """The engine that serves `name`, by default `models.default`.

        Raises `UnknownName`, `MissingComponent` when its weights or the engine's library are not here, and
        `EngineFailed` when they cannot be loaded.
        """
        wanted = name or self._models.default
        async with self._opening:
            if wanted not in self._open:
                from serving.llama_cpp.engine import LlamaCppEngine

                path = self._store.path(wanted)
                sha256 = await asyncio.to_thread(self._store.sha256, wanted)
                self._open[wanted] = await LlamaCppEngine.open(path, self._engine, wanted, sha256)
            return self._open[wanted]

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
