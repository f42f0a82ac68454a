"""What an honest JavaScript program may expect, and every way in which one fails."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.languages import javascript
from sandbox.languages.javascript import JavaScript
from sandbox.languages.toolchain import ToolchainMissing
from sandbox.types import CaseResult, Execution, Limits

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
const readline = require("readline");
const from = (input) => readline.createInterface({ input }).on("line", (line) => console.log(line));
if (what === "lines") from(fs.createReadStream("/dev/stdin"));
if (what === "deep") console.log(depth(100000));
if (what === "endless") console.log(depth(1e9));
if (what === "later") setTimeout(() => Promise.resolve().then(() => console.log("done")), 10);
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
    "add 9007199254740993 1", "named", "lines", "deep", "endless", "later", "wait", "exit",
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


def test_threads_are_bounded(run: Run) -> None:
    source = """
    const { Worker } = require("worker_threads");
    for (let i = 0; i < 40; i++) new Worker("setTimeout(() => {}, 9000)", { eval: true });
    """
    assert run("javascript", source, "", cpu_seconds=10.0).results[0].status in ("exception", "crashed", "memory_limit")


def test_thread_answers(run: Run) -> None:
    # Enough for the 510 MiB that Node.js 24 maps for the compiled code of each thread.
    source = """
    const { Worker } = require("worker_threads");
    new Worker("require('worker_threads').parentPort.postMessage(6 * 7)", { eval: true }).on("message", console.log);
    """
    assert run("javascript", source, "", memory_mib=1024).results[0].stdout == "42\n"


def test_web_assembly_has_memory_where_node_need_not_reserve_more_for_it(run: Run) -> None:
    knows = "--disable-wasm-trap-handler" in JavaScript().run_command(Limits())
    found = run("javascript", "console.log(new WebAssembly.Memory({ initial: 1 }).buffer.byteLength);", "").results[0]
    expected = ("ok", "65536\n", "") if knows else ("exception", "", "RangeError")
    assert (found.status, found.stdout, found.error_type) == expected, found


def test_module_may_import(run: Run) -> None:
    execution = run("javascript", 'import fs from "fs";\nconsole.log(fs.readFileSync(0, "utf8"));', "abc")
    assert (execution.status, execution.results[0].stdout) == ("ok", "abc\n")


@pytest.mark.parametrize(
    "source",
    [
        "/*\nSums what comes\nimport duties.\n*/\ntotal = 010;\nconsole.log(total);",
        "const text = `\nexport function f\n`;\ntotal = 8;\nconsole.log(total);",
        "#!/usr/bin/env node\nconsole.log(010);",
        "console.log(8);\nreturn;",
    ],
    ids=["comment", "template", "hashbang", "return"],
)
def test_a_script_is_one_whatever_its_text_speaks_of(run: Run, source: str) -> None:
    """Modules are strict: neither an undeclared variable nor an octal number nor `return` would do."""
    assert run("javascript", source, "").results[0].stdout == "8\n"


@pytest.mark.parametrize(
    "source",
    [
        'import { createRequire } from "module";\nconst require = createRequire(import.meta.url);\n'
        'console.log(require("fs").readFileSync(0, "utf8"));',
        "console.log(await Promise.resolve('abc'));",
        "console.log(import.meta.url.startsWith('file:') ? 'abc' : '');",
        "export const f = () => 'abc';\nconsole.log(f());",
        "#!/usr/bin/env node\nimport 'fs';\nconsole.log('abc');",
    ],
    ids=["createRequire", "await", "import.meta", "export", "hashbang"],
)
def test_what_is_only_a_module_is_one(run: Run, source: str) -> None:
    execution = run("javascript", source, "abc")
    assert (execution.status, execution.results[0].stdout) == ("ok", "abc\n")


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("let x = 1;\nlet y = ;", "line 2: Unexpected token ';'"),
        ("function f() {", "line 1: Unexpected end of input"),
        ('import fs from "fs";\nlet x = ;', "line 2: Unexpected token ';'"),
        ("export const a = 1;\nlet x = ;", "line 2: Unexpected token ';'"),
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


def _node(folder: Path, answer: str) -> str:
    """A program that stands for some version of Node.js: it says `answer` to every question."""
    path = folder / "node"
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return str(path)


def test_only_what_a_node_knows_is_asked_of_it(tmp_path: Path) -> None:
    old = javascript.ask(_node(tmp_path, "echo " + json.dumps('["v18.20.4",false,0]')), 1)
    new = javascript.ask(_node(tmp_path, "echo " + json.dumps('["v24.1.0",true,534773761]')), 2)
    assert (old.code_mib, "--disable-wasm-trap-handler" in old.flags) == (0, False)
    assert (new.code_mib, "--disable-wasm-trap-handler" in new.flags) == (511, True)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("echo " + json.dumps('["v16.20.2",false,0]'), "is Node.js v16.20.2, and what runs programs is 18 or newer"),
        ("echo bad option >&2; exit 9", "is no Node.js that can be used (bad option)"),
        ("exit 3", "is no Node.js that can be used (exit code 3)"),
    ],
)
def test_unfit_node_is_said_before_a_program_runs(tmp_path: Path, answer: str, cause: str) -> None:
    with pytest.raises(ToolchainMissing) as raised:
        javascript.ask(_node(tmp_path, answer), 0)
    assert str(raised.value).startswith(
        f"JavaScript programs cannot be run: '{tmp_path}/node' {cause}; install Node.js"
    )


def test_node_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolchainMissing, match="cannot be asked for its version"):
        javascript.ask(str(tmp_path / "node"), 0)
