"""Perfect matchings in a bipartite graph."""

from collections import deque
from collections.abc import Sequence


def perfect(partners: Sequence[Sequence[int]], room: Sequence[int]) -> bool:
    """Whether each left node finds a place at one of its partners, of which partner i has `room[i]`.

    Augmenting paths (Kuhn 1955): as many searches as there are nodes, each at most as long as there are edges.
    """
    guests: list[set[int]] = [set() for _ in room]
    home: dict[int, int] = {}
    for node in range(len(partners)):
        path = _augmenting_path(node, partners, guests, room)
        if not path:
            return False
        for guest, place in path:
            if guest in home:
                guests[home[guest]].remove(guest)
            guests[place].add(guest)
            home[guest] = place
    return True


def _augmenting_path(
    node: int, partners: Sequence[Sequence[int]], guests: Sequence[set[int]], room: Sequence[int]
) -> list[tuple[int, int]]:
    """Who has to move where so that `node` finds a place, the last one first; empty when nothing helps."""
    reached_by: dict[int, int] = {}
    before: dict[int, int] = {}
    queue = deque([node])
    while queue:
        guest = queue.popleft()
        for place in partners[guest]:
            if place in reached_by:
                continue
            reached_by[place] = guest
            if len(guests[place]) < room[place]:
                path = [(guest, place)]
                while guest != node:
                    place = before[guest]  # noqa: PLW2901 - walking back
                    guest = reached_by[place]
                    path.append((guest, place))
                return path
            for other in guests[place]:
                before[other] = place
                queue.append(other)
    return []
