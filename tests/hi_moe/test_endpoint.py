"""A whole run, and the commands around it, over an endpoint instead of weights."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from wire_server import WireServer, serving, speaking

import hi_moe
from hi_moe.cli import main
from hi_moe.settings import Settings
from hierarchy.outcome import Outcome
from hierarchy.problem import FunctionTest, Problem
from serving.engines import Engines
from serving.models.store import ModelStore
from serving.openai_endpoint.endpoint import OpenAIEndpoint

ADD = "Here is it:\n```python\ndef add(a, b):\n    return a + b\n```\n"
PROBLEM = Problem(
    id="add",
    statement="Write a function add(a, b) that returns the sum.",
    task="function",
    entry_point="add",
    signature="def add(a, b)",
    public_tests=(FunctionTest(entry_point="add", args=(1, 2), expected=3),),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "hi-moe.toml"
    path.write_text(
        f'profile = "tiny"\n[ledger]\nurl = "sqlite:///{tmp_path}/ledger.sqlite3"\n[models]\ndefault = "far"\n'
        '[models.endpoints.far]\nbase_url = "http://127.0.0.1:1/v1"\nmodel = "m"\ncontext_tokens = 4096\n'
        "retries = 0\ncontinues_prefill = false\n"
    )
    return path


def reaching(config: Path, server: WireServer) -> Path:
    config.write_text(config.read_text().replace("http://127.0.0.1:1/v1", server.url))
    return config


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


async def solved(config: Path) -> Outcome:
    async with hi_moe.HiMoe.open(Settings.load(config=config, environ={})) as session:
        return await session.solve(PROBLEM)


async def test_a_problem_is_solved_and_recorded_over_an_endpoint(config: Path) -> None:
    with serving(WireServer(chat=speaking(ADD))) as server:
        outcome = await solved(reaching(config, server))
    assert outcome.status == "verified"
    assert outcome.usage.prompt_tokens > 0
    record = run("runs", "show", outcome.run_id, "--json", "--config", str(config))
    assert record.exit_code == 0, record.output
    assert json.loads(record.stdout)["run"]["models"] == {"far": ""}


async def test_engines_are_endpoints_where_the_settings_say_so(config: Path) -> None:
    with serving(WireServer()) as server:
        settings = Settings.load(config=reaching(config, server), environ={}).settings
        store = ModelStore.from_settings(settings.models)
        async with Engines(store, settings.models, settings.engine) as engines:
            far = await engines.get()
            assert isinstance(far, OpenAIEndpoint)
            assert await engines.get("far") is far


def test_doctor_tries_the_endpoint_and_needs_no_engine(config: Path) -> None:
    down = run("doctor", "--json", "--config", str(config))
    lines = {line["check"]: line for line in json.loads(down.stdout)}
    assert down.exit_code == 3
    assert "cannot be reached" in lines["endpoint"]["text"]
    assert "engine" not in lines
    with serving(WireServer()) as server:
        up = run("doctor", "--json", "--config", str(reaching(config, server)))
    lines = {line["check"]: line for line in json.loads(up.stdout)}
    assert lines["endpoint"]["ok"], lines
    assert f"far ({server.url}) answers" in lines["endpoint"]["text"]


def test_models_lists_endpoints_and_pulls_none(config: Path) -> None:
    listed = run("models", "list", "--json", "--config", str(config))
    first = json.loads(listed.stdout)[0]
    assert (first["name"], first["state"], first["about"]) == ("far", "endpoint", "m at http://127.0.0.1:1/v1")
    assert "far " in run("models", "list", "--config", str(config)).stdout
    assert run("models", "pull", "--config", str(config)).stdout == "", "nothing is needed"
    for command in ("pull", "verify"):
        refused = run("models", command, "far", "--config", str(config))
        assert refused.exit_code != 0
        assert "'far' is an endpoint and has no weights here" in str(refused.exception) + refused.output
