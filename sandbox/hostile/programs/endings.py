"""Leaving early, or staying after the end: exits, exit handlers, destructors, threads."""

from sandbox.hostile.judges import cheated, ended
from sandbox.hostile.record import SLEEPER, Hostile

GROUP = "endings"
_LEFT = frozenset({"crashed/Exit"})

PROGRAMS = (
    Hostile("exit-zero", GROUP, "end the process with success", "import os\ndef f(bait): os._exit(0)", ended, _LEFT),
    Hostile(
        "exit-zero-as-a-script",
        GROUP,
        "print something and end the process with success before the runner can say anything",
        "import os\nprint('accepted', flush=True)\nos._exit(0)",
        ended,
        _LEFT,
        script=True,
    ),
    Hostile(
        "system-exit",
        GROUP,
        "leave by sys.exit in the middle of a case",
        "import sys\ndef f(bait): sys.exit(0)",
        ended,
        frozenset({"exception/SystemExit"}),
    ),
    Hostile("abort", GROUP, "end by abort", "import os\ndef f(bait): os.abort()", ended, _LEFT | {"crashed/SIGABRT"}),
    Hostile(
        "exit-handlers",
        GROUP,
        "print in exit handlers and go on after the end of a script",
        """
import atexit, os, threading, time
def late():
    time.sleep(0.05)
    print("accepted")
atexit.register(lambda: print("accepted", flush=True))
atexit.register(lambda: 1 / 0)
threading.Thread(target=late).start()
""",
        cheated,
        script=True,
    ),
    Hostile(
        "endless-exit-handler",
        GROUP,
        "loop for ever in an exit handler, after the result was told",
        "import atexit\natexit.register(lambda: [None for _ in iter(int, 1)])\nprint('accepted')",
        ended,
        frozenset({"time_limit/cpu", "memory_limit/memory"}),
        script=True,
    ),
    Hostile(
        "destructors",
        GROUP,
        "raise, print and exit in the destructors of what it returned and of what it left",
        """
import os, sys
class Bomb:
    def __del__(self):
        print("accepted", flush=True)
        raise SystemExit(0)
keep = Bomb()
def f(bait):
    a = Bomb()
    a.itself = a
    return [a, Bomb()]
""",
        cheated,
    ),
    Hostile(
        "destructor-that-exits",
        GROUP,
        "end the process from a destructor while the result is being sent",
        "import os\nclass Bomb:\n    def __del__(self): os._exit(0)\ndef f(bait): return Bomb()",
        cheated,
        frozenset({"ok"}) | _LEFT,
    ),
    Hostile(
        "thread-that-outlives-the-case",
        GROUP,
        "leave a thread that changes the result of later cases and never ends",
        """
import threading, time
def later():
    while True:
        globals()["f"] = lambda bait: "accepted"
        time.sleep(0.001)
def f(bait):
    threading.Thread(target=later).start()
    return "left"
""",
        cheated,
    ),
    Hostile(
        "thread-that-outlives-the-script",
        GROUP,
        "keep a script alive for ever by a thread that sleeps",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1e5,)).start()\nprint('accepted')",
        ended,
        frozenset({"time_limit/wall"}),
        script=True,
        limits=SLEEPER,
    ),
)
"""All of this group."""
