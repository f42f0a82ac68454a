"""Never coming to an end: output and time."""

from sandbox.hostile.judges import bounded, ended
from sandbox.hostile.prelude import CALLS, TRIES
from sandbox.hostile.record import SLEEPER, Hostile

_OUTPUT = frozenset({"output_limit/output"})
_MEMORY = frozenset({"memory_limit/memory"})
_CPU = frozenset({"time_limit/cpu"})

_OUTPUT_PROGRAMS = (
    Hostile(
        "endless-print", "output", "print for ever", "def f(bait):\n    while True: print('x' * 1000)", ended, _OUTPUT
    ),
    Hostile(
        "print-and-catch",
        "output",
        "catch the error of the output limit and print on",
        """
def f(bait):
    for _ in range(1000):
        try:
            print("x" * 10_000)
        except BaseException:
            pass
    return "quiet"
""",
        ended,
        _OUTPUT,
    ),
    Hostile(
        "endless-script-output",
        "output",
        "write to the standard output of a script for ever, past Python",
        "import os\nwhile True: os.write(1, b'x' * 65536)",
        ended,
        _OUTPUT,
        script=True,
    ),
    Hostile(
        "endless-standard-error",
        "output",
        "write to the standard error for ever",
        "import os\ndef f(bait):\n    while True: os.write(2, b'x' * 65536)",
        ended,
        _CPU,
    ),
    Hostile("huge-value", "output", "return a huge text", "def f(bait): return 'x' * 10_000_000", ended, _OUTPUT),
    Hostile(
        "huge-list",
        "output",
        "return a list that is small in memory and huge as text",
        "def f(bait): return [2 ** 4000] * 100",
        ended,
        _OUTPUT,
    ),
    Hostile(
        "huge-exception",
        "output",
        "raise an exception with a huge name and a huge text",
        "def f(bait): raise type('X' * 10_000_000, (Exception,), {})('y' * 10_000_000)",
        ended,
        frozenset({f"exception/{'X' * 60}…"}) | _MEMORY,
    ),
    Hostile(
        "output-by-replaced-stream",
        "output",
        "put an unlimited stream in the place of the standard output",
        """
import io, sys
def f(bait):
    stream = sys.stdout = io.StringIO()
    for _ in range(20): print("x" * 10_000)
    return stream.getvalue()
""",
        ended,
        _OUTPUT,
    ),
)
_TIME_PROGRAMS = (
    Hostile("endless-loop", "time", "loop for ever", "def f(bait):\n    while True: pass", ended, _CPU),
    Hostile(
        "endless-loop-in-threads",
        "time",
        "loop for ever in threads, so that no single one is over the limit",
        """
import threading
def spin():
    while True: pass
def f(bait):
    threads = [threading.Thread(target=spin) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
""",
        ended,
        _CPU,
    ),
    Hostile("endless-c-call", "time", "stay in one call of C", "def f(bait): return 7 ** (10 ** 8)", ended, _CPU),
    Hostile(
        "catch-the-cpu-signals",
        "time",
        "ignore, catch and block the signals of the CPU limit",
        """
import signal
def f(bait):
    for number in (signal.SIGPROF, signal.SIGXCPU, signal.SIGALRM, signal.SIGVTALRM):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True: pass
""",
        ended,
        _CPU,
        limits={"cpu_seconds": 0.2},
    ),
    Hostile(
        "timer-off",
        "time",
        "turn the CPU timer off and catch what is left",
        """
import signal
def f(bait):
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGXCPU, lambda *_: None)
    while True: pass
""",
        ended,
        _CPU | {"time_limit/wall"},
    ),
    Hostile(
        "catch-everything",
        "time",
        "catch every exception, for ever",
        """
def f(bait):
    while True:
        try:
            while True: [] + 1
        except BaseException:
            continue
""",
        ended,
        _CPU,
    ),
    Hostile(
        "sleep",
        "time",
        "wait for ever for a lock that nobody frees, which takes no CPU time, with all signals ignored",
        """
import signal, threading
def f(bait):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
""",
        ended,
        frozenset({"time_limit/wall"}),
        limits=SLEEPER,
    ),
    Hostile(
        "thread-that-spins",
        "time",
        "sleep, and let a thread that was left at load use the CPU",
        """
import threading
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
def f(bait):
    import time
    time.sleep(5)
""",
        ended,
        frozenset({"time_limit/cpu", "load_error"}),
    ),
    Hostile(
        "raise-own-limits",
        "time",
        "raise the resource limits, its own by setrlimit and prlimit",
        f"""{CALLS}
import resource
def f(bait):
    raised = 0
    kinds = ["AS", "CPU", "NPROC", "NOFILE", "FSIZE", "CORE"]
    for kind in [getattr(resource, "RLIMIT_" + kind) for kind in kinds]:
        soft, hard = resource.getrlimit(kind)
        for action in (lambda: resource.setrlimit(kind, (soft, hard + 1)),
                       lambda: resource.prlimit(0, kind, (soft, resource.RLIM_INFINITY))):
            try:
                action()
                raised += resource.getrlimit(kind)[1] != hard
            except (ValueError, OSError):
                pass
    return raised
""",
        bounded(0),
    ),
    Hostile(
        "better-priority",
        "time",
        "take the CPU from others by priority and real-time scheduling",
        f"""{TRIES}
def f(bait):
    loot = tries({{
        "nice": lambda: os.nice(-5),
        "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
        "round robin": lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1)),
        "priority of the caller": lambda: os.setpriority(os.PRIO_PROCESS, bait["pid"], 19),
    }})
    return sum(end[0] == "got" for end in loot.values())
""",
        bounded(0),
    ),
)

PROGRAMS = (*_OUTPUT_PROGRAMS, *_TIME_PROGRAMS)
"""Both groups."""
