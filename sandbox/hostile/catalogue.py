"""All hostile programs, in the order in which they are tried."""

from collections.abc import Sequence

from sandbox.hostile.programs import (
    channel,
    cheats,
    crashes,
    descriptors,
    endings,
    endless,
    files,
    kernel,
    network,
    processes,
    resources,
    secrets,
    signals,
)
from sandbox.hostile.record import Hostile

CATALOGUE: Sequence[Hostile] = (
    *processes.PROGRAMS,
    *resources.PROGRAMS,
    *endless.PROGRAMS,
    *secrets.PROGRAMS,
    *network.PROGRAMS,
    *signals.PROGRAMS,
    *kernel.PROGRAMS,
    *files.PROGRAMS,
    *channel.PROGRAMS,
    *descriptors.PROGRAMS,
    *cheats.PROGRAMS,
    *endings.PROGRAMS,
    *crashes.PROGRAMS,
)
"""Every name is there once."""
