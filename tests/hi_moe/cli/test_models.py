"""`hi-moe models`: what is listed, pulled from a user's own files, verified; and what is refused in one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from huggingface_hub import close_session

from hi_moe.cli.models import wanted
from hi_moe.settings import Settings

Run = Callable[..., Result]
SMALL = "smollm2-135m-instruct-q4_1"
BIG = "qwen2.5-coder-1.5b-instruct-q4_k_m"


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file of the user's own, in an otherwise empty folder of weights, with nothing to be fetched from."""
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF and more")
    monkeypatch.setenv("HI_MOE_MODELS__CACHE", str(tmp_path / "weights"))
    monkeypatch.setenv("HI_MOE_MODELS__FILES", json.dumps({"mine": str(file)}))
    monkeypatch.setenv("HI_MOE_MODELS__OFFLINE", "true")
    return file


def test_list_says_what_is_here(run: Run, own: Path) -> None:
    result = run("models", "list")
    assert [line.split()[:2] for line in result.stdout.splitlines()] == [
        ["NAME", "STATE"],
        ["mine", "present"],
        [BIG, "absent"],
        [SMALL, "absent"],
    ]
    assert result.stderr == f"weights folder: {own.parent / 'weights'}\n"


def test_list_as_json(run: Run, own: Path) -> None:
    mine, big, _ = json.loads(run("models", "list", "--json").stdout)
    assert mine == {
        "name": "mine",
        "state": "present",
        "bytes": 13,
        "size_bytes": 13,
        "path": str(own),
        "about": f"your file {own}",
    }
    assert big["state"] == "absent"
    assert big["size_bytes"] == 1_117_320_768
    assert len(big["sha256"]) == 64


def test_pull_gives_the_path(run: Run, own: Path) -> None:
    result = run("models", "pull", "mine")
    assert result.exit_code == 0
    assert result.stdout == f"{own}\n"


def test_pull_without_a_name_takes_what_the_profile_needs(refused: Callable[..., str], own: Path) -> None:
    line = refused("models", "pull", "--profile", "tiny", code=3)
    assert line == (
        f"model {SMALL!r} is not on this machine and models.offline forbids fetching it; "
        f"set models.offline to false, then: hi-moe models pull {SMALL}"
    )


def test_pull_without_a_network_names_every_source(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The real thing, with addresses at which nobody listens: no proxy, hub or index can be reached.
    monkeypatch.setenv("HI_MOE_MODELS__CACHE", str(tmp_path / "weights"))
    for name in ("HF_ENDPOINT", "PIP_INDEX_URL", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    try:
        result_line = _last_error(refused, "models", "pull", SMALL)
    finally:
        close_session()  # the library keeps one HTTP client, with the proxies it was made with
    assert result_line.startswith(f"model {SMALL!r} is not on this machine and no source delivered it: hub: ")
    assert "pypi: " in result_line
    assert result_line.endswith(f"check the network, then: hi-moe models pull {SMALL}")


def _last_error(refused: Callable[..., str], *arguments: str) -> str:
    """The error line of a command that tells its progress before."""
    from click.testing import CliRunner

    from hi_moe.cli import main

    result = CliRunner().invoke(main, list(arguments), prog_name="hi-moe")
    assert result.exit_code == 3
    *progress, line = result.stderr.splitlines()
    assert not [each for each in progress if each.startswith("error")]
    return line.removeprefix("error: ")


def test_verify_reads_what_is_here(run: Run, own: Path) -> None:
    result = run("models", "verify")
    assert result.exit_code == 0
    assert result.stdout.startswith("ok  mine  sha256 ")
    (report,) = json.loads(run("models", "verify", "mine", "--json").stdout)
    assert report["ok"] is True
    assert report["path"] == str(own)


def test_verify_of_an_empty_folder_says_how_to_fill_it(run: Run, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HI_MOE_MODELS__FILES")
    result = run("models", "verify")
    assert result.exit_code == 0
    assert result.stderr == "no weights are here; fetch them with: hi-moe models pull\n"


@pytest.mark.parametrize(
    ("size", "text"),
    [(1000, "are truncated: 1000 bytes instead of 98362432"), (98_362_432, "are altered: sha256 ")],
)
def test_truncated_or_altered_weights_are_named_with_the_mend(run: Run, own: Path, size: int, text: str) -> None:
    file = own.parent / "weights" / f"{SMALL}.gguf"
    file.parent.mkdir()
    with file.open("wb") as stream:
        stream.truncate(size)
    result = run("models", "verify", SMALL)
    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1].startswith(f"error: the weights of {SMALL!r} {text}")
    assert result.stderr.rstrip().endswith(f"fetch it again: hi-moe models pull {SMALL}")
    assert json.loads(run("models", "verify", SMALL, "--json").stdout)[0]["ok"] is False


@pytest.mark.parametrize("command", ["pull", "verify"])
def test_an_unknown_model_is_one_line_with_a_suggestion(refused: Callable[..., str], command: str) -> None:
    line = refused("models", command, "smollm")
    assert line == f"there is no model 'smollm'; did you mean {SMALL!r}? all names: hi-moe models list"


def test_wanted_is_every_tier_once() -> None:
    flags = {"models.default": "a", "models.dispatcher": "b", "models.architect": "a", "models.escalation": "c"}
    assert wanted(Settings.load(flags=flags, environ={}).settings) == ("a", "b", "c")
