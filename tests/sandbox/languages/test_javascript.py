"""What an honest JavaScript program may expect, and every way in which one fails."""

from collections.abc import Callable

import pytest

from sandbox.types import CaseResult, Execution

Run = Callable[..., Execution]

PROGRAM = r"""
const fs = require("fs");
const text = fs.readFileSync(0, "utf8");
const [what, ...words] = text.trim().split(/\s+/);
console.log(what);
const depth = (n) => (n ? depth(n - 1) + 1 : 0);
const kept = [];
if (what === "add") console.log(words.reduce((a, b) => a + BigInt(b), 0n).toString());
if (what === "named") console.log(fs.readFileSync("/dev/stdin", "utf8") === text);
const readline = require("readline"), { Worker } = require("worker_threads");
const from = (input) => readline.createInterface({ input }).on("line", (line) => console.log(line));
if (what === "lines") from(fs.createReadStream("/dev/stdin"));
if (what === "deep") console.log(depth(100000));
if (what === "endless") console.log(depth(1e9));
if (what === "later") setTimeout(() => Promise.resolve().then(() => console.log("done")), 10);
const answer = "require('worker_threads').parentPort.postMessage(6 * 7)";
if (what === "worker") new Worker(answer, { eval: true }).on("message", console.log);
if (what === "workers") for (let i = 0; i < 40; i++) new Worker("setTimeout(() => {}, 9000)", { eval: true });
if (what === "wasm") console.log(new WebAssembly.Memory({ initial: 1 }).buffer.byteLength);
if (what === "wait") process.stdin.resume();
if (what === "exit") { console.error("because"); process.exit(3); }
if (what === "throw") null.x;
if (what === "reject") Promise.reject(new RangeError("too far"));
if (what === "parse") JSON.parse("{");
if (what === "eval") eval("let = ;");
if (what === "buffers") while (true) kept.push(new Uint8Array(1 << 20).fill(1));
if (what === "huge") new Uint8Array(2 ** 32).fill(1);
if (what === "loop") while (true);
if (what === "regexp") /^(a+)+$/.test("a".repeat(50) + "b");
if (what === "flood") while (true) console.log("flood of output");
if (what === "abort") process.abort();
const write = (out) => { while (true) fs.writeSync(out, Buffer.alloc(1 << 20)); };
if (what === "file") write(fs.openSync("/tmp/big", "w"));
"""
TEXTS = [
    "add 9007199254740993 1", "named", "lines", "deep", "endless", "later", "worker", "workers", "wasm", "wait", "exit",
    "throw", "reject", "parse", "eval", "buffers", "huge", "loop", "regexp", "flood", "abort", "file",
]  # fmt: skip


@pytest.fixture(scope="module")
def did(results: Callable[..., dict[str, CaseResult]]) -> dict[str, CaseResult]:
    return results("javascript", PROGRAM, TEXTS)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("add 9007199254740993 1", "9007199254740994\n"),
        ("named", "true\n"),
        ("lines", "lines\n"),
        ("deep", "100000\n"),
        ("later", "done\n"),
        ("worker", "42\n"),
        ("wasm", "65536\n"),
        ("wait", ""),
    ],
)
def test_honest_program(did: dict[str, CaseResult], text: str, printed: str) -> None:
    found = did[text]
    assert (found.status, found.stdout) == ("ok", text.split()[0] + "\n" + printed), found


@pytest.mark.parametrize(
    ("text", "status", "error_type", "limit"),
    [
        ("exit", "exception", "Exit", ""),
        ("throw", "exception", "TypeError", ""),
        ("reject", "exception", "RangeError", ""),
        ("parse", "exception", "SyntaxError", ""),
        ("eval", "exception", "SyntaxError", ""),
        ("endless", "exception", "RangeError", ""),
        ("abort", "crashed", "SIGABRT", ""),
        ("buffers", "memory_limit", "", "memory"),
        ("huge", "memory_limit", "", "memory"),
        ("loop", "time_limit", "", "cpu"),
        ("regexp", "time_limit", "", "cpu"),
        ("flood", "output_limit", "", "output"),
        ("file", "exception", "Error", "file"),
    ],
)
def test_failures_are_told_apart(
    did: dict[str, CaseResult], text: str, status: str, error_type: str, limit: str
) -> None:
    found = did[text]
    assert (found.status, found.error_type, found.limit) == (status, error_type, limit), found


def test_message_names_the_line(did: dict[str, CaseResult]) -> None:
    assert did["throw"].error_message.startswith("Cannot read properties of null (reading 'x') (line ")


def test_message_holds_exit_code_and_standard_error(did: dict[str, CaseResult]) -> None:
    assert did["exit"].error_message == "exit code 3\nbecause"


def test_heap_is_bounded(run: Run) -> None:
    execution = run("javascript", "const kept = []; while (true) kept.push({ a: kept.length });", "", cpu_seconds=20.0)
    assert (execution.results[0].status, execution.results[0].limit) == ("memory_limit", "memory")


def test_threads_are_bounded(did: dict[str, CaseResult]) -> None:
    assert did["workers"].status in ("exception", "crashed", "memory_limit")


def test_module_may_import(run: Run) -> None:
    execution = run("javascript", 'import fs from "fs";\nconsole.log(fs.readFileSync(0, "utf8"));', "abc")
    assert (execution.status, execution.results[0].stdout) == ("ok", "abc\n")


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("let x = 1;\nlet y = ;", "line 2: Unexpected token ';'"),
        ("function f() {", "line 1: Unexpected end of input"),
        ('import fs from "fs";\nlet x = ;', "line 2: Unexpected token ';'"),
        ("let a; let a;", "line 1: Identifier 'a' has already been declared"),
    ],
)
def test_syntax_error_has_line_and_message(run: Run, source: str, detail: str) -> None:
    execution = run("javascript", source, "")
    assert (execution.status, execution.detail) == ("compile_error", detail)


def test_program_without_inputs_is_only_checked(run: Run) -> None:
    execution = run("javascript", "while (true);")
    assert (execution.status, execution.results) == ("ok", ())


def test_empty_program_is_fine(run: Run) -> None:
    assert run("javascript", "", "").results[0].status == "ok"


def test_deep_nesting_breaks_nothing(run: Run) -> None:
    execution = run("javascript", "(" * 100_000 + "1" + ")" * 100_000, "")
    assert execution.status in ("ok", "compile_error")
