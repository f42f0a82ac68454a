"""Was the right specialist asked first?"""

from collections.abc import Callable

import pytest
from scenario import attempt, verdict

from evals.analysis.routing import routing
from evals.results import Results, Row
from evals.sample import ItemFacts

MakeRow = Callable[..., Row]
MakeResults = Callable[..., Results]


def asked(row: MakeRow, name: str, family: str | None, *specialists: str, sample: int = 0) -> Row:
    facts = ItemFacts(id=name, statement="", task="function", family=family)
    tries = tuple(attempt(f"{number}.solve.0", verdict(1), specialist=who) for number, who in enumerate(specialists))
    return row(facts, None, sample, attempts=tries)


def test_accuracy_is_that_of_the_first_specialist(row: MakeRow, results: MakeResults) -> None:
    found = routing(
        results(
            asked(row, "a", "math", "math", "python"),
            asked(row, "b", "python", "general", "python"),
            asked(row, "c", "python", "python"),
            asked(row, "d", None, "python"),
            asked(row, "e", "python"),
        )
    )
    assert found is not None
    assert found.items == 3
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.families == ("math", "python")
    assert found.specialists == ("general", "math", "python")
    assert found.confusion == ((0, 1, 0), (1, 0, 1))


def test_items_weigh_the_same_whatever_their_samples(row: MakeRow, results: MakeResults) -> None:
    found = routing(
        results(
            asked(row, "a", "math", "math"),
            asked(row, "a", "math", "python", sample=1),
            asked(row, "b", "python", "python"),
        )
    )
    assert found is not None
    assert found.accuracy == 0.75


@pytest.mark.parametrize(("solver", "routes"), [("hierarchy", True), ("specialist", False)])
def test_only_the_hierarchy_is_blamed_for_asking_one_about_all(
    row: MakeRow, results: MakeResults, solver: str, routes: bool
) -> None:
    run = results(asked(row, "a", "math", "python"), asked(row, "b", "python", "python"), solver=solver)
    found = routing(run)
    assert (found is not None) == routes
    assert found is None or found.accuracy == 0.5


def test_nothing_where_the_set_knows_no_families(row: MakeRow, results: MakeResults) -> None:
    assert routing(results(asked(row, "a", None, "math"))) is None
