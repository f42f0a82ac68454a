import random

from hierarchy.selection.stdio import stdin_variants


def _made(*samples: str, n: int = 30) -> list[str]:
    return stdin_variants(samples, n, random.Random(0))


def test_counts_and_structure_stay() -> None:
    for text in _made("3 9\n4 5 6\n"):
        first, second, rest = text.split("\n")
        assert first.split()[0] == "3"
        assert len(first.split()) == 2
        assert len(second.split()) == 3
        assert rest == ""


def test_variants_are_distinct_and_no_sample() -> None:
    made = _made("5\n10 20 30 40 50\n")
    assert len(made) == len(set(made)) == 30
    assert "5\n10 20 30 40 50\n" not in made


def test_a_single_number_is_free() -> None:
    made = _made("17\n")
    assert len(made) > 5
    assert all(int(text) >= 0 for text in made)


def test_numbers_go_below_zero_only_where_the_sample_does() -> None:
    assert not any("-" in text for text in _made("4\n1 2 3 9\n"))
    assert any("-" in text for text in _made("4\n-1 2 3 9\n"))


def test_words_keep_their_letters() -> None:
    for text in _made("abcab\n"):
        assert set(text.strip()) <= set("abc")


def test_the_length_of_a_word_is_a_count() -> None:
    assert all(text.startswith("5\n") for text in _made("5\nabcde\n"))


def test_what_cannot_change_has_no_variants() -> None:
    assert _made("") == []
    assert _made("1\n7\n") == _made("1\n7\n")
    assert _made() == []
