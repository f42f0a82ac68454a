"""All hostile programs, in the order in which they are tried."""

from collections.abc import Sequence

from sandbox.hostile.programs import network, processes
from sandbox.hostile.record import Hostile

CATALOGUE: Sequence[Hostile] = (*processes.PROGRAMS, *network.PROGRAMS)
"""Every name is there once."""
