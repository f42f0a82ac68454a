"""What the signals that end a process mean."""

import signal

OVER_CPU = (signal.SIGPROF, signal.SIGXCPU)
"""What a process gets whose CPU time is used up: from the timer of a case, and from the limit of the process."""


def signal_name(number: int) -> str:
    """Its name, as `SIGSEGV`; `signal 40` for one that has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
