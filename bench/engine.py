"""Best-of-n of one prompt: the embedded engine against llama-cpp-python's own `Llama` class called n times in turn.

Both are measured one after the other, each in a process of its own with the same weights, threads, prompt, sampling
and token limit; tokens per second of wall time, prefill included (`Llama` reuses its prompt from the second call on).
Greedy output of one sequence must be identical. Goals: 4 times at n = 8, 6 times at n = 16.

    python bench/engine.py [--model NAME] [--tokens 128] [--samples 8 16] [--threads N] [--flash] [--json]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hierarchy.chat import ChatRequest, Message, Sampling
from serving.llama_cpp.engine import LlamaCppEngine, usable_cores
from serving.models.store import ModelStore
from serving.settings import EngineSettings, ModelsSettings

GOALS = {8: 4.0, 16: 6.0}
PROMPT = '''Complete this Python function. Answer with the whole function in a code block.

from typing import List

def has_close_elements(numbers: List[float], threshold: float) -> bool:
    """ Check if in given list of numbers, are any two numbers closer to each other than given threshold.
    >>> has_close_elements([1.0, 2.0, 3.0], 0.5)
    False
    >>> has_close_elements([1.0, 2.8, 3.0, 4.0, 5.0, 2.0], 0.3)
    True
    """
'''
WARM = {"temperature": 0.8, "top_p": 0.95}


def llama_in_turn(path: Path, samples: list[int], tokens: int, threads: int, flash: bool) -> dict[str, Any]:
    """The baseline: greedy once, then `max(samples)` calls."""
    import llama_cpp

    model: Any = llama_cpp.Llama(
        str(path), n_ctx=4096, n_threads=threads, n_threads_batch=threads, flash_attn=flash, verbose=False
    )
    messages = [{"role": "user", "content": PROMPT}]
    greedy = model.create_chat_completion(messages, temperature=0.0, max_tokens=tokens)
    rates: dict[int, float] = {}
    decoded, began = 0, time.perf_counter()
    model.reset()
    for seed in range(max(samples)):
        said = model.create_chat_completion(messages, seed=seed + 1, max_tokens=tokens, top_k=0, min_p=0.0, **WARM)
        decoded += said["usage"]["completion_tokens"]
        if seed + 1 in samples:
            rates[seed + 1] = decoded / (time.perf_counter() - began)
    return {"greedy": greedy["choices"][0]["message"]["content"], "rates": rates}


def engine_batched(path: Path, samples: list[int], tokens: int, threads: int, flash: bool) -> dict[str, Any]:
    """The embedded engine: greedy once, then one request per n; nothing is reused from one to the next."""

    async def run() -> dict[str, Any]:
        settings = EngineSettings(
            threads=threads, flash_attention=flash, max_sequences=max(samples), max_tokens=512, reuse_prompts=False
        )
        engine = await LlamaCppEngine.open(path, settings, "bench", "")
        messages = (Message(role="user", content=PROMPT),)
        alone = ChatRequest(messages=messages, samples=(Sampling(max_tokens=tokens),))
        (greedy,) = [completion async for completion in engine.generate(alone)]
        rates = {}
        for count in samples:
            drawn = [Sampling.model_validate({"seed": seed, "max_tokens": tokens, **WARM}) for seed in range(count)]
            began = time.perf_counter()
            generation = engine.generate(ChatRequest(messages=messages, samples=tuple(drawn)))
            _ = [completion async for completion in generation]
            rates[count] = generation.usage.completion_tokens / (time.perf_counter() - began)
        await engine.aclose()
        return {"greedy": greedy.text, "rates": rates}

    return asyncio.run(run())


SIDES = {"llama": llama_in_turn, "engine": engine_batched}


def measure(side: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one side in a child process."""
    child = [sys.executable, __file__, "--side", side, "--model", arguments.model, "--tokens", str(arguments.tokens)]
    child += ["--threads", str(arguments.threads), "--samples", *map(str, arguments.samples)]
    done = subprocess.run(
        [*child, *(["--flash"] if arguments.flash else [])], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    """Print the ratios; 1 when the greedy outputs differ."""
    parser = argparse.ArgumentParser(description="Best-of-n: the embedded engine against the Llama class in turn.")
    parser.add_argument("--model", default=ModelsSettings().default)
    parser.add_argument("--tokens", type=int, default=128, help="longest completion")
    parser.add_argument("--samples", type=int, nargs="+", default=[8, 16])
    parser.add_argument("--threads", type=int, default=usable_cores())
    parser.add_argument("--flash", action="store_true", help="flash attention on both sides")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.side:
        path = ModelStore().path(asked.model)
        print(json.dumps(SIDES[asked.side](path, sorted(asked.samples), asked.tokens, asked.threads, asked.flash)))
        return 0
    llama, engine = measure("llama", asked), measure("engine", asked)
    same = llama["greedy"] == engine["greedy"]
    rows = [
        {"n": n, "llama": llama["rates"][str(n)], "engine": engine["rates"][str(n)], "goal": GOALS.get(n)}
        for n in sorted(asked.samples)
    ]
    if asked.json:
        print(json.dumps({"model": asked.model, "threads": asked.threads, "greedy_identical": same, "rows": rows}))
    else:
        print(f"{asked.model}, {asked.threads} threads, {asked.tokens} tokens at most, tokens/s")
        for row in rows:
            goal = f", goal {row['goal']:.0f}" if row["goal"] else ""
            ratio = row["engine"] / row["llama"]
            print(f"best of {row['n']}: Llama {row['llama']:.1f}, engine {row['engine']:.1f}, ratio {ratio:.2f}{goal}")
        print(f"greedy output identical: {'yes' if same else 'NO'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
