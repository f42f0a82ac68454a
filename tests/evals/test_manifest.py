"""Two runs are the same experiment, or the keys that differ are named."""

from evals.manifest import Manifest, Session, SetInfo, flat

MADE = Manifest(
    set=SetInfo(name="own", sha256="ab", source="path x", items=("a", "b")),
    solver="direct",
    settings={"engine": {"context_tokens": 4096}, "models": {"files": {}}},
    models={"small": "cd"},
)


def test_the_same_does_not_differ() -> None:
    assert MADE.differences(MADE) == []


def test_where_and_when_are_no_difference() -> None:
    later = MADE.model_copy(update={"sessions": (Session(started="now", isolation="pool"),)})
    moved = later.model_copy(update={"set": MADE.set.model_copy(update={"source": "wheel x==1"})})
    assert MADE.differences(moved) == []


def test_differing_keys_are_named_with_both_values() -> None:
    other = MADE.model_copy(
        update={"seed": 1, "settings": {"engine": {"context_tokens": 2048}}, "models": {"small": "ef"}}
    )
    assert MADE.differences(other) == [
        "models.small: 'cd' → 'ef'",
        "seed: 0 → 1",
        "settings.engine.context_tokens: 4096 → 2048",
    ]


def test_another_file_of_the_set_is_a_difference() -> None:
    other = MADE.model_copy(update={"set": MADE.set.model_copy(update={"sha256": "ff"})})
    assert MADE.differences(other) == ["set.sha256: 'ab' → 'ff'"]


def test_a_new_setting_that_is_not_set_is_no_difference() -> None:
    other = MADE.model_copy(update={"settings": {"engine": {"context_tokens": 4096, "adapter": None}, "extra": {}}})
    assert MADE.differences(other) == []


def test_of_lists_it_is_said_what_tells_them_apart() -> None:
    more = MADE.model_copy(update={"set": MADE.set.model_copy(update={"items": ("a", "b", "c")})})
    assert MADE.differences(more) == ["set.items: 2 → 3 of them"]
    others = MADE.model_copy(update={"set": MADE.set.model_copy(update={"items": ("a", "x")})})
    assert MADE.differences(others) == ["set.items: 'b' → 'x'"]


def test_long_values_are_shortened() -> None:
    other = MADE.model_copy(update={"solver": "x" * 100})
    assert len(MADE.differences(other)[0]) < 100


def test_nested_keys_are_dotted() -> None:
    assert flat({"a": {"b": {"c": 1}}, "d": [1, {"e": 2}], "f": {}}) == {"a.b.c": 1, "d": [1, {"e": 2}]}
