"""Which of several programs to trust, from how they behave on inputs nobody gave an output for.

Two ideas, both free of model calls. Programs with the same output on every input form a cluster, and the larger a
cluster, the likelier it is right (AlphaCode, Li et al., Science 2022, section 4.6). The program whose outputs agree
most with all others', input by input, is the minimum Bayes risk choice (MBR-EXEC, Shi et al., EMNLP 2022): it still
says something where nearly every program differs from the others somewhere.
"""

from collections.abc import Sequence
from typing import NamedTuple

MAX_RAISED = 0.5
"""An input on which a larger share of the programs raises is taken for invalid, and not counted: what programs do with
input the problem does not allow says nothing about them."""


class Behaviour(NamedTuple):
    """What one program did: a canonical text per input, None where it raised or hit a limit."""

    outputs: tuple[str | None, ...]
    logprob: float | None = None
    """Mean token log-probability of the candidate, the last tie-break."""


class Cluster(NamedTuple):
    """Programs that behave alike on every counted input."""

    members: tuple[int, ...]
    """Indices into the behaviours, the likeliest program first."""
    support: float
    """Mean share of counted inputs on which a member agrees with a program of the whole field, in [0, 1]."""


def counted_inputs(behaviours: Sequence[Behaviour]) -> tuple[int, ...]:
    """The inputs that tell something: those on which at most `MAX_RAISED` of the programs raise."""
    if not behaviours:
        return ()
    raised = [sum(output is None for output in column) for column in zip(*(b.outputs for b in behaviours), strict=True)]
    return tuple(index for index, count in enumerate(raised) if count <= MAX_RAISED * len(behaviours))


def clusters(behaviours: Sequence[Behaviour], inputs: Sequence[int]) -> tuple[Cluster, ...]:
    """The behaviours grouped, best first: by size, then by support, then by log-probability, then by position. Programs
    without any output come last, however many they are."""
    groups: dict[tuple[str | None, ...], list[int]] = {}
    for index, behaviour in enumerate(behaviours):
        groups.setdefault(tuple(behaviour.outputs[i] for i in inputs), []).append(index)
    ranked = []
    for signature, members in groups.items():
        ordered = sorted(members, key=lambda index: (-_logprob(behaviours[index]), index))
        support = sum(_agreement(signature, other) * len(held) for other, held in groups.items())
        ranked.append(Cluster(tuple(ordered), support / len(behaviours)))

    def order(cluster: Cluster) -> tuple[float, ...]:
        first = behaviours[cluster.members[0]]
        silent = bool(inputs) and all(first.outputs[index] is None for index in inputs)
        return silent, -len(cluster.members), -cluster.support, -_logprob(first), min(cluster.members)

    return tuple(sorted(ranked, key=order))


def disagreements(one: Behaviour, other: Behaviour, inputs: Sequence[int]) -> tuple[int, ...]:
    """The counted inputs on which two programs both give an output, and not the same."""
    return tuple(
        index
        for index in inputs
        if one.outputs[index] is not None
        and other.outputs[index] is not None
        and one.outputs[index] != other.outputs[index]
    )


def _agreement(one: Sequence[str | None], other: Sequence[str | None]) -> float:
    """Share of inputs with the same output; two programs that both raise do not agree on anything."""
    if not one:
        return 1.0
    return sum(a == b and a is not None for a, b in zip(one, other, strict=True)) / len(one)


def _logprob(behaviour: Behaviour) -> float:
    return float("-inf") if behaviour.logprob is None else behaviour.logprob
