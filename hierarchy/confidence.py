"""How likely an answer is right, from the evidence at hand.

The numbers are starting values read off small-model measurements (docs/log.md, 2026-11-20): a greedy answer that
passes the statement's examples is right about nine times in ten; a sample that passes them *after* the greedy answer
failed is right far less often, because such problems have traps their examples do not show. Agreement of independent
candidates on inputs nobody gave an output for is what raises it. Calibration replaces the numbers, not the interface.
"""

import math

from hierarchy.attempt import Verdict
from hierarchy.base import Frozen


class Evidence(Frozen):
    """What is known about an answer."""

    tests_passed: int = 0
    tests_total: int = 0
    first_try: bool = False
    """It is the greedy first candidate, not one of many tries."""
    agreement: float | None = None
    """Share of the comparable candidates that behave (or answer) alike, None when nothing was compared."""
    voters: int = 0
    """How many candidates were compared."""
    critique: float | None = None
    """The model's own P(right), for open text only."""


def p_correct(evidence: Evidence) -> float:
    """The probability that the answer is right, in (0, 1). Monotone in tests passed and in agreement."""
    if evidence.tests_total and evidence.tests_passed < evidence.tests_total:
        return 0.02
    if evidence.critique is not None:
        return min(max(evidence.critique, 0.05), 0.7)
    # Log-odds: a prior by how it came about, plus what each kind of evidence adds.
    logit = 0.4 if evidence.first_try else -0.9
    logit += 0.9 * math.log1p(evidence.tests_total)
    if evidence.agreement is not None and evidence.voters > 1:
        certainty = min(1.0, math.log2(evidence.voters) / 3)
        logit += 4.0 * (evidence.agreement - 0.4) * certainty
    return 1 / (1 + math.exp(-logit))


def evidence_of(verdict: Verdict, *, first_try: bool) -> Evidence:
    """The evidence a verdict alone gives."""
    return Evidence(tests_passed=verdict.tests_passed, tests_total=verdict.tests_total, first_try=first_try)


SURPRISE_BITS = 2.3
"""An outcome with less than 20 % predicted probability is a surprise (log2(1/0.2) = 2.32 bits)."""


def surprise_bits(predicted: float, solved: bool) -> float:
    """Self-information of what happened: -log2 of the probability that was given to it."""
    happened = predicted if solved else 1 - predicted
    return -math.log2(max(happened, 1e-6))
