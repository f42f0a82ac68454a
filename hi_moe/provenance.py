"""What produced a result, besides its settings: the version of hi-moe, its source revision, the prompts."""

import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path

from prompts import loader


def version() -> str:
    """The installed version of hi-moe."""
    return metadata.version("hi-moe")


@cache
def git_revision() -> str | None:
    """The commit that this code stands at, with `+` when files differ from it; None outside a git checkout."""
    folder = Path(__file__).resolve().parent.parent
    if not (folder / ".git").exists():
        return None
    try:
        head = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return head + ("+" if changed else "")


def prompt_hashes() -> dict[str, str]:
    """`NAME@VERSION` → sha256 of every shipped prompt."""
    prompts = [loader.load(name) for name in loader.names()]
    return {f"{prompt.name}@{prompt.version}": prompt.sha256 for prompt in prompts}


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=5, check=True)
    return done.stdout.strip()
