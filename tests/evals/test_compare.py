"""Two runs' folders compared."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from eval_runs import write_run

from evals.compare import LeftOut, compare
from evals.results import Results, load_results
from evals.stats.power import items_needed
from evals.stats.sequential import p_value
from hierarchy.errors import UsageError

DIRECT = "1" * 109 + "0" * 55
HIERARCHY = "1" * 104 + "0" * 5 + "1" * 15 + "0" * 40
"""164 items, 5 that only the first solves and 15 that only the second does."""


def run(folder: Path, cells: str | list[str], solver: str = "hierarchy") -> Results:
    return load_results(write_run(folder, cells, solver=solver))


def with_set(folder: Path, **fields: object) -> Results:
    """The same run over another set."""
    path = folder / "run.json"
    manifest = json.loads(path.read_text())
    manifest["set"].update(fields)
    path.write_text(json.dumps(manifest))
    return load_results(folder)


def test_a_known_comparison(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", DIRECT, "direct"), run(tmp_path / "b", HIERARCHY))
    assert (found.overall.both, found.overall.only_a, found.overall.only_b, found.overall.neither) == (104, 5, 15, 40)
    assert found.overall.difference == pytest.approx(10 / 164)
    assert found.overall.p == pytest.approx(0.04139, abs=5e-6)
    assert found.better == "b"
    assert found.items_needed is None
    assert found.only_a == tuple(f"demo/{number:03}" for number in range(104, 109))
    assert len(found.only_b) == 15
    assert found.tokens_ratio == pytest.approx(found.b.tokens_per_problem / found.a.tokens_per_problem)
    assert found.verdict == "B is better than A: +6.1 points [+1.2, +11.6], p=.041, at 2.9 times the tokens"
    assert not any(" all" in note for note in found.notes), "interval and p agree"


def test_the_other_way_round(tmp_path: Path) -> None:
    a, b = run(tmp_path / "a", DIRECT, "direct"), run(tmp_path / "b", HIERARCHY)
    found = compare(b, a)
    assert found.better == "a"
    assert found.verdict.startswith("A is better than B: +6.1 points [+1.2, +11.6]")
    assert len(found.only_a) == 15


def test_too_few_items_say_how_many_it_takes(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", "1" * 10 + "0" * 30), run(tmp_path / "b", "1" * 9 + "01110" + "0" * 26))
    assert found.better is None
    assert found.items_needed == items_needed(4 / 40, 2 / 40)
    assert found.verdict.startswith(f"not enough items to tell: {found.items_needed} needed")


def test_all_discordant_items_on_one_side(tmp_path: Path) -> None:
    # A third of the items is no binary fraction: the share of discordant items must not be below the difference.
    found = compare(run(tmp_path / "a", "111000"), run(tmp_path / "b", "100000"))
    assert found.items_needed == items_needed(1 / 3, -1 / 3)


def test_a_run_with_itself(tmp_path: Path) -> None:
    same = run(tmp_path, "110")
    found = compare(same, same)
    assert (found.better, found.items_needed, found.overall.interval) == (None, None, None)
    assert found.verdict == "no difference seen: each solves 66.7% of 3 items (0 only A, 0 only B, p=1)"


def test_groups_and_base_are_compared_too(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", "1010"), run(tmp_path / "b", "1100"))
    assert {name: [group.group for group in groups] for name, groups in found.groups.items()} == {
        "difficulty": ["easy", "medium", "hard"],
        "family": ["python", "algorithms", "debugging", "data_structures"],
        "tag": ["strings", "lists"],
        "specialist": ["python", "algorithms", "debugging", "data_structures"],
    }
    algorithms = found.groups["family"][1]
    assert (algorithms.items, algorithms.only_a, algorithms.only_b) == (1, 0, 1)
    assert found.base is not None
    # Item 3 passes its base inputs whatever it does on plus.
    assert (found.base.a, found.base.b) == (0.75, 0.75)


def test_specialists_are_those_of_the_run_that_knows_several(tmp_path: Path) -> None:
    ring = run(tmp_path / "a", "1010")
    run(tmp_path / "b", "1100", "direct")
    path = tmp_path / "b" / "samples.jsonl"
    path.write_text(re.sub(r'"specialist":"\w+"', '"specialist":"plain"', path.read_text()))
    plain = load_results(tmp_path / "b")
    groups = compare(ring, plain).groups["specialist"]
    assert [group.group for group in groups] == ["python", "algorithms", "debugging", "data_structures"]
    assert "specialist" not in compare(plain, plain).groups


def test_only_common_items_with_a_verdict_are_compared(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", "11ui1-01"), run(tmp_path / "b", "10111"))
    assert found.left_out == LeftOut(not_in_a=0, not_in_b=3, ungraded=2)
    assert found.notes == ("5 items left out: 3 not in B, 2 without a verdict in one of them",)
    assert (found.a.score.items, found.b.score.items, found.overall.items) == (3, 3, 3)
    assert found.overall.only_a == 1
    longer = compare(run(tmp_path / "c", "10"), run(tmp_path / "d", "101"))
    assert longer.notes == ("1 item left out: 1 not in A",)


def test_nothing_in_common_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"in common: 2 items are in both, 1 and 1 are graded.*eval grade .*/b$"):
        compare(run(tmp_path / "a", "1u"), run(tmp_path / "b", "-1"))


def test_another_set_is_refused(tmp_path: Path) -> None:
    a = run(tmp_path / "a", "10")
    run(tmp_path / "b", "10")
    with pytest.raises(UsageError, match=r"is a run over 'demo' and .* one over 'mbpp'; only runs over the same set"):
        compare(a, with_set(tmp_path / "b", name="mbpp"))


def test_another_file_of_the_set_is_refused(tmp_path: Path) -> None:
    a = run(tmp_path / "a", "10")
    run(tmp_path / "b", "10")
    with pytest.raises(UsageError, match=r"file of 'demo' is not the same in both runs: sha256 5e7.* abab"):
        compare(a, with_set(tmp_path / "b", sha256="ab" * 32))


def test_several_samples_are_compared_by_their_means(tmp_path: Path) -> None:
    a = run(tmp_path / "a", ["1" * 12 + "0" * 3, "0" * 15])
    b = run(tmp_path / "b", ["1" * 12 + "0" * 3, "1" * 12 + "0" * 3])
    found = compare(a, b)
    assert found.overall.p == 1.0
    assert found.overall.p_of_means == pytest.approx(2 / 2**12)
    assert found.better == "b"
    assert found.overall.difference == pytest.approx(0.4)
    assert found.notes[0] == (
        "A has 2 and B 2 samples an item: difference, interval and p (the sign-flip test over item means) are of the "
        "first 2 of each, the scores of each side of all; who solves what is by sample 0"
    )


def test_one_sample_against_several_is_tested_on_sample_0(tmp_path: Path) -> None:
    a = run(tmp_path / "a", "1" * 6 + "0" * 9)
    found = compare(a, run(tmp_path / "b", ["1" * 12 + "0" * 3, "1" * 6 + "0" * 9]))
    assert found.overall.p_of_means is None
    assert found.overall.p == pytest.approx(2 / 2**6)
    assert found.overall.difference == pytest.approx(0.4)
    assert found.b.score.pass_at_1 == pytest.approx(0.6)
    assert found.verdict.startswith("B is better than A: +40.0 points")
    assert found.notes[0].startswith(
        "A has 1 and B 2 samples an item: difference, interval and p (exact McNemar on sample 0) are of the first 1 of"
    )


def test_one_sample_against_several_that_is_not_told_says_how_many_it_takes(tmp_path: Path) -> None:
    same = "1" * 5 + "0" * 35
    found = compare(run(tmp_path / "a", same), run(tmp_path / "b", ["1" * 7 + "0" * 33, *["1" * 13 + "0" * 27] * 7]))
    assert found.items_needed == items_needed(2 / 40, 2 / 40)
    assert found.verdict.startswith(
        f"not enough items to tell: {found.items_needed} needed for a difference of this size, there are 40 "
        "(B - A = +5.0 points"
    )


def test_no_verdict_where_sample_0_and_all_samples_disagree(tmp_path: Path) -> None:
    a = run(tmp_path / "a", "0" * 6 + "1" * 9)
    found = compare(a, run(tmp_path / "b", ["1" * 15, "0" * 15, "0" * 15, "0" * 15]))
    assert found.overall.p < 0.05
    assert (found.better, found.items_needed) == (None, None)
    assert found.verdict.startswith("not told: B - A = +40.0 points")
    assert found.verdict.endswith("on the samples compared, but -35.0 points on all; both need as many samples")


def test_samples_without_a_verdict_are_counted(tmp_path: Path) -> None:
    a = run(tmp_path / "a", ["1100"] * 4)
    found = compare(a, run(tmp_path / "b", ["1110", "u110", "e11-", "1u10"]))
    assert found.overall.items == 4
    assert found.notes[1] == (
        "3 of 4 items lack samples with a verdict (0 in A, 4 in B): of each as many are compared as both have"
    )
    assert len(compare(a, a).notes) == 1


def test_an_interval_that_the_test_does_not_bear_out_is_said(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", "1" * 40 + "0" * 34), run(tmp_path / "b", "1" * 43 + "0" * 31))
    assert found.overall.interval is not None
    assert found.overall.interval.low > 0
    assert found.overall.p == 0.25
    assert found.notes[0].startswith("interval and p do not agree whether there is a difference (all): ")
    assert "and p decides" in found.notes[0]


def test_the_sides_of_an_ab_keep_its_verdict(tmp_path: Path) -> None:
    a, b = run(tmp_path / "a", "11" + "0" * 10), run(tmp_path / "b", "00" + "1" * 10)
    assert compare(a, b).better == "b"
    (tmp_path / "ab.json").write_text(json.dumps({"decision": "undecidable", "p": p_value(2, 10)}))
    found = compare(a, b)
    assert found.overall.p == pytest.approx(0.0386, abs=5e-5)
    assert (found.better, found.overall.deciding_p) == (None, p_value(2, 10))
    assert found.verdict.endswith("p=.21 at any time)")
    assert found.notes[0].startswith(
        "these are the sides of an A/B, which stops as soon as it can be told: its own p=.21"
    )
    assert compare(b, a).better is None


def test_few_items_with_several_samples_are_not_enough(tmp_path: Path) -> None:
    # The bootstrap interval leaves out zero; four means that got better are no proof all the same.
    found = compare(run(tmp_path / "a", ["1" * 4 + "0" * 6, "0" * 10]), run(tmp_path / "b", ["1" * 4 + "0" * 6] * 2))
    assert found.overall.interval is not None
    assert found.overall.interval.low > 0
    assert found.better is None
    assert found.items_needed is not None
    assert found.items_needed > 10
    swapped = run(tmp_path / "c", ["10", "01"])
    assert compare(swapped, run(tmp_path / "d", ["01", "10"])).items_needed is None


def test_what_the_runs_differ_in_is_said(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", "101", "direct"), run(tmp_path / "b", "10"))
    assert found.differing == ("solver: 'direct' → 'hierarchy'",)


def test_the_error_rate_can_be_chosen(tmp_path: Path) -> None:
    a, b = run(tmp_path / "a", DIRECT), run(tmp_path / "b", HIERARCHY)
    strict = compare(a, b, alpha=0.01)
    assert strict.better is None
    usual = compare(a, b)
    assert strict.overall.interval is not None
    assert usual.overall.interval is not None
    assert strict.overall.interval.low < usual.overall.interval.low


def test_files_of_others_have_no_price(tmp_path: Path) -> None:
    b = run(tmp_path / "b", "0" * 8)
    samples = write_run(tmp_path / "c", "1" * 8) / "samples.jsonl"
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    samples.write_text("".join(json.dumps({key: row[key] for key in ("task_id", "solution")}) + "\n" for row in rows))
    found = compare(load_results(tmp_path / "c"), b)
    assert (found.tokens_ratio, found.a.pass_at_1_per_1000_tokens) == (None, None)
    assert found.verdict.endswith("p=.008")


def test_it_is_ready_for_json_and_the_same_every_time(tmp_path: Path) -> None:
    a, b = run(tmp_path / "a", "1101"), run(tmp_path / "b", "1010")
    first, second = (json.dumps(asdict(compare(a, b, seed=4)), allow_nan=False) for _ in range(2))
    assert first == second
    assert json.loads(first)["overall"]["only_a"] == 2
