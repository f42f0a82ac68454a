"""The attempts of a run as a tree, ready to be drawn: who was repaired or built upon by whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from hierarchy.attempt import Attempt


@dataclass(frozen=True)
class Node:
    """An attempt and those that name it as their parent, by round."""

    attempt: Attempt
    children: tuple["Node", ...] = ()


def attempt_tree(attempts: Sequence[Attempt]) -> tuple[Node, ...]:
    """The roots, by round: attempts without a parent, or whose parent is not among `attempts`.

    Every attempt appears once, also those of a damaged run whose parents form a circle.
    """
    by_id = {attempt.id: attempt for attempt in attempts}
    ordered = sorted(by_id.values(), key=lambda attempt: attempt.round)  # stable: the recorded order within a round
    children: dict[str, list[Attempt]] = {}
    roots: list[Attempt] = []
    for attempt in ordered:
        parent = attempt.parent_id
        if parent is None or parent not in by_id:
            roots.append(attempt)
        else:
            children.setdefault(parent, []).append(attempt)
    placed: set[str] = set()

    def grow(attempt: Attempt) -> Node:
        placed.add(attempt.id)
        return Node(attempt, tuple(grow(child) for child in children.get(attempt.id, []) if child.id not in placed))

    trees = [grow(attempt) for attempt in roots]
    trees += [grow(attempt) for attempt in ordered if attempt.id not in placed]
    return tuple(trees)
