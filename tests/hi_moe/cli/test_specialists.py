"""`hi-moe specialists list`."""

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
NAMES = ["algorithms", "data_structures", "debugging", "general", "math", "python", "refactoring"]


def test_list_names_each_with_its_tasks(run: Run) -> None:
    lines = run("specialists", "list", "--profile", "tiny").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", *NAMES]
    assert "function, program" in lines[NAMES.index("python") + 1]
    assert "smollm2-135m-instruct-q4_1" in lines[1]


def test_list_as_json(run: Run) -> None:
    cards = json.loads(run("specialists", "list", "--json").stdout)
    assert [card["name"] for card in cards] == NAMES
    assert cards[0]["prompts"]["function"]


def test_a_folder_of_cards_that_does_not_exist_is_one_line(refused: Callable[..., str]) -> None:
    Path("hi-moe.toml").write_text('[routing]\ncards = "nowhere"', encoding="utf-8")
    assert refused("specialists", "list").startswith("routing.cards: 'nowhere' is not a folder")
