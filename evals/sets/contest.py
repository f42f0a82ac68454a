"""Ours: original problems over the specialists' families, shipped as TOML files under `evals/contest/FAMILY/NAME.toml`.

Read as problems of one's own are; the id is `contest/FAMILY/NAME`, and the folder is the family.
"""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from evals.item import Item
from evals.sets.base import Row
from evals.sets.origins import Available, Origin, from_folder, from_path
from evals.sets.own import Own


class Contest(Own):
    """The shipped problems."""

    name = "contest"
    summary = "ours, shipped: functions, programs, repairs, refactorings and mathematics, with hidden tests"
    licence = "Apache-2.0"
    published = "with hi-moe, as evals/contest"

    def origin(self, path: Path | None) -> Origin:
        """The shipped folder, or another of the same form."""
        return from_path(path) if path is not None else from_folder(_folder(), "shipped")

    def available(self) -> Available:
        """With the program."""
        return Available("shipped", True)

    def count(self) -> int:
        """The files of the shipped folder."""
        return len(from_folder(_folder(), "shipped").files)

    def item(self, row: Row, number: int) -> Item:
        """The id begins with the set's name: ids of several sets stay apart."""
        return super().item({**row, "id": f"{self.name}/{row['id']}"}, number)


def _folder() -> Traversable:
    return resources.files("evals") / "contest"
