"""Attempts as a tree: every attempt once, whatever their parents say."""

from hierarchy.attempt import Attempt, Candidate, Verdict
from hierarchy.ledger import Node, attempt_tree
from hierarchy.usage import Usage


def attempt(name: str, parent: str | None = None) -> Attempt:
    candidate = Candidate(
        text="",
        specialist="python",
        model="m",
        prompt_sha256="0",
        seed=0,
        temperature=0,
        finish_reason="stop",
        usage=Usage(),
    )
    return Attempt(
        id=name,
        parent_id=parent,
        round=int(name[0]),
        action="direct",
        candidate=candidate,
        verdict=Verdict(status="accepted"),
    )


def drawn(nodes: tuple[Node, ...]) -> list[object]:
    return [[node.attempt.id, *drawn(node.children)] for node in nodes]


def test_repairs_hang_below_what_they_repair() -> None:
    attempts = [attempt("2.a", "1.a"), attempt("0.a"), attempt("1.a", "0.a"), attempt("1.b"), attempt("1.c", "0.a")]
    assert drawn(attempt_tree(attempts)) == [["0.a", ["1.a", ["2.a"]], ["1.c"]], ["1.b"]]


def test_an_attempt_without_its_parent_is_a_root() -> None:
    assert drawn(attempt_tree([attempt("1.a", "0.gone")])) == [["1.a"]]


def test_parents_in_a_circle_are_drawn_once() -> None:
    attempts = [attempt("0.a", "0.b"), attempt("0.b", "0.a"), attempt("0.c", "0.c"), attempt("0.d")]
    assert drawn(attempt_tree(attempts)) == [["0.d"], ["0.a", ["0.b"]], ["0.c"]]
    assert attempt_tree([]) == ()
