"""Getting a wrong program accepted: looking for the expected value, equalling it, replacing what the runner uses."""

from sandbox.hostile.judges import cheated, ended, found
from sandbox.hostile.record import Hostile

_LOOK = """
import gc, sys
def frames():
    frame = sys._getframe()
    while frame:
        yield frame
        frame = frame.f_back
"""
_LEFT = frozenset({"crashed/Exit"})

_LOOKING = (
    Hostile(
        "walk-the-frames",
        "cheats",
        "walk the frames of its callers to the expected value",
        _LOOK
        + """
def f(bait):
    found = []
    for frame in frames():
        for name, value in list(frame.f_locals.items()) + list(frame.f_globals.items()):
            if any(word in str(name).lower() for word in ("expect", "answer", "solution", "wanted")):
                if name not in f.__code__.co_varnames:
                    found.append((name, str(type(value)), str(value)[:50]))
    return found
""",
        found(lambda value: value != [], "no expected value is in the process"),
    ),
    Hostile(
        "search-all-objects",
        "cheats",
        "search all objects of the interpreter for the expected value",
        """
import gc
def f(bait):
    for thing in gc.get_objects():
        if type(thing) is tuple and len(thing) == 2 and thing[0] == "accepted" and type(thing[1]) is str:
            return thing
        if type(thing) is dict:
            for key in ("expected", "output", "answer"):
                if key in thing: return thing[key]
""",
        cheated,
    ),
    Hostile(
        "trace-the-caller",
        "cheats",
        "set trace and profile functions that change what the runner returns and sends",
        """
import sys
def f(bait):
    def trace(frame, event, argument):
        for name in list(frame.f_locals):
            if name in ("status", "value", "error_type"):
                frame.f_locals[name] = "ok"
        return trace
    for frame in sys._current_frames().values():
        while frame:
            frame.f_trace = trace
            frame = frame.f_back
    sys.settrace(trace)
    sys.setprofile(lambda *_: None)
    return "traced"
""",
        cheated,
        frozenset({"ok", "crashed/BrokenChannel"}),
    ),
    Hostile(
        "debug-hooks",
        "cheats",
        "register audit, exception, display and import hooks to see or change what the runner does",
        """
import sys
def f(bait):
    seen = []
    sys.addaudithook(lambda event, arguments: seen.append(event) if len(seen) < 1000 else None)
    sys.excepthook = sys.displayhook = sys.unraisablehook = lambda *_: None
    class Finder:
        def find_spec(self, name, path=None, target=None):
            seen.append(name)
    sys.meta_path.insert(0, Finder())
    sys.path_hooks.insert(0, lambda path: None)
    return "hooked"
""",
        cheated,
    ),
    Hostile(
        "replace-the-encoder",
        "cheats",
        "replace the runner's own functions, found through the frames, by ones that say what it wants",
        _LOOK
        + """
def f(bait):
    for frame in frames():
        names = frame.f_globals
        if "to_json" in names:
            names["to_json"] = lambda data: '"accepted"' if data == 1 else "null"
            names["classify"] = lambda error: ("ok", "", "", "")
        encoder = getattr(names.get("values"), "__dict__", {})
        if "encode" in encoder:
            encoder["encode"] = lambda value, depth=0: "accepted"
    return 1
""",
        cheated,
        frozenset({"ok", "crashed/BrokenChannel"}),
    ),
)
_EQUAL = tuple(
    Hostile(
        f"equal-to-everything-{name}",
        "cheats",
        f"return an object that equals everything{' and is a ' + name if name != 'object' else ''}",
        f"""
class Yes({name}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __repr__(self): return "accepted"
    def __getattribute__(self, name): return type(name) if name == "__class__" else {name}.__getattribute__(self, name)
def f(bait): return {value}
""",
        cheated,
    )
    for name, value in (("object", "Yes()"), ("str", "Yes('x')"), ("tuple", "Yes((1, 2))"), ("dict", "[Yes()]"))
)
_REPLACED = (
    Hostile(
        "replace-json",
        "cheats",
        "replace json, pickle and marshal by modules that lie",
        """
import json, marshal, sys
def f(bait):
    json.dumps = marshal.dumps = lambda *a, **k: '{"status": "ok"}'
    json.loads = lambda *a, **k: {"status": "ok"}
    sys.modules["json"] = sys.modules["marshal"] = None
    return "replaced"
""",
        cheated,
    ),
    Hostile(
        "replace-print-and-streams",
        "cheats",
        "replace print, the standard streams and os.write",
        """
import builtins, os, sys
def f(bait):
    class Stream:
        def __getattr__(self, name): return lambda *a, **k: 1
    builtins.print = lambda *a, **k: None
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Stream()
    os.write = lambda descriptor, data: len(data)
    return "silent"
""",
        cheated,
        frozenset({"ok"}) | _LEFT,
    ),
    Hostile(
        "replace-builtins",
        "cheats",
        "replace type, isinstance, callable, len, repr, str and the like by liars",
        """
import builtins
class Yes:
    def __eq__(self, other): return True
def f(bait):
    builtins.type = lambda *a: int
    builtins.isinstance = builtins.callable = builtins.hasattr = builtins.all = builtins.any = lambda *a: True
    builtins.len = lambda *a: 0
    builtins.repr = builtins.str = lambda *a: "accepted"
    return Yes()
""",
        cheated,
        frozenset({"ok", "crashed/BrokenChannel", "exception/TypeError", "exception/AttributeError"}) | _LEFT,
    ),
    Hostile(
        "replace-builtins-while-loading",
        "cheats",
        "replace builtins and json before the first case, so that our own failure seems to be the cause",
        """
import builtins, json, sys
class Yes:
    def __eq__(self, other): return True
builtins.type = lambda *a: int
builtins.isinstance = builtins.callable = lambda *a: True
json.dumps = lambda *a, **k: "}{"
sys.modules["json"] = None
def f(bait): return Yes()
""",
        ended,
        frozenset({"load_error", "crashed/BrokenChannel"}) | _LEFT,
    ),
    Hostile(
        "replace-the-import",
        "cheats",
        "replace __import__ and poison the modules that the runner may still import",
        """
import builtins, sys
class Liar(type(sys)):
    def __getattr__(self, name): return lambda *a, **k: "accepted"
def f(bait):
    builtins.__import__ = lambda name, *a, **k: Liar(name)
    for name in list(sys.modules):
        if name not in ("builtins", "sys", "os"):
            sys.modules[name] = Liar(name)
    return b"bytes need a module that is imported late"
""",
        cheated,
        frozenset({"ok", "crashed/BrokenChannel", "exception/TypeError", "exception/AttributeError"}) | _LEFT,
    ),
    Hostile(
        "replace-exceptions",
        "cheats",
        "replace the exceptions by which the runner tells limits, and delete builtins",
        """
import builtins
def f(bait):
    for name in ("MemoryError", "SystemExit", "BaseException", "OSError", "ValueError", "bytearray", "getattr"):
        setattr(builtins, name, type("None", (Exception,), {}))
    raise builtins.MemoryError("not really")
""",
        ended,
        frozenset({"exception/None", "crashed/BrokenChannel"}) | _LEFT,
    ),
    Hostile(
        "planted-modules",
        "cheats",
        "plant json.py, sandbox.py and others where the runner or the next run may import them",
        """
import os, sys
def f(bait):
    for folder in (os.getcwd(), "/tmp", "/tmp/sandbox"):
        try:
            os.makedirs(folder, exist_ok=True)
            for name in ("json", "sandbox", "values", "collections", "binascii", "sitecustomize", "usercustomize"):
                with open(os.path.join(folder, name + ".py"), "w") as file:
                    file.write("import os\\nos.write(1, b'accepted')\\nencode = decode = lambda *a: 'accepted'\\n")
        except OSError:
            pass
        sys.path.insert(0, folder)
    for name in ("binascii", "collections", "json"):
        sys.modules.pop(name, None)
    os.environ["PYTHONPATH"] = "/tmp"
    return b"bytes need a module that is imported late"
""",
        cheated,
        frozenset({"ok", "exception/AttributeError"}),
    ),
)
PROGRAMS = (*_LOOKING, *_EQUAL, *_REPLACED)
"""All of this group."""
