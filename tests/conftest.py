"""What tests of several rooms share: the small model, and the engine that serves it."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from serving.llama_cpp.engine import LlamaCppEngine

SMALL_MODEL = "smollm2-135m-instruct-q4_1"


@pytest.fixture(scope="session")
def small_model() -> Path:
    """Weights of SmolLM2-135M-Instruct, fetched if they are not on this machine."""
    from serving.models.store import ModelStore

    return ModelStore().pull(SMALL_MODEL)


@pytest.fixture(scope="session")
def engine(small_model: Path) -> "Iterator[LlamaCppEngine]":
    """The small model, served with a context of 1,024 tokens and 8 sequences; shared by the whole test run."""
    from serving.llama_cpp.engine import LlamaCppEngine
    from serving.settings import EngineSettings

    settings = EngineSettings(context_tokens=1024, max_sequences=8, max_tokens=256, batch_tokens=64)
    engine = asyncio.run(LlamaCppEngine.open(small_model, settings, SMALL_MODEL, "sha"))
    yield engine
    asyncio.run(engine.aclose())


def pytest_configure() -> None:
    """A background job begins with signals ignored, and its children too; tests send them."""
    for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, usual)
