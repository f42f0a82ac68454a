"""What the child does with a question, and what it refuses to do; here in this process, but for the audit hook."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from evals.grading import answers_worker as worker

_ARMED = """
import sys
sys.path.insert(0, {folder!r})
import answers_worker as worker
worker.without_evaluation()
sys.addaudithook(worker.refuse_to_compile)
try:
    {statement}
    print("done")
except Exception as error:
    print(type(error).__name__, error)
"""


@pytest.fixture(autouse=True)
def without_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries as the child has them, for one test."""
    for name in ("sympy.parsing.sympy_parser", "latex2sympy2_extended.latex2sympy2"):
        module = sys.modules[name]
        monkeypatch.setattr(module, "parse_expr", vars(module)["parse_expr"])
    monkeypatch.setattr(worker, "_MEMORY_BYTES", 1 << 40)  # the peak is that of all tests here
    worker.without_evaluation()


def test_the_libraries_work_here() -> None:
    assert worker.warm_up() is None


def test_libraries_that_do_not_work_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_WARM_UP", (("2", "3", True),))
    assert worker.warm_up() == "'2' and '3' were compared wrongly: False"


def test_lines_in_are_lines_out() -> None:
    out = io.StringIO()
    question = json.dumps({"pairs": [["x+1", "1+x"], ["x", "\\foo{"]], "seconds": 60})
    worker.serve([question], out)
    reply = json.loads(out.getvalue())
    assert (reply["same"], reply["last"]) == ([True, False], False)
    assert reply["notes"] == ["", "'\\\\foo{' cannot be read as mathematics"]


@pytest.mark.parametrize(
    ("expected", "given", "same"),
    [
        pytest.param("0.5", r"\frac{1}{2}", True, id="a decimal is read exactly"),
        pytest.param(r"\frac{1}{3}", "0.333333333333333333", False, id="a rounded one is not"),
        pytest.param("52_8", "52", False, id="an index on a number is not dropped"),
        pytest.param("2 3", "6", False, id="numbers side by side are no product"),
        pytest.param("1<x<2", "(1,2)", True, id="a chain of inequalities is an interval"),
        pytest.param("2x>4", "x>2", True, id="an inequality is solved"),
        pytest.param("x>2", "x>3", False, id="to another end"),
        pytest.param("x>2", "5", False, id="and is no value"),
        pytest.param("x+y=3", "2x+2y=6", True, id="an equation may be multiplied"),
        pytest.param("x+y=3", "x+y=6", False, id="on both sides only"),
        pytest.param("x^2=-1", "x^2=-4", False, id="without a solution they are not the same yet"),
        pytest.param("1=1", "2=2", False, id="equations without variables say nothing"),
        pytest.param("(1,2)", r"\{1,2\}", False, id="an open interval is no pair"),
        pytest.param(r"\{1,2\}", "3", False, id="a set is no value"),
        pytest.param(
            r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1\\\frac{4}{2}\end{pmatrix}", True, id="cells"
        ),
        pytest.param(r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix}1&2\end{pmatrix}", False, id="rows"),
        pytest.param("i^2", "-1", True, id="i is the imaginary unit"),
        pytest.param("n_i", "n_i", True, id="and may be an index"),
        pytest.param("a+b+c+d+f+g+h+j+k", "k+j+h+g+f+d+c+b+a", True, id="more variables than are tried out"),
        pytest.param(r"\frac{1}{x-x}", "1", False, id="what has no value"),
        pytest.param("0", "7-7", True, id="nothing, computed"),
        pytest.param("0", "2^{-200}", False, id="hardly anything is not nothing"),
        pytest.param(r"\frac{x}{10^{30}}", r"\frac{x}{10^{40}}", False, id="nor the same as hardly anything else"),
        pytest.param("10^{30}x", "10^{30}x+1", False, id="one more than very many"),
        pytest.param("(1,2,3)", "(1,2,3)", True, id="tuples"),
        pytest.param("3:4", r"\frac{3}{4}", False, id="a ratio is no fraction"),
        pytest.param(r"x<1 \lor x>2", r"(-\infty,1)\cup(2,\infty)", True, id="either condition"),
        pytest.param(r"x>1 \land x<2", "1<x<2", True, id="both conditions"),
        pytest.param(r"x>1 \land x<2", r"x>1 \lor x<2", False, id="both are not either"),
        pytest.param(r"0<x<1 \lor x>2 \land x<3", r"(0,1)\cup(2,3)", True, id="and binds tighter"),
        pytest.param(r"x>1 \lor x<2", "1=1", False, id="what holds always"),
        pytest.param("y<2x+1", "2y-2<4x", True, id="an inequality of two variables"),
        pytest.param("y<2x+1", "-y<-2x-1", False, id="with another sign"),
        pytest.param("y<2x+1", r"y \le 2x+1", False, id="with its border"),
        pytest.param(r"y \le x", r"x \ge y", True, id="with its border, turned round"),
        pytest.param("y<2x+1", "y=2x+1", False, id="the border alone"),
        pytest.param("1-2^{-100}", "1-2^{-99}", False, id="fractions that are nearly the same"),
        pytest.param("1-2^{-100}", r"\frac{2^{100}-1}{2^{100}}", True, id="fractions that are the same"),
        pytest.param(r"\sqrt{2}", r"\sqrt{2}+10^{-30}", False, id="roots that are nearly the same"),
        pytest.param(r"\sqrt{3+2\sqrt{2}}", r"1+\sqrt{2}", True, id="roots that are the same"),
    ],
)
def test_pairs_are_compared(expected: str, given: str, same: bool) -> None:
    assert worker.compare(expected, given)[0] is same


def _raising(error: type[Exception]) -> Callable[..., bool]:
    def broken(*_: object, **__: object) -> bool:
        raise error

    return broken


def test_what_the_set_wrote_may_be_unreadable_too() -> None:
    assert "which is expected" in worker.compare("\\foo{", "x")[1]


def test_a_comparison_that_fails_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "verify", _raising(RecursionError))
    assert worker.compare("x", "x") == (False, "the comparison failed: RecursionError")


def test_a_process_without_memory_gives_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "verify", _raising(MemoryError))
    with pytest.raises(MemoryError):
        worker.compare("x", "x")


def test_a_process_that_is_used_up_says_so_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_MEMORY_BYTES", 1)
    out = io.StringIO()
    worker.serve([json.dumps({"pairs": [], "seconds": 60})] * 2, out)
    assert [json.loads(line)["last"] for line in out.getvalue().splitlines()] == [True]


@pytest.mark.parametrize("text", ["__import__('os')", "2**9", "1e5", "", "x", "9" * 1001, 5])
def test_only_digits_become_a_number(text: object) -> None:
    with pytest.raises(SyntaxError):
        worker.digits_only(text)


def test_no_text_of_an_answer_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("builtins.eval", lambda text, *_: seen.append(str(text)))
    for text in ("1/2+0.5", r"\text{print(1)}", "2^{10}x", r"\sqrt[3]{7}"):
        worker.compare(text, text)
    assert seen == []


@pytest.mark.parametrize(
    ("event", "arguments"),
    [("compile", (b"1+1", "<string>")), ("os.system", ("id",)), ("subprocess.Popen", ("id", [], None, None))],
)
def test_making_code_from_text_and_starting_programs_is_refused(event: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(RuntimeError, match=f"{event} is refused"):
        worker.refuse_to_compile(event, arguments)


@pytest.mark.parametrize(("event", "arguments"), [("compile", (b"", "/lib/module.py")), ("open", ("x", "r", 0))])
def test_modules_may_be_loaded(event: str, arguments: tuple[Any, ...]) -> None:
    worker.refuse_to_compile(event, arguments)


@pytest.mark.parametrize(
    ("statement", "printed"),
    [
        ("eval('1+1')", "RuntimeError compile is refused"),
        ("__import__('sympy').sympify('1+x')", "SympifyError"),
        ("__import__('os').system('true')", "RuntimeError os.system is refused"),
        ("assert worker.compare('(x+1)^2', 'x^2+2x+1')[0]", "done"),
    ],
)
def test_the_hook_holds_in_a_process_of_its_own(statement: str, printed: str) -> None:
    program = _ARMED.format(folder=str(worker.__file__).rpartition("/")[0], statement=statement)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith(printed)
