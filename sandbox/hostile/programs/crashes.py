"""Breaking the interpreter or the parent by what is computed: stacks, numbers, patterns, tables, odd values."""

from sandbox.hostile.judges import cheated, ended
from sandbox.hostile.record import Hostile

_CPU = frozenset({"time_limit/cpu"})
_MEMORY = frozenset({"memory_limit/memory"})
_FAULT = frozenset({"crashed/SIGSEGV", "crashed/SIGBUS"})

_STACK = (
    Hostile(
        "recursion",
        "crashes",
        "recurse without end",
        "def f(bait): return f(bait)",
        ended,
        frozenset({"exception/RecursionError"}),
    ),
    Hostile(
        "recursion-without-a-limit",
        "crashes",
        "raise the recursion limit and recurse until something gives",
        "import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(bait): return f(bait)",
        ended,
        _FAULT | _CPU | _MEMORY,
        limits={"memory_mib": 32},
    ),
    Hostile(
        "recursion-in-c",
        "crashes",
        "overflow the stack of C through repr",
        "import sys\nsys.setrecursionlimit(10 ** 9)\n"
        "class A:\n    def __repr__(self): return repr(self)\ndef f(bait): return repr(A())",
        ended,
        _FAULT | _CPU | _MEMORY,
        limits={"cpu_seconds": 1.0},
    ),
    Hostile(
        "recursion-in-a-thread",
        "crashes",
        "overflow the small stack of a thread",
        "import sys, threading\nsys.setrecursionlimit(10 ** 9)\nclass A:\n    def __repr__(self): return repr(self)\n"
        "def f(bait):\n    thread = threading.Thread(target=lambda: repr(A()))\n    thread.start()\n    thread.join()",
        ended,
        _FAULT | _MEMORY,
        limits={"cpu_seconds": 1.0},
    ),
    Hostile(
        "segmentation-fault",
        "crashes",
        "read from address 0",
        "import ctypes\ndef f(bait): return ctypes.string_at(0)",
        ended,
        _FAULT,
    ),
    Hostile(
        "write-into-the-interpreter",
        "crashes",
        "write over the objects of the interpreter, the number 1 among them",
        "import ctypes\ndef f(bait):\n    for number in range(64):\n"
        "        ctypes.memset(id(number) + 16, 0x41, 12)\n    return [0, 1, 2]",
        cheated,
        _FAULT
        | _MEMORY
        | _CPU
        | {"ok", "crashed/BrokenChannel", "crashed/Exit", "crashed/SIGABRT"}
        | {"exception/OverflowError", "exception/ValueError", "exception/ValueCodecError", "output_limit/output"},
    ),
    Hostile(
        "code-objects-by-hand",
        "crashes",
        "run byte code that no compiler would make",
        "def f(bait):\n    def g(): pass\n"
        "    g.__code__ = g.__code__.replace(co_code=bytes([101, 255] * 200), co_stacksize=0)\n    return g()",
        ended,
        _FAULT | {"crashed/SIGABRT", "crashed/Exit", "exception/SystemError", "exception/NameError"},
    ),
)
_VALUES = (
    Hostile(
        "number-to-text",
        "crashes",
        "turn a huge number into text, which takes quadratic time",
        "import sys\nsys.set_int_max_str_digits(0)\ndef f(bait): return len(str(7 ** (10 ** 6)))",
        ended,
        _CPU,
    ),
    Hostile(
        "huge-number",
        "crashes",
        "return a number whose text takes the parent quadratic time",
        "def f(bait): return 7 ** 60_000",
        cheated,
    ),
    Hostile(
        "pattern-blow-up",
        "crashes",
        "match a regular expression that takes exponential time inside one call of C",
        "import re\ndef f(bait): return bool(re.match(r'(a|a)*b', 'a' * 60))",
        ended,
        _CPU,
    ),
    Hostile(
        "colliding-keys",
        "crashes",
        "build a table whose keys share their hash",
        "def f(bait): return len({n * (2 ** 61 - 1): 0 for n in range(200_000)})",
        ended,
        _CPU,
    ),
    Hostile(
        "returned-colliding-keys",
        "crashes",
        "return a table whose keys share their hash, so that the parent takes quadratic time to read it",
        "def f(bait): return {n * (2 ** 61 - 1) for n in range(1500)}",
        ended,
        frozenset({"crashed/BrokenChannel"}),
    ),
    Hostile(
        "value-that-holds-itself",
        "crashes",
        "return lists and tables that hold themselves",
        "def f(bait):\n    a, b = [], {}\n    a.append(b)\n    b['a'] = a\n    return a",
        ended,
        frozenset({"exception/ValueCodecError"}),
    ),
    Hostile(
        "deep-value",
        "crashes",
        "return a value that is nested 100,000 levels deep",
        "def f(bait):\n    a = []\n    for _ in range(100_000): a = [a]\n    return a",
        ended,
        frozenset({"exception/ValueCodecError"}) | _FAULT,
    ),
    Hostile(
        "doubling-value",
        "crashes",
        "return a value that is small in memory and has 2 to the power of 100 parts as text",
        "def f(bait):\n    a = []\n    for _ in range(100): a = [a, a]\n    return a",
        ended,
        _MEMORY | _CPU | {"output_limit/output"},
    ),
    Hostile(
        "odd-texts",
        "crashes",
        "return and print lone surrogates, NUL bytes, control characters, and texts that look like typed JSON",
        "def f(bait):\n    print('\\ud800\\0\\x1b[2J')\n"
        "    return ['\\ud800', '\\0\\x1b]0;x\\7', {'$tuple': [1], '$x': 2},"
        " {'$set': []}, float('nan'), -0.0, 10 ** 500, b'\\xff', ..., NotImplemented, f, type]",
        cheated,
    ),
    Hostile(
        "exception-that-fails",
        "crashes",
        "raise exceptions whose text, name and cause fail or never end",
        """
class Meta(type):
    @property
    def __name__(cls): raise SystemExit
class Bad(Exception, metaclass=Meta):
    def __str__(self): raise Bad
    __repr__ = __str__
    @property
    def __traceback__(self): raise KeyboardInterrupt
    @property
    def __cause__(self): return self
def f(bait): raise Bad
""",
        ended,
        frozenset({"exception/Bad", "exception/SystemExit", "crashed/SIGINT", "exception/KeyboardInterrupt"}),
    ),
    Hostile(
        "exception-group",
        "crashes",
        "raise a group of exceptions nested without end",
        "def f(bait):\n    e = Exception()\n    for _ in range(50_000): e = ExceptionGroup('x', [e])\n    raise e",
        ended,
        frozenset({"exception/ExceptionGroup"}) | _FAULT | _MEMORY,
    ),
)
_SOURCES = tuple(
    Hostile(name, "crashes", tries, source, ended, frozenset({"compile_error", "load_error"}))
    for name, tries, source in (
        ("nested-brackets", "crash the parser by nesting", "(" * 50_000),
        ("nested-operators", "crash the compiler by nesting", "x = " + "-" * 100_000 + "1"),
        ("nul-in-the-source", "cut the source short by a NUL byte", "x = 1\n\0def f(bait): return 1"),
        ("source-that-folds", "make the compiler compute for ever", "x = " + "(" * 60 + "2" + "**9)" * 60),
        ("endless-load", "never finish loading", "while True: pass"),
        ("exit-while-loading", "end the process while loading", "import os\nos._exit(0)"),
        ("memory-while-loading", "take all memory while loading", "x = [0] * 10 ** 10"),
        ("output-while-loading", "print without end while loading", "while True: print('x' * 1000)"),
        ("no-entry-point", "define nothing of what is called", "def g(): pass"),
        ("entry-point-that-is-none", "have a number where the function should be", "f = 7"),
    )
)

PROGRAMS = (*_STACK, *_VALUES, *_SOURCES)
"""All of this group."""
