"""What an honest C++ program may expect, and every way in which one fails. The input tells the program what to do."""

from collections.abc import Callable

import pytest

from sandbox.types import CaseResult, Execution

Run = Callable[..., Execution]

PROGRAM = r"""
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
using namespace std;

static volatile long sink;
long depth(long n) {
    char frame[64];
    long below = n ? depth(n - 1) + 1 : 0;
    asm volatile("" ::"r"(frame) : "memory");
    return below;
}

int main() {
    string what;
    cin >> what;
    cout << what << endl;
    if (what == "add") { long long a, b; cin >> a >> b; cout << a + b << endl; }
    if (what == "named") { ifstream in("/dev/stdin"); string word; while (in >> word) cout << word << endl; }
    if (what == "judge") {
#ifdef ONLINE_JUDGE
        cout << "online" << endl;
#endif
    }
    if (what == "bytes") { cout << "\xff\n"; }
    if (what == "deep") { cout << depth(500000) << endl; }
    if (what == "endless") { cout << depth(1L << 40) << endl; }
    if (what == "threads") { vector<thread> all; for (int i = 0; i < 3; i++) all.emplace_back([] { sink = 1; });
                             for (auto& one : all) one.join(); cout << all.size() << endl; }
    if (what == "many") { vector<thread> all; for (int i = 0; i < 50; i++) all.emplace_back([] { sleep(5); }); }
    if (what == "exit") { cerr << "because" << endl; return 3; }
    if (what == "139") return 139;
    if (what == "throw") throw out_of_range("index 7");
    if (what == "segfault") { *(volatile int*)nullptr = 1; }
    if (what == "divide") { volatile int zero = 0; cout << sink / zero; }
    if (what == "abort") abort();
    if (what == "new") { while (true) memset(new char[1 << 20], 1, 1 << 20); }
    if (what == "huge") { cout << (long)new char[1L << 40]; }
    if (what == "malloc") { while (true) { char* got = (char*)malloc(1 << 20); memset(got, 1, 1 << 20); } }
    if (what == "loop") while (true) sink++;
    if (what == "busy") { auto spin = [] { while (true) sink++; }; thread other(spin); spin(); }
    if (what == "ignore") { signal(SIGPROF, SIG_IGN); signal(SIGXCPU, SIG_IGN); while (true) sink++; }
    if (what == "flood") while (true) cout << "flood of output";
    if (what == "complain") { for (int i = 0; i < 100000; i++) cerr << "complaint\n"; cerr << "the end"; return 1; }
    if (what == "file") { ofstream out("/tmp/big"); string block(1 << 20, 'x'); while (out) out << block; }
    if (what == "closed") { fclose(stdin); fclose(stdout); fclose(stderr); return 0; }
    if (what == "leave") { ofstream out("/tmp/left"); out << "here"; }
    if (what == "look") { cout << (access("/tmp/left", F_OK) ? "nothing" : "something") << endl; }
    return 0;
}
"""
INPUTS = [
    "add 9000000000 1", "named one two", "judge", "bytes", "deep", "endless", "threads", "many", "exit", "139", "throw",
    "segfault", "divide", "abort", "new", "huge", "malloc", "loop", "busy", "ignore", "flood", "complain", "file",
    "closed", "leave", "look", "",
]  # fmt: skip


@pytest.fixture(scope="module")
def did(results: Callable[..., dict[str, CaseResult]]) -> dict[str, CaseResult]:
    return results("cpp", PROGRAM, INPUTS)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("add 9000000000 1", "add\n9000000001\n"),
        ("named one two", "named\nnamed\none\ntwo\n"),
        ("judge", "judge\nonline\n"),
        ("bytes", "bytes\n\ufffd\n"),
        ("deep", "deep\n500000\n"),
        ("threads", "threads\n3\n"),
        ("closed", "closed\n"),
        ("", "\n"),
    ],
)
def test_honest_program(did: dict[str, CaseResult], text: str, printed: str) -> None:
    assert (did[text].status, did[text].stdout) == ("ok", printed), did[text]


@pytest.mark.parametrize(
    ("text", "status", "error_type", "limit"),
    [
        ("exit", "exception", "Exit", ""),
        ("139", "exception", "Exit", ""),
        ("throw", "crashed", "SIGABRT", ""),
        ("segfault", "crashed", "SIGSEGV", ""),
        ("divide", "crashed", "SIGFPE", ""),
        ("abort", "crashed", "SIGABRT", ""),
        ("many", "crashed", "SIGABRT", "threads"),
        ("file", "crashed", "SIGXFSZ", "file"),
        ("endless", "memory_limit", "", "memory"),
        ("new", "memory_limit", "", "memory"),
        ("huge", "memory_limit", "", "memory"),
        ("malloc", "memory_limit", "", "memory"),
        ("loop", "time_limit", "", "cpu"),
        ("busy", "time_limit", "", "cpu"),
        ("ignore", "time_limit", "", "cpu"),
        ("flood", "output_limit", "", "output"),
    ],
)
def test_failures_are_told_apart(
    did: dict[str, CaseResult], text: str, status: str, error_type: str, limit: str
) -> None:
    found = did[text]
    assert (found.status, found.error_type, found.limit) == (status, error_type, limit), found


def test_message_holds_exit_code_and_standard_error(did: dict[str, CaseResult]) -> None:
    assert did["exit"].error_message == "exit code 3\nbecause"


def test_message_of_an_uncaught_exception_is_kept(did: dict[str, CaseResult]) -> None:
    assert "index 7" in did["throw"].error_message


def test_only_the_end_of_standard_error_is_kept(did: dict[str, CaseResult]) -> None:
    assert did["complain"].error_message.endswith("the end")
    assert len(did["complain"].error_message) < 2100


def test_output_before_a_failure_is_kept(did: dict[str, CaseResult]) -> None:
    assert did["segfault"].stdout == "segfault\n"


def test_no_input_sees_what_an_earlier_one_left(did: dict[str, CaseResult]) -> None:
    assert did["look"].stdout == "look\nnothing\n"


def test_cpu_time_of_all_threads_counts(did: dict[str, CaseResult]) -> None:
    assert did["busy"].cpu_seconds >= 0.45


def test_sleeper_is_stopped_by_the_wall_limit_and_the_rest_is_not_run(run: Run) -> None:
    source = "#include <unistd.h>\nint main() { sleep(1000); }"
    execution = run("cpp", source, "", "", wall_seconds=0.5)
    assert [(r.status, r.limit) for r in execution.results] == [("time_limit", "wall"), ("not_run", "wall")]


def test_globals_beyond_the_memory_limit_are_a_memory_limit(run: Run) -> None:
    execution = run("cpp", "int table[1 << 28];\nint main() { return table[5]; }", "")
    assert [(r.status, r.limit) for r in execution.results] == [("memory_limit", "memory")]


def test_globals_within_the_memory_limit_are_fine(run: Run) -> None:
    execution = run("cpp", "int table[100 << 18];\nint main() { return table[5]; }", "")
    assert [r.status for r in execution.results] == ["ok"]


def test_many_inputs_and_long_ones(run: Run) -> None:
    source = '#include <cstdio>\nint main() { long n = 0; while (getchar() != EOF) n++; printf("%ld", n); }'
    texts = ["x" * n for n in (*range(70), 9 << 20, 9 << 20)]
    execution = run("cpp", source, *texts)
    assert [r.stdout for r in execution.results] == [str(len(text)) for text in texts]
