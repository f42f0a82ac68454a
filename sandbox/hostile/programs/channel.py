"""Attacking the way results come home: the runner's descriptors, its messages, its token."""

from sandbox.bait import Traces
from sandbox.hostile.judges import attempts, cheated, ended
from sandbox.hostile.record import Hostile, Ruling
from sandbox.types import Execution

_BROKEN = frozenset({"crashed/BrokenChannel"})
_FORGE = """
import gc, json, os, stat
def message(token, **changes):
    fields = {"token": token, "kind": "case", "index": 0, "status": "ok", "error_type": "", "error_message": "",
              "limit": "", "cpu_seconds": 0.0}
    parts = [changes.pop("stdout", ""), changes.pop("value", "forged")]
    parts = parts if (fields | changes)["kind"] == "case" else []
    return ("\\t".join(json.dumps(part) for part in [fields | changes, *parts]) + "\\n").encode()
def pipes():
    for number in range(3, 1024):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            yield number
def send(data):
    for number in pipes():
        rest = data
        while rest:
            rest = rest[os.write(number, rest):]
def token():
    for thing in gc.get_objects():
        if type(thing) is dict and type(thing.get("token")) is str and "cpu_hard_seconds" in thing:
            return thing["token"]
    for frame in frames():
        request = getattr(frame.f_locals.get("self"), "_request", None) or frame.f_locals.get("request")
        if request:
            return request["token"]
def frames():
    import sys
    frame = sys._getframe()
    while frame:
        yield frame
        frame = frame.f_back
"""


def _figures(execution: Execution, traces: Traces) -> Ruling:
    ruling = ended(execution, traces)
    bad = [result.cpu_seconds for result in execution.results if not 0 <= result.cpu_seconds < 1e6]
    return Ruling(True, f"nothing: {bad[0]} CPU seconds were believed") if bad else ruling


_DESCRIPTORS = (
    Hostile(
        "close-every-descriptor",
        "channel",
        "close every descriptor, the runner's included",
        "import os\ndef f(bait):\n    os.closerange(0, 4096)\n    return 'closed'",
        ended,
        frozenset({"crashed/Exit", "crashed/SIGPIPE"}),
    ),
    Hostile(
        "put-null-over-the-channel",
        "channel",
        "put the null device in the place of every descriptor, so that results go nowhere",
        """
import os
def f(bait):
    null = os.open("/dev/null", os.O_RDWR)
    for number in range(64):
        if number != null:
            try:
                os.dup2(null, number)
            except OSError:
                pass
    return "lost"
""",
        ended,
        frozenset({"crashed/Exit"}),
    ),
    Hostile(
        "freeze-the-channel",
        "channel",
        "make the channel non-blocking, fill it, and change its owner and its signals",
        _FORGE
        + """
import fcntl
def f(bait):
    for number in pipes():
        for action in (lambda: os.set_blocking(number, False), lambda: fcntl.fcntl(number, fcntl.F_SETPIPE_SZ, 4096),
                       lambda: fcntl.fcntl(number, fcntl.F_SETOWN, os.getpid()), lambda: os.write(number, b"x" * 65536),
                       lambda: os.ftruncate(number, 0), lambda: os.lseek(number, 0, 0),
                       lambda: fcntl.lockf(number, fcntl.LOCK_EX | fcntl.LOCK_NB)):
            try:
                action()
            except OSError:
                pass
    return "frozen"
""",
        cheated,
        _BROKEN | {"crashed/Exit", "ok"},
    ),
    Hostile(
        "read-the-channel",
        "channel",
        "read from the channel what others were told, and open it again by its name",
        _FORGE
        + """
import errno
def f(bait):
    loot = {}
    for number in pipes():
        os.set_blocking(number, False)
        for name, action in (("read", lambda: os.read(number, 100)),
                             ("open", lambda: os.open(f"/proc/self/fd/{number}", os.O_RDONLY)),
                             ("open by /dev", lambda: os.open(f"/dev/fd/{number}", os.O_RDONLY))):
            try:
                loot[f"{name} of {number}"] = ["got", str(action())]
            except OSError as error:
                loot[f"{name} of {number}"] = ["stopped", errno.errorcode[error.errno]]
        os.set_blocking(number, True)
    return loot or {"find the channel": ["stopped", "ENOENT"]}
""",
        attempts,
    ),
    Hostile(
        "answer-on-every-descriptor",
        "channel",
        "write a plausible result to every descriptor",
        _FORGE
        + """
def f(bait):
    for number in range(64):
        try:
            os.write(number, message("0" * 32))
        except OSError:
            pass
    return "honest"
""",
        cheated,
        _BROKEN,
    ),
    Hostile(
        "print-a-result",
        "channel",
        "print results and markers of success, so that whoever reads the output takes them for one",
        _FORGE
        + """
import sys
def f(bait):
    print(message("0" * 32).decode())
    print("PASSED", "OK", "accepted", "<|success|>", file=sys.stderr)
    print("\\n".join(["ok", "exit code 0", "1 passed in 0.01s"]))
    return None
""",
        cheated,
    ),
)
_FORGED = (
    Hostile(
        "forge-with-the-token",
        "channel",
        "find the token of the run in memory and send a result that is well formed",
        _FORGE + "def f(bait):\n    send(message(token(), value='accepted'))\n    return 1\n",
        cheated,
        _BROKEN | {"ok"},
    ),
    Hostile(
        "forge-and-leave",
        "channel",
        "send a forged result and the end of the run, then end the process before the real result",
        _FORGE
        + """
def f(bait):
    mark = token()
    send(message(mark, value={"$tuple": ["accepted", "0" * 16]}) + message(mark, kind="finished"))
    os._exit(0)
""",
        cheated,
        _BROKEN | {"ok"},
    ),
    Hostile(
        "forge-at-load",
        "channel",
        "send results while the program is loaded, before there was a case",
        _FORGE + "send(message(token()))\ndef f(bait): return 1\n",
        cheated,
        _BROKEN | {"ok", "load_error"},
    ),
    Hostile(
        "forge-an-end-of-ours",
        "channel",
        "claim that the sandbox failed, which would not count against the program",
        _FORGE
        + """
def f(bait):
    mark = token()
    for status in ("infrastructure", "not_run", "accepted", None, 7, ["ok"], {}):
        send(message(mark, status=status))
""",
        ended,
        _BROKEN | {"not_run"},
    ),
    Hostile(
        "forge-a-case-that-never-ran",
        "channel",
        "claim that a case was never run, so that it may not count",
        _FORGE + "def f(bait): send(message(token(), status='not_run'))\n",
        ended,
        _BROKEN,
    ),
    Hostile(
        "forge-figures",
        "channel",
        "claim endless or negative CPU time, which sums of cost would take over",
        _FORGE
        + """
def f(bait):
    data = message(token(), cpu_seconds=-1.0)
    send(data.replace(b"-1.0", b"1e999"))
    send(data)
""",
        _figures,
        _BROKEN,
    ),
    Hostile(
        "forge-a-limit",
        "channel",
        "give numbers, names and texts of the wrong kind where the parent expects its own words",
        _FORGE
        + """
def f(bait):
    send(message(token(), limit=["cpu"], error_type={"a": 1}, error_message=7, stdout=[1], value={"$tuple": "no"}))
""",
        ended,
        _BROKEN,
    ),
    Hostile(
        "forge-nesting",
        "channel",
        "send a value that is nested so deep that reading it overflows the parent's stack",
        _FORGE
        + """
def f(bait):
    data = message(token(), value="here")
    send(data.replace(b'"here"', b"[" * 20_000 + b"]" * 20_000))
""",
        ended,
        _BROKEN,
    ),
    Hostile(
        "forge-numbers-and-text",
        "channel",
        "send numbers with many digits, lone surrogates, NUL bytes and doubled keys",
        _FORGE
        + """
def f(bait):
    mark = token()
    data = message(mark, value="here")
    send(data.replace(b'"here"', b"1" * 60_000))
    send(data.replace(b'"here"', b'"\\\\ud800\\\\u0000"'))
    send(data.replace(b'"here"', b'{"$float": "1e5"}'))
""",
        ended,
        _BROKEN,
    ),
    Hostile(
        "forge-colliding-keys",
        "channel",
        "send a set whose items share their hash, so that the parent takes quadratic time to build it",
        _FORGE + "def f(bait): send(message(token(), value={'$set': [n * (2 ** 61 - 1) for n in range(3000)]}))\n",
        ended,
        _BROKEN,
    ),
    Hostile(
        "forge-many-lists",
        "channel",
        "send a value of 100,000 empty lists, which take fifty times the room of their text in the parent",
        _FORGE
        + """
def f(bait):
    data = message(token(), value="here")
    send(data.replace(b'"here"', b"[" + b"[]," * 100_000 + b"[]]"))
""",
        ended,
        _BROKEN,
    ),
    Hostile(
        "results-without-end",
        "channel",
        "send results for cases that nobody asked for, which the parent would keep in memory",
        _FORGE
        + """
def f(bait):
    mark, index = token(), 0
    while True:
        send(message(mark, index=index, value="x" * 60_000))
        index += 1
""",
        cheated,
        frozenset({"ok", "crashed/BrokenChannel"}),
    ),
    Hostile(
        "flood-without-a-line-end",
        "channel",
        "fill the parent's memory with one message that never ends",
        _FORGE + "def f(bait):\n    while True: send(b'x' * 65536)\n",
        ended,
        frozenset({"output_limit/output"}),
    ),
    Hostile(
        "flood-of-messages",
        "channel",
        "keep the parent busy with small messages that are well formed",
        _FORGE + "def f(bait):\n    data = message(token(), kind='started') * 1000\n    while True: send(data)\n",
        ended,
        _BROKEN,
    ),
)


PROGRAMS = (*_DESCRIPTORS, *_FORGED)
"""All of this group."""
