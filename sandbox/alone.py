"""What runs first inside a process of the one-shot tier, which bubblewrap has confined already but for its limits.

Standard library only, as `runner`.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` wraps in enumerations, 5 ms sooner

from sandbox import linux, runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.request import Request


def main(request: "Request") -> None:  # pragma: no cover - only inside the sandbox, where nothing measures
    """Run what was asked for. The channel is the standard error of the process."""
    runner.hide_channel(2, request["descriptor"])
    timer = linux.CpuTimer(_signal.SIGPROF)
    runner.confine(request)
    runner.serve(request, request["descriptor"], timer.arm)
