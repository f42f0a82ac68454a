from hierarchy.selection.clusters import Behaviour, clusters, counted_inputs, disagreements


def _behave(*texts: str, logprobs: tuple[float | None, ...] = ()) -> list[Behaviour]:
    """One letter an input, `-` where it raised."""
    padded = (*logprobs, *([None] * len(texts)))
    return [
        Behaviour(tuple(None if letter == "-" else letter for letter in text), logprob)
        for text, logprob in zip(texts, padded, strict=False)
    ]


def _groups(behaviours: list[Behaviour]) -> list[tuple[int, ...]]:
    return [cluster.members for cluster in clusters(behaviours, counted_inputs(behaviours))]


def test_the_largest_cluster_leads() -> None:
    assert _groups(_behave("aa", "ab", "ab", "ba")) == [(1, 2), (0,), (3,)]


def test_of_equal_clusters_the_one_closest_to_the_others_leads() -> None:
    assert _groups(_behave("xyz", "aab", "aac"))[0] == (1,)


def test_then_the_likelier_one_leads_and_stands_for_its_cluster() -> None:
    behaviours = _behave("ab", "ac", "ab", "ac", logprobs=(-0.5, -0.1, -0.4, -0.3))
    assert _groups(behaviours) == [(1, 3), (2, 0)]


def test_a_candidate_without_a_log_probability_comes_after_those_with_one() -> None:
    assert _groups(_behave("a", "a", logprobs=(None, -3.0))) == [(1, 0)]


def test_an_input_on_which_most_raise_is_not_counted() -> None:
    behaviours = _behave("a-", "a-", "ax")
    assert counted_inputs(behaviours) == (0,)
    assert _groups(behaviours) == [(0, 1, 2)]


def test_raising_on_a_counted_input_is_a_behaviour_of_its_own() -> None:
    behaviours = _behave("ab", "ab", "a-")
    assert counted_inputs(behaviours) == (0, 1)
    assert _groups(behaviours) == [(0, 1), (2,)]


def test_programs_that_raise_together_do_not_support_each_other() -> None:
    one, other = clusters(_behave("ab-", "ab-", "abc", "abd"), (0, 1, 2))[:2]
    assert one.members == (0, 1)
    assert one.support == 2 / 3
    assert other.support > one.support


def test_without_counted_inputs_all_behave_alike() -> None:
    assert _groups(_behave("-", "-", logprobs=(-1.0, -0.5))) == [(1, 0)]
    assert counted_inputs([]) == ()
    assert clusters([], ()) == ()


def test_silent_programs_come_last_however_many_they_are() -> None:
    behaviours = _behave("--", "ab", "--", "--", "ab", "cc")
    assert [cluster.members for cluster in clusters(behaviours, (0, 1))] == [(1, 4), (5,), (0, 2, 3)]


def test_disagreements_are_inputs_on_which_both_say_something_else() -> None:
    one, other = _behave("abc-", "axcy")
    assert disagreements(one, other, (0, 1, 2, 3)) == (1,)
