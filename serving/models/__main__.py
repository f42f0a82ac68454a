"""`python -m serving.models pull NAME [--cache FOLDER]`: weights for a build script, before the CLI is set up."""

import argparse
import sys
from pathlib import Path

from hierarchy.errors import HiMoeError, UsageError
from serving.models.fetch import Progress
from serving.models.store import ModelStore


def main(arguments: list[str] | None = None) -> int:
    """Pull; the path goes to stdout, notes to stderr. 0, 2 (usage) or 1 (anything else)."""
    parser = argparse.ArgumentParser(prog="python -m serving.models", description="Fetch weights by name.")
    parser.add_argument("command", choices=["pull"])
    parser.add_argument("name")
    parser.add_argument("--cache", type=Path, help="folder of the weights; by default the platform's cache folder")
    asked = parser.parse_args(arguments)
    said = ""

    def tell(progress: Progress) -> None:
        nonlocal said
        if progress.note != said:
            said = progress.note
            print(f"{progress.name}: {progress.source}: {said}", file=sys.stderr)

    try:
        print(ModelStore(asked.cache).pull(asked.name, tell))
    except HiMoeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
