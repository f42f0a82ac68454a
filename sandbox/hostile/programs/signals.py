"""Ending, stopping and tracing others."""

from sandbox.hostile.judges import attempts, ended, found
from sandbox.hostile.prelude import CALLS
from sandbox.hostile.record import SLEEPER, Hostile

GROUP = "signals"
_DEATHS = frozenset({"crashed/SIGKILL", "ok", "exception/PermissionError"})
"""Who kills everybody dies too, but for the first process of a pid namespace, whom its own signals spare."""

PROGRAMS = (
    Hostile(
        "kill-the-caller",
        GROUP,
        "signal the caller, its group and its session",
        f"""import signal
{CALLS}
def f(bait):
    return tries({{
        "kill the caller": lambda: os.kill(bait["pid"], signal.SIGKILL),
        "stop the caller": lambda: os.kill(bait["pid"], signal.SIGSTOP),
        "signal 0 to the caller": lambda: os.kill(bait["pid"], 0),
        "kill the caller's group": lambda: os.killpg(bait["pid"], signal.SIGKILL),
    }}) | calls(tgkill=(234, bait["pid"], bait["pid"], 9), tkill=(200, bait["pid"], 9),
                rt_sigqueueinfo=(129, bait["pid"], 9, ctypes.create_string_buffer(128)))
""",
        attempts,
    ),
    Hostile(
        "kill-the-parent",
        GROUP,
        "kill the process that started it, the zygote or bubblewrap, and process 1",
        """
import os, signal
def f(bait):
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        for target in {os.getppid(), 1} - {os.getpid(), 0}:
            try:
                os.kill(target, number)
            except OSError:
                pass
    return "nobody died"
""",
        found(lambda value: value != "nobody died", "no signal reached its parent"),
    ),
    Hostile(
        "kill-everybody",
        GROUP,
        "kill every process that can be seen",
        "import os, signal\ndef f(bait):\n    os.kill(-1, signal.SIGKILL)\n    return 'nobody died'",
        found(lambda value: value != "nobody died", "there was nobody to reach"),
        _DEATHS | {"exception/ProcessLookupError"},
    ),
    Hostile(
        "kill-the-group",
        GROUP,
        "kill its own process group, in which its parents may be",
        "import os, signal\ndef f(bait):\n    os.kill(0, signal.SIGKILL)\n    return 'nobody died'",
        found(lambda value: value != "nobody died", "there was nobody else in its group"),
        _DEATHS,
    ),
    Hostile(
        "stop-itself",
        GROUP,
        "stop itself, so that it neither ends nor uses CPU time",
        """
import os, signal, time
def f(bait):
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(100)
""",
        ended,
        frozenset({"time_limit/wall"}),
        limits=SLEEPER,
    ),
    Hostile(
        "kill-itself",
        GROUP,
        "end itself by a signal, after having used CPU time, to pass for something else",
        """
import os, signal, time
def f(bait):
    end = time.process_time() + 0.1
    while time.process_time() < end: pass
    os.kill(os.getpid(), signal.SIGKILL)
    os.abort()
""",
        ended,
        frozenset({"crashed/SIGKILL", "crashed/SIGABRT", "crashed/Exit"}),
    ),
    Hostile(
        "ptrace",
        GROUP,
        "trace the parent, the caller and itself",
        f"""{CALLS}
def f(bait):
    return calls(**{{"ptrace the parent": (101, 16, os.getppid(), 0, 0), "ptrace by seize": (101, 0x4206, 1, 0, 0),
                    "ptrace the caller": (101, 16, bait["pid"], 0, 0), "ptrace traceme": (101, 0, 0, 0, 0)}})
""",
        attempts,
    ),
    Hostile(
        "limits-of-others",
        GROUP,
        "take memory and CPU time from the caller and the parent by prlimit, scheduling and the OOM score",
        f"""{CALLS}
import resource
def f(bait):
    def write(path):
        with open(path, "w") as file:
            return file.write("1000")
    loot = {{}}  # process 1 is of the sandbox itself
    for name, pid in {{"the caller": bait["pid"], "the parent": os.getppid()}}.items():
        if pid in (0, 1, os.getpid()):
            continue
        limit = (ctypes.c_uint64 * 2)(1, 1)
        loot |= tries({{
            f"prlimit of {{name}}": lambda: call(302, pid, 9, ctypes.byref(limit), 0),
            f"affinity of {{name}}": lambda: os.sched_setaffinity(pid, [0]),
            f"nice of {{name}}": lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
            f"OOM score of {{name}}": lambda: write(f"/proc/{{pid}}/oom_score_adj"),
        }})
    return loot
""",
        attempts,
    ),
    Hostile(
        "signals-by-descriptor",
        GROUP,
        "have the kernel signal the caller: as owner of a descriptor, by a timer, by a message queue",
        f"""{CALLS}
import fcntl
def f(bait):
    left, right = os.pipe()
    event = (ctypes.c_int * 16)(0, 0, 9, 4, bait["pid"])  # struct sigevent: SIGKILL by SIGEV_THREAD_ID
    timer, owner = ctypes.c_int(), (ctypes.c_int * 2)(1, bait["pid"])  # struct f_owner_ex: F_OWNER_PID
    return tries({{
        "owner of a descriptor": lambda: fcntl.fcntl(left, fcntl.F_SETOWN, bait["pid"]),
        "owner's group": lambda: fcntl.fcntl(left, fcntl.F_SETOWN, -bait["pid"]),
    }}) | calls(fcntl=(72, left, 15, owner), timer_create=(222, 1, event, ctypes.byref(timer)),
                mq_open=(240, b"signals", 0o102, 0o600, 0), mq_notify=(244, left, event))
""",
        attempts,
    ),
)
"""All of this group."""
