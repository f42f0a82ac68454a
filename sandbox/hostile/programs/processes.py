"""Making more processes, and staying after the end."""

from sandbox.bait import Traces
from sandbox.hostile.judges import attempts, bounded, ended
from sandbox.hostile.prelude import NAMED, TRIES
from sandbox.hostile.record import Hostile, Ruling
from sandbox.types import Execution

GROUP = "processes"


def refused_again(execution: Execution, traces: Traces) -> Ruling:
    """`ended`, and not with the exit code 99 by which the fresh interpreter says that it got something."""
    ruling = ended(execution, traces)
    return Ruling(True, "nothing: a fresh interpreter was free") if "exit code 99" in ruling.stopped_by else ruling


PROGRAMS = (
    Hostile(
        "fork-bomb",
        GROUP,
        "fork without end",
        f"""{NAMED}
def f(bait):
    named(bait)
    loot = {{}}
    for number in range(100):
        loot.update(tries({{f"fork {{number}}": os.fork}}))
    return loot
""",
        attempts,
    ),
    Hostile(
        "fork-bomb-that-gives-up",
        GROUP,
        "fork and let the error end the program",
        "import os\ndef f(bait):\n    while True: os.fork()",
        attempts,
        frozenset({"exception/processes"}),
    ),
    Hostile(
        "subprocess",
        GROUP,
        "start programs of the system by subprocess, posix_spawn, system and popen",
        f"""import subprocess
{TRIES}
def f(bait):
    status = os.system("/usr/bin/true")
    return tries({{
        "fork by subprocess": lambda: subprocess.run(["/usr/bin/true"]),
        "fork by subprocess with a shell": lambda: subprocess.run("true", shell=True),
        "fork by posix_spawn": lambda: os.posix_spawn("/usr/bin/true", ["true"], {{}}),
        "fork by popen": lambda: os.popen("true").read(),
        "fork by pty": lambda: __import__("pty").fork(),
    }}) | ({{"fork by system": ["got", str(status)]}} if status == 0 else {{}})
""",
        attempts,
    ),
    Hostile(
        "multiprocessing",
        GROUP,
        "start workers by multiprocessing, forked and spawned, and by concurrent.futures",
        f"""{TRIES}
def worker(way):
    import multiprocessing
    process = multiprocessing.get_context(way).Process(target=print)
    process.start()
    return process.pid
def pool():
    from concurrent.futures import ProcessPoolExecutor
    with ProcessPoolExecutor(2) as workers:
        return workers.submit(os.getpid).result()
def f(bait):
    return tries({{
        "fork by multiprocessing": lambda: worker("fork"),
        "fork by spawn": lambda: worker("spawn"),
        "fork by concurrent.futures": pool,
    }})
""",
        attempts,
        limits={"cpu_seconds": 1.0},
    ),
    Hostile(
        "raw-clone",
        GROUP,
        "make processes by raw fork, vfork, clone and clone3",
        f"""{NAMED}
def f(bait):
    named(bait)
    arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, 17)
    return calls(fork=(57,), vfork=(58,), clone=(56, 17, 0, 0, 0, 0), clone3=(435, arguments, 88))
""",
        attempts,
    ),
    Hostile(
        "clone-that-shares-memory",
        GROUP,
        "make a process that shares memory, files and the parent, but is no thread",
        f"""{NAMED}
def f(bait):
    named(bait)
    return calls(**{{
        "clone of memory": (56, 0x100 | 17, 0, 0, 0, 0),
        "clone of memory as vfork": (56, 0x100 | 0x4000 | 17, 0, 0, 0, 0),
        "clone as a sibling": (56, 0x8000 | 17, 0, 0, 0, 0),
    }})
""",
        attempts,
    ),
    Hostile(
        "threads",
        GROUP,
        "start a thousand threads",
        """
import threading
def f(bait):
    go, started = threading.Event(), 0
    try:
        for _ in range(1000):
            threading.Thread(target=go.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    go.set()
    return started
""",
        bounded(4),
        unstopped={"reduced": "threads of the user count together, so 64 more may start, as far as memory goes"},
    ),
    Hostile(
        "daemon",
        GROUP,
        "leave a daemon behind by double fork and setsid",
        f"""import time
{NAMED}
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(1)
        os._exit(0)
    return "a daemon"
def f(bait):
    named(bait)
    return tries({{"fork of a daemon": daemon}})
""",
        attempts,
    ),
    Hostile(
        "exec",
        GROUP,
        "become another program, which knows nothing of the runner, and print success",
        "import os\nos.execv('/usr/bin/printf', ['printf', 'accepted'])",
        ended,
        frozenset({"crashed/Exit", "exception/PermissionError"}),
        script=True,
    ),
    Hostile(
        "exec-of-a-shell",
        GROUP,
        "become a shell that is a fork bomb",
        "import os\ndef f(bait): os.execv('/usr/bin/sh', ['sh', '-c', 'bomb() { bomb | bomb & }; bomb'])",
        ended,
        frozenset({"crashed/Exit", "exception/PermissionError"}),
    ),
    Hostile(
        "exec-of-an-endless-program",
        GROUP,
        "become a program that loops for ever, without the runner's timer and signal handlers",
        "import os\ndef f(bait): os.execv('/usr/bin/yes', ['yes'])",
        ended,
        frozenset({"time_limit/cpu", "time_limit/wall", "crashed/SIGKILL", "exception/PermissionError"}),
    ),
    Hostile(
        "exec-of-the-interpreter",
        GROUP,
        "become a fresh interpreter and try again what was refused",
        """
import os, sys
TRY = '''
import os, socket
for action in (os.fork, socket.socket, lambda: open("/etc/passwd").read(), lambda: os.listdir("/proc/1")):
    try:
        action()
    except OSError:
        continue
    os._exit(99)
os._exit(7)
'''
def f(bait): os.execv(sys.executable, [sys.executable, "-S", "-c", TRY])
""",
        refused_again,
        frozenset({"crashed/Exit", "exception/PermissionError"}),
    ),
)
"""All of this group."""
