"""Which groups items fall into."""

from evals.analysis.groups import NONE, dimensions, grouped
from evals.sample import ItemFacts


def item(name: str, *tags: str, difficulty: str | None = None, family: str | None = None, **facts: str) -> ItemFacts:
    return ItemFacts(id=name, statement="", task="math", tags=tags, difficulty=difficulty, family=family, facts=facts)


def test_every_property_that_items_have_is_a_dimension() -> None:
    found = dimensions(
        [
            item("a", "lists", "sorting", difficulty="easy", family="python", subject="algebra"),
            item("b", "lists", difficulty="hard", family="python", subject="geometry"),
            item("c", "lists", difficulty="easy", family="math", subject="algebra"),
        ]
    )
    assert found == {
        "difficulty": {"easy": ("a", "c"), "hard": ("b",)},
        "family": {"python": ("a", "b"), "math": ("c",)},
        "tag": {"lists": ("a", "b", "c"), "sorting": ("a",)},
        "subject": {"algebra": ("a", "c"), "geometry": ("b",)},
    }


def test_items_without_a_value_come_last() -> None:
    found = dimensions([item("a"), item("b", difficulty="easy"), item("c")])
    assert found == {"difficulty": {"easy": ("b",), NONE: ("a", "c")}}


def test_a_fact_that_divides_nothing_is_no_dimension() -> None:
    items = [item("a", url="1", origin="x", year="1"), item("b", url="2", origin="x"), item("c", url="3", origin="x")]
    assert dimensions(items) == {"year": {"1": ("a",), NONE: ("b", "c")}}


def test_a_tag_that_is_there_twice_counts_once() -> None:
    assert grouped({"a": ("x", "x")}) == {"x": ("a",)}


def test_a_fact_does_not_replace_a_dimension_of_its_name() -> None:
    found = dimensions([item("a", "x", tag="1"), item("b", "x", tag="1"), item("c", "x", tag="2")])
    assert found == {"tag": {"x": ("a", "b", "c")}}


def test_no_items_have_no_dimensions() -> None:
    assert dimensions([]) == {}
