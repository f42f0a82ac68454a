"""Who routes best, and for how much: keywords, the guided dispatcher with either prompt, and the cascade.

Over the labelled statements of `tests/specialists/statements.toml`, with the default model: how many go to the
specialist a person would send them to, how many a confidence of `routing.keyword_threshold` or more was right about,
and tokens and seconds a statement. Run it as `python bench/routing.py [--model NAME]`.
"""

import argparse
import asyncio
import time
import tomllib
from pathlib import Path

from hierarchy.problem import Problem
from hierarchy.protocols import ChatModel, Router
from serving.llama_cpp.engine import LlamaCppEngine
from serving.models.store import ModelStore
from serving.settings import EngineSettings, ModelsSettings
from specialists.cascade import Cascade
from specialists.guided import GuidedRouter
from specialists.keyword import KeywordRouter
from specialists.registry import Registry
from specialists.settings import RoutingSettings

STATEMENTS = Path(__file__).parent.parent / "tests" / "specialists" / "statements.toml"


class One:
    """One engine under any name."""

    def __init__(self, engine: ChatModel) -> None:
        self._engine = engine

    async def get(self, name: str | None = None) -> ChatModel:
        """The engine."""
        return self._engine


async def measure(label: str, router: Router, threshold: float) -> None:
    """Print one line of results."""
    rows = tomllib.loads(STATEMENTS.read_text("utf-8"))["statement"]
    right = sure = sure_right = calls = prompt_tokens = completion_tokens = 0
    wrong: dict[str, int] = {}
    began = time.perf_counter()
    for row in rows:
        ranking = await router.rank(Problem(id="p", statement=row["text"], task=row["task"]), row["text"])
        hit = ranking.best == row["specialist"]
        right += hit
        sure += ranking.confidence >= threshold
        sure_right += hit and ranking.confidence >= threshold
        calls += ranking.usage.calls
        prompt_tokens += ranking.usage.prompt_tokens
        completion_tokens += ranking.usage.completion_tokens
        if not hit:
            wrong[f"{row['specialist']}>{ranking.best}"] = wrong.get(f"{row['specialist']}>{ranking.best}", 0) + 1
    n = len(rows)
    print(
        f"{label:16} right {right:2}/{n} ({right / n:4.0%})   sure and right {sure_right:2}/{sure:2}   "
        f"calls {calls:2}   tokens a statement {prompt_tokens / n:5.0f} + {completion_tokens / n:4.1f}   "
        f"s a statement {(time.perf_counter() - began) / n:6.3f}   wrong: {wrong}",
        flush=True,
    )


async def main(model: str) -> None:
    """Measure every router."""
    store = ModelStore()
    registry, threshold = Registry.load(), RoutingSettings().keyword_threshold
    keyword = KeywordRouter(registry)
    await measure("keyword", keyword, threshold)
    engine = await LlamaCppEngine.open(store.path(model), EngineSettings(), model, store.sha256(model))
    try:
        few_shot = GuidedRouter(registry, One(engine), prompt="few_shot")
        await measure("guided few-shot", few_shot, threshold)
        await measure("cascade", Cascade([keyword, few_shot], [threshold]), threshold)
        await measure("guided minimal", GuidedRouter(registry, One(engine), prompt="minimal"), threshold)
    finally:
        await engine.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=ModelsSettings().default, help="a name of the catalogue, fetched before")
    asyncio.run(main(parser.parse_args().model))
