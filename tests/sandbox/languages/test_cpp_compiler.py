"""Sources that attack the compiler, or only have an error: each is told to its author, and nothing else happens."""

from collections.abc import Callable

import pytest

from sandbox.languages import bounds
from sandbox.types import Execution

Run = Callable[..., Execution]
TEMPLATES = """
template<int N, class T> struct A {
    using type = A;
    typename A<N - 1, A<N, T>>::type a;
    typename A<N - 1, T*>::type b;
};
template<class T> struct A<0, T> { using type = T; };
A<40, int> bomb;
int main() {}
"""
MACROS = """
#define A(x) x x x x x x x x x x
#define B(x) A(A(A(x)))
#define C(x) B(B(B(x)))
C(C(int x;))
int main() {}
"""
CONSTEXPR = """
constexpr long f() { long n = 0; for (long i = 0; i < 1L << 40; i++) n += i; return n; }
constexpr long n = f();
int main() {}
"""


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("int main() {\n  return x;\n}", "line 2: 'x' was not declared in this scope"),
        ("int main() {", "line 1: expected '}' at end of input"),
        ("", "undefined reference to `main'"),
        ("int f();\nint main() { return f(); }", "undefined reference to `f()'"),
        ("#error no", "line 1: #error no"),
        ("#include <vector>\nint main() { std::vector<int&> v; }", "forming pointer to reference type 'int&'"),
        ('int main() { asm("nonsense"); }', "line 1: no such instruction: `nonsense'"),
    ],
)
def test_error_has_line_and_message(run: Run, source: str, detail: str) -> None:
    execution = run("cpp", source, "")
    assert execution.status == "compile_error"
    assert detail in execution.detail


def test_program_without_inputs_is_only_compiled(run: Run) -> None:
    execution = run("cpp", "int main() { for (;;); }")
    assert (execution.status, execution.results) == ("ok", ())


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "/etc/shadow", "/proc/self/environ", "/proc/self/cmdline", "/root/.bashrc", "/tmp/nothing"],
)
def test_no_file_of_this_machine_can_be_included(run: Run, name: str) -> None:
    execution = run("cpp", f'#include "{name}"\nint main() {{}}', "")
    assert execution.status == "compile_error"
    assert execution.detail.endswith(": No such file or directory")


@pytest.mark.parametrize("name", ["/etc/shadow", "/proc/self/environ", "/proc/self/maps"])
def test_no_file_of_this_machine_can_be_built_in(run: Run, name: str) -> None:
    execution = run("cpp", f'asm(".incbin \\"{name}\\"");\nint main() {{}}', "")
    assert execution.status == "compile_error"
    assert execution.detail.endswith(f": file not found: {name.rpartition('/')[2]}")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("#include </dev/zero>\nint main() {}", id="endless-header"),
        pytest.param("#include </dev/urandom>\nint main() {}", id="endless-noise"),
        pytest.param('asm(".incbin \\"/dev/zero\\"");\nint main() {}', id="endless-data"),
        pytest.param("char a[1L << 32] = {1};\nint main() {}", id="object-of-4-GiB"),
        pytest.param('asm(".skip 0xffffffff, 1");\nint main() {}', id="assembler-object-of-4-GiB"),
        pytest.param('asm(".rept 1000000000\\n.quad 1\\n.endr");\nint main() {}', id="assembler-loop"),
        pytest.param('#include "main.cpp"\nint main() {}', id="includes-itself"),
        pytest.param("template<int N> struct A { A<N + 1> a; };\ntemplate struct A<0>;", id="template-without-end"),
        pytest.param(TEMPLATES, id="template-bomb"),
        pytest.param(CONSTEXPR, id="endless-constexpr"),
        pytest.param(MACROS, id="macro-bomb"),
        pytest.param("no such thing;\n" * 60_000, id="endless-errors"),
        pytest.param('#pragma GCC plugin "/tmp/x.so"\n#error done', id="plugin"),
    ],
)  # fmt: skip
def test_bomb_is_a_compile_error(run: Run, source: str) -> None:
    execution = run("cpp", source, "")
    assert execution.status == "compile_error"
    assert 0 < len(execution.detail) <= 500
    assert "/" not in execution.detail


def test_messages_of_the_compiler_cannot_flood_us(run: Run) -> None:
    source = '_Pragma("message(\\"x\\")")\n' * 30_000 + "int main() { return y; }"
    execution = run("cpp", source, "")
    assert execution.status == "compile_error"
    assert len(execution.detail) <= 500


def test_limit_of_the_compiler_is_named(run: Run) -> None:
    execution = run("cpp", "#include </dev/zero>\nint main() {}", "")
    assert execution.detail == f"the compiler used more than {bounds.COMPILER_MEMORY_MIB} MiB of memory"


def test_cpu_limit_of_the_compiler_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "COMPILER_CPU_SECONDS", 1)
    execution = run("cpp", "int main() { return " + "(" * 200_000 + "1" + ")" * 200_000 + "; }", "")
    assert (execution.status, execution.detail) == ("compile_error", "the compiler used more than 1 CPU seconds")


def test_wall_limit_of_the_compiler_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "COMPILER_WALL_SECONDS", 0.5)
    execution = run("cpp", "int main() { return " + "(" * 200_000 + "1" + ")" * 200_000 + "; }", "")
    assert (execution.status, execution.detail) == ("compile_error", "the compiler used more than 0.5 s")
