"""What `hi-moe doctor` checks about the installation: engine, weights, ledger, names."""

import asyncio
import importlib.util
import json
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from hi_moe.cli.finding import Finding, from_error
from hi_moe.settings import Settings
from hierarchy.errors import HiMoeError

ROOMS = ("prompts", "sandbox", "hierarchy", "specialists", "serving", "evals", "training")
"""Our packages with names so general that another distribution may have one of the same name."""
BUILD = "python -m serving.build_llama --install"
ENGINE_SECONDS = 60
ENDPOINT_SECONDS = 60

_ASK_ENGINE = """
import json, llama_cpp
print(json.dumps([llama_cpp.__version__, llama_cpp.llama_print_system_info().decode()]))
"""


def engine() -> Finding:
    """Whether llama.cpp loads. Tried in a child process: a build for another processor kills the one that loads it."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", _ASK_ENGINE], capture_output=True, text=True, timeout=ENGINE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding("engine", False, f"llama-cpp-python did not load within {ENGINE_SECONDS} s", BUILD)
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return Finding("engine", False, f"llama-cpp-python crashes as it loads ({name}): built for another CPU?", BUILD)
    if done.returncode > 0:
        last = next(iter(done.stderr.strip().splitlines()[-1:]), "no reason given")
        return Finding("engine", False, f"llama-cpp-python cannot be imported: {last}", BUILD)
    version, system = json.loads(done.stdout)
    features = [name for name in ("AVX512", "AMX_INT8", "AVX2", "NEON") if f"{name} = 1" in system]
    return Finding("engine", True, f"llama-cpp-python {version}{' with ' if features else ''}{', '.join(features)}")


def weights(settings: Settings) -> list[Finding]:
    """Whether the weights of the profile are here and unchanged since they were checked, and the adapter fits them."""
    from hi_moe.cli.models import wanted
    from serving.llama_cpp.adapter import check_adapter
    from serving.models import ModelStore

    adapter = settings.engine.adapter

    store = ModelStore.from_settings(settings.models)
    findings = []
    for name in wanted(settings):
        try:
            path = store.path(name)
            if adapter is not None:
                check_adapter(adapter, path, name)
        except HiMoeError as error:
            findings.append(from_error("weights", error))
        else:
            tuned = "" if adapter is None else f", with the adapter {adapter}"
            findings.append(Finding("weights", True, f"{name} ({path}){tuned}"))
    return findings


def endpoints(settings: Settings) -> list[Finding]:
    """Whether the endpoints of the profile answer, with the key and the model they are to be asked for."""
    from hi_moe.cli.models import used
    from serving.openai_endpoint.endpoint import OpenAIEndpoint

    async def reach(name: str) -> str:
        declared = settings.models.endpoints[name]
        patience = min(declared.timeout_seconds, ENDPOINT_SECONDS)
        endpoint = await OpenAIEndpoint.open(name, declared.model_copy(update={"timeout_seconds": patience}))
        await endpoint.aclose()
        return f"{name} ({declared.base_url}) answers, {endpoint.card.context_tokens} tokens"

    findings = []
    for name in used(settings):
        if name not in settings.models.endpoints:
            continue
        try:
            findings.append(Finding("endpoint", True, asyncio.run(reach(name))))
        except HiMoeError as error:
            findings.append(from_error("endpoint", error))
    return findings


def ledger(settings: Settings) -> Finding:
    """Whether the ledger opens; it is created where there is none."""
    from hierarchy.ledger import Ledger

    try:
        with Ledger.open(settings.ledger.url) as opened:
            runs = len(opened.runs(limit=None))
            return Finding("ledger", True, f"{runs} runs in {opened.where}")
    except HiMoeError as error:
        return from_error("ledger", error)


def names(root: Path | None = None) -> list[Finding]:
    """Whether our packages are the ones that `import` finds, and no other distribution installs one of their names."""
    here = root or Path(__file__).resolve().parent.parent.parent
    owners = metadata.packages_distributions()
    findings = []
    for name in ROOMS:
        spec = importlib.util.find_spec(name)
        found = Path(spec.origin).resolve().parent.parent if spec and spec.origin else None
        if found != here:
            findings.append(
                Finding(
                    "names",
                    False,
                    f"`import {name}` finds {spec.origin if spec else 'nothing'}, not {here / name}",
                    "unset PYTHONPATH, or install hi-moe into a virtual environment of its own",
                )
            )
        for other in sorted(set(owners.get(name, [])) - {"hi-moe"}):
            text = f"the distribution {other!r} also installs a package {name!r}"
            fix = f"pip uninstall {other}, or install hi-moe into a virtual environment of its own"
            findings.append(Finding("names", False, text, fix))
    return findings or [Finding("names", True, f"no other distribution shadows {', '.join(ROOMS)}")]
