"""The child process that does algebra on answers. Run as a file by `answers_process`; imports nothing of ours.

One JSON line in: `{"pairs": [[expected, given], …], "seconds": 5.0}`; one out: `{"same": [true, …], "notes": ["", …],
"last": false}`; after a last one it ends, because its memory or time is nearly used up.
LaTeX is read by latex2sympy2-extended and compared by math-verify, both on top of SymPy.

No text is evaluated. math-verify's own `parse` hands plain expressions to SymPy's `parse_expr`, which calls `eval`;
it is not used here. The LaTeX reader is a generated parser (ANTLR), but it turns each number literal into a SymPy
number by way of that same `parse_expr`: it is replaced by one that knows digits only, and an audit hook then refuses
to compile a text (but for what SymPy's polynomial rings generate from their own templates), to start a process and to
open a socket.
"""

import contextlib
import ctypes
import json
import logging
import os
import re
import resource
import signal
import sys
import time
from collections.abc import Iterable
from typing import IO, Any

import latex2sympy2_extended.latex2sympy2 as latex_reader  # type: ignore[import-untyped, unused-ignore]
import sympy  # type: ignore[import-untyped, unused-ignore]
import sympy.parsing.sympy_parser  # type: ignore[import-untyped, unused-ignore]
import sympy.physics.units  # type: ignore[import-untyped, unused-ignore]  # simplify wants it; it reads its names
from math_verify import verify  # type: ignore[import-untyped, unused-ignore]

_MEMORY_BYTES = 512 << 20
_TOTAL_CPU_SECONDS = 3_600
_PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h
_GENERATORS = ("sympy.polys.monomials", "collections", "dataclasses")
"""Modules that make functions from templates of their own: no answer's text is in them."""
_DIGITS = re.compile(r"\d{1,1000}(?:\.\d{0,1000})?|\.\d{1,1000}")
_MISREAD = re.compile(r"(?<!_)(?<!\w)\d+\s*_|(?<![\d_^])\d+\s+\d|\d\.\d*\.|\d[eE][-+]?\d|:")
"""What the reader takes for something else: `52_8` for 52, `2 3` for 6, `1.2.3` and `1e5` for products, `3:4` for a
fraction.
"""
_OR, _AND = "\\lor", "\\land"
_IMAGINARY = re.compile(r"(?<![a-zA-Z\\])i(?![a-zA-Z])")
_CONDITIONS = (
    sympy.core.relational.Relational,
    sympy.logic.boolalg.BooleanFunction,
    sympy.logic.boolalg.BooleanAtom,
)
_PRECISION_DIGITS = 40
_FAR = 1e-20
"""Relative difference beyond which two values, each computed to 40 digits, are different numbers."""
_TINY = 1e-25
"""A value that may be what rounding left of nothing, as in 7 - 7."""
_DECIMALS_TRIED = 200
"""Of the difference of two constants; what is nothing up to there is left to algebra."""
_MOST_SYMBOLS = 8
_REFUSED_EVENTS = ("compile", "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.posix_spawn", "socket.connect")
_WARM_UP = (
    (r"\frac{1}{2}+x^2", r"x^2+0.5", True),
    (r"2\sqrt{3}", r"\sqrt{12}", True),
    (r"(x+1)^2", r"x^2+2x+1", True),
    (r"\sin 2x", r"2\sin x\cos x", True),
    (r"x > 2", r"(2, \infty)", True),
    (r"y = 2x", r"2y = 4x", True),
    (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 3 \end{pmatrix}", False),
    ("2", "3", False),
)
"""Loads what SymPy loads late, and shows that the libraries work here, before the first question."""


def confine(parent: int) -> None:  # pragma: no cover - in a process of its own, where nothing measures
    """Bound what this process may use, and let it die with its parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it died before we asked to die with it
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_TOTAL_CPU_SECONDS, _TOTAL_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refuse_to_compile(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (`sys.addaudithook`): code comes from module files, never from a text."""
    if event not in _REFUSED_EVENTS:
        return
    made_from_text = event != "compile" or str(arguments[1]).startswith("<")
    if made_from_text and sys._getframe(1).f_globals.get("__name__") not in _GENERATORS:
        raise RuntimeError(f"{event} is refused in the process that compares answers")


def digits_only(text: object, *_: object, **__: object) -> Any:
    """In place of SymPy's `parse_expr`: a decimal literal as an exact rational. Raises `SyntaxError` for the rest."""
    if not isinstance(text, str) or not _DIGITS.fullmatch(text):
        raise SyntaxError("only digits are read")
    return sympy.Rational(text)


def without_evaluation() -> None:
    """Take evaluation out of the libraries."""
    for module in (sympy.parsing.sympy_parser, latex_reader):
        module.parse_expr = digits_only


def read(latex: str, *, real: bool) -> Any:
    """A SymPy object. Raises what the library raises for what it cannot read."""
    config = latex_reader.ConversionConfig(lowercase_symbols=False)
    if _MISREAD.search(latex):
        raise ValueError("read otherwise than meant")
    found = latex_reader.latex2sympy(latex, is_real=real or None, normalization_config=None, conversion_config=config)
    imaginary = {} if real else {symbol: sympy.I for symbol in found.free_symbols if str(symbol) == "i"}
    return found.xreplace(imaginary) if imaginary else found


def read_condition(latex: str, *, real: bool) -> Any:
    """`read`, and of conditions that `\\lor` and `\\land` join."""
    if _OR not in latex and _AND not in latex:
        return read(latex, real=real)
    alternatives = [
        [_whole(read(part, real=real)) for part in alternative.split(_AND)] for alternative in latex.split(_OR)
    ]
    return sympy.Or(*(sympy.And(*parts) for parts in alternatives))


def compare(expected: str, given: str) -> tuple[bool, str]:
    """Whether two LaTeX texts mean the same, and why that could not be said."""
    real = not (_IMAGINARY.search(expected) or _IMAGINARY.search(given))
    try:
        left = read_condition(expected, real=real)
    except Exception:
        return False, f"{expected[:80]!r}, which is expected, cannot be read as mathematics"
    try:
        right = read_condition(given, real=real)
    except Exception:
        return False, f"{given[:80]!r} cannot be read as mathematics"
    try:
        return equal(left, right), ""
    except MemoryError:
        raise  # of this process, which earlier questions may have filled; the next has room
    except Exception as error:
        return False, f"the comparison failed: {type(error).__name__}"


def equal(left: Any, right: Any) -> bool:
    """Whether two SymPy objects mean the same.

    Stricter than `math_verify.verify`, which takes an open interval for a pair, the right side of any equation for
    its solution, and differences below 1e-15 for none: sets, relations and far values are decided before it.
    """
    relations = [isinstance(side, _CONDITIONS) for side in (left, right)]
    if any(relations):
        return _relations_equal(left, right, all(relations))
    if isinstance(left, sympy.Set) or isinstance(right, sympy.Set):
        return _sets_equal(left, right)
    if isinstance(left, sympy.MatrixBase) and isinstance(right, sympy.MatrixBase):
        cells = zip(left.flat(), right.flat(), strict=False)
        return bool(left.shape == right.shape and all(equal(*cell) for cell in cells))
    if isinstance(left, sympy.Expr) and isinstance(right, sympy.Expr):
        return _expressions_equal(left, right)
    return bool(left == right)


def _relations_equal(left: Any, right: Any, both: bool) -> bool:
    if both and isinstance(left, sympy.Eq) and isinstance(right, sympy.Eq):
        return _multiples(left.lhs - left.rhs, right.lhs - right.rhs)
    if both and left.free_symbols != right.free_symbols:
        return False
    if both and len(left.free_symbols) > 1:
        return _inequalities_equal(left, right)
    return _sets_equal(_solutions(left), _solutions(right))


def _inequalities_equal(left: Any, right: Any) -> bool:
    """Of several variables: the same when one is a positive multiple of the other: `y < 2x` and `4x - 2y > 0`."""
    strict = [isinstance(side, sympy.StrictGreaterThan | sympy.StrictLessThan) for side in (left, right)]
    weak = [isinstance(side, sympy.GreaterThan | sympy.LessThan) for side in (left, right)]
    return (all(strict) or all(weak)) and _multiples(left.gts - left.lts, right.gts - right.lts, positive=True)


def _whole(side: Any) -> Any:
    """A chain of inequalities as SymPy itself would have it."""
    return sympy.And(*getattr(side, "_unsorted_args", [side]))


def _solutions(side: Any) -> Any:
    return side if isinstance(side, sympy.Set) else _whole(side).as_set()


def _sets_equal(left: Any, right: Any) -> bool:

    if not (isinstance(left, sympy.Set) and isinstance(right, sympy.Set)):
        return False
    left, right = left.doit(), right.doit()
    return bool(left == right or left.symmetric_difference(right).is_empty)


def _multiples(left: Any, right: Any, *, positive: bool = False) -> bool:
    """Whether one side is a multiple of the other, as are those of `y = 2x` and `2y - 4x = 0`."""
    if left.free_symbols != right.free_symbols or not left.free_symbols:
        return False
    ratios = [ratio for ratio in (_at(left / right, point) for point in range(3)) if ratio is not None]
    if any(_differ(ratios[0], ratio) for ratio in ratios[1:]):
        return False
    ratio = sympy.simplify(left / right)
    return bool(ratio.is_number and ratio.is_finite and (ratio.is_positive if positive else not ratio.is_zero))


def _expressions_equal(left: Any, right: Any) -> bool:
    """Whether two expressions are the same: first by their values at three points, then by algebra."""
    found = [(_at(left, point), _at(right, point)) for point in range(3)]
    values = [pair for pair in found if None not in pair]
    if any(_differ(*pair) for pair in values):
        return False
    if values and all(max(map(abs, pair)) < _TINY for pair in values):
        return bool(sympy.simplify(left - right).is_zero)  # what the library rounds to nothing may be something
    if not left.free_symbols and not right.free_symbols and _apart(left, right):
        return False  # the library rounds to 15 decimals
    return bool(verify(left, right, float_rounding=15, timeout_seconds=None))


def _differ(left: Any, right: Any) -> bool:
    """Whether two computed values are those of different numbers. Near nothing that cannot be told."""
    return bool(abs(left - right) > max(_FAR * max(abs(left), abs(right)), _TINY))


def _apart(left: Any, right: Any) -> bool:
    """Whether two constants, the same to many digits, differ: fractions exactly, others to very many decimals."""
    difference = left.doit() - right.doit()
    if difference.is_Rational:
        return bool(difference != 0)
    value = difference.evalf(10, maxn=2 * _DECIMALS_TRIED)
    return bool(value.is_number and value.is_finite and abs(value) > sympy.Float(10) ** -_DECIMALS_TRIED)


def _at(expression: Any, point: int) -> Any:
    """The value with every variable replaced by a fraction that depends on its name and `point`; None without one."""
    symbols = sorted(expression.free_symbols, key=str)
    if len(symbols) > _MOST_SYMBOLS:
        return None
    numbers = {
        symbol: sympy.Rational(sum(map(ord, str(symbol))) % 97 + 13 * point + 3, 53 + 2 * point) * (-1) ** (point == 2)
        for symbol in symbols
    }
    value = expression.evalf(_PRECISION_DIGITS, subs=numbers)
    return value if value.is_number and value.is_finite else None


def warm_up() -> str | None:
    """What is wrong with the libraries here, None when they work."""
    for expected, given, same in _WARM_UP:
        found, note = compare(expected, given)
        if found is not same:
            return f"{expected!r} and {given!r} were compared wrongly: {note or found}"
    return None


def serve(questions: Iterable[str], out: IO[str]) -> None:
    """Answer one line after another, until there are no more."""
    for line in questions:
        question = json.loads(line)
        # The kernel ends this process when the question takes more CPU time, whatever the libraries are doing.
        signal.setitimer(signal.ITIMER_PROF, question["seconds"])
        found = [compare(expected, given) for expected, given in question["pairs"]]
        signal.setitimer(signal.ITIMER_PROF, 0)
        last = _is_used_up()
        reply = {"same": [same for same, _ in found], "notes": [note for _, note in found], "last": last}
        print(json.dumps(reply), file=out, flush=True)
        if last:
            return


def _is_used_up() -> bool:
    """Whether the next question might fail for what earlier ones left behind."""
    # Not ru_maxrss: it survives execve, and so begins with the memory of whoever started this process.
    with open("/proc/self/statm", encoding="ascii") as pages:
        size = int(pages.read().split()[0]) * resource.getpagesize()
    return size > _MEMORY_BYTES * 3 / 4 or time.process_time() > _TOTAL_CPU_SECONDS / 2


def main(parent: int) -> None:  # pragma: no cover - in a process of its own, where nothing measures
    """Say that we are ready, or what is missing, and serve."""
    with contextlib.suppress(BrokenPipeError):
        confine(parent)
        logging.disable(logging.CRITICAL)
        without_evaluation()
        sys.addaudithook(refuse_to_compile)
        wrong = warm_up()
        print(json.dumps({"ready": wrong is None, "why": wrong}), flush=True)
        if wrong is None:
            serve(sys.stdin, sys.stdout)


if __name__ == "__main__":  # pragma: no cover - in a process of its own, where nothing measures
    main(int(sys.argv[1]))
