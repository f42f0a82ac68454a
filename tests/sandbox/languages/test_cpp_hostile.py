"""C++ programs that attack the machine, one property each. Each prints its loot as evidence."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import seccomp
from sandbox.types import CaseResult, Execution

Run = Callable[..., Execution]
DID = dict[str, CaseResult]

PROGRAM = r"""
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
using namespace std;

extern char** environ;
static int error_of(long done) { return done == -1 ? errno : 0; }
static void show(long n) { printf("%ld ", n); fflush(stdout); }
static const string block_of_e(100000, 'E');
static void walk(const string& folder, int depth) {
    DIR* open_folder = opendir(folder.c_str());
    if (!open_folder) return;
    int probe = open((folder + "/probe").c_str(), O_CREAT | O_WRONLY, 0600);
    if (probe >= 0) printf("%s ", folder.c_str());
    while (dirent* entry = readdir(open_folder))
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && depth < 3)
            walk(folder + (folder == "/" ? "" : "/") + entry->d_name, depth + 1);
    closedir(open_folder);
}

static void fill_tmp() {
    static char block[1 << 18];
    long total = 0;
    for (int i = 0; i < 1000; i++) {
        int out = open(("/tmp/" + to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600);
        for (int j = 0; j < 4; j++) { long n = write(out, block, sizeof block); if (n > 0) total += n; }
        close(out);
    }
    show(total);
}
static void share_memory() {
    long total = 0;
    for (void* got; (got = mmap(nullptr, 1 << 20, 3, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED; total++)
        memset(got, 1, 1 << 20);
    show(total);
}
static void look_at_parent() {
    char taken[8];
    struct { void* base; size_t size; } here = {taken, 8}, there = {(void*)fill_tmp, 8};
    show(error_of(syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0)));
}

int main(int argc, char** argv) {
    char what[64] = "", path[512] = "";
    long number = 0;
    if (scanf("%63s %511s %ld", what, path, &number) < 1) return 1;
    string text = what;
    rlimit all = {RLIM_INFINITY, RLIM_INFINITY}, none = {0, 0};
    pid_t pid;
    char* nothing[] = {(char*)"true", nullptr};
    if (text == "fork") show(error_of(fork()));
    if (text == "vfork") show(error_of(vfork()));
    if (text == "clone") show(error_of(syscall(SYS_clone, 17, 0, 0, 0, 0)));
    if (text == "clone3") show(error_of(syscall(435, 0, 0)));
    if (text == "spawn") show(posix_spawn(&pid, "/usr/bin/true", nullptr, nullptr, nothing, environ));
    if (text == "bomb") { for (int i = 0; i < 100000; i++) fork(); show(error_of(fork())); }
    if (text == "tcp") show(error_of(socket(AF_INET, SOCK_STREAM, 0)));
    if (text == "udp") show(error_of(socket(AF_INET6, SOCK_DGRAM, 0)));
    if (text == "unix") show(error_of(socket(AF_UNIX, SOCK_STREAM, 0)));
    if (text == "netlink") show(error_of(socket(AF_NETLINK, SOCK_RAW, 0)));
    if (text == "exists") show(access(path, F_OK) == 0);
    if (text == "write") walk("/", 0);
    if (text == "remove") show(error_of(unlink(argv[0])));
    if (text == "change") show(error_of(chmod(argv[0], 0777)));
    if (text == "environment") for (char** one = environ; *one; one++) printf("%s ", *one);
    if (text == "descriptors") for (int i = 3; i < 1024; i++) if (fcntl(i, F_GETFD) != -1) show(i);
    if (text == "denied") { long done = syscall(number, 0, 0, 0, 0, 0); show(error_of(done)); }
    if (text == "new") for (int i = 424; i < 480; i++) if (error_of(syscall(i, 0, 0, 0, 0, 0)) != ENOSYS) show(i);
    if (text == "uring") show(error_of(syscall(425, 8, nullptr)));
    if (text == "x32") { show(1); syscall(0x40000000 + 39); show(2); }
    if (text == "i386") { show(1); int done; asm volatile("int $0x80" : "=a"(done) : "a"(20)); show(2); }
    if (text == "ptrace") show(error_of(syscall(SYS_ptrace, 16, getppid(), 0, 0)));
    if (text == "memory") look_at_parent();
    if (text == "unshare") show(error_of(unshare(CLONE_NEWUSER)));
    if (text == "namespace") show(error_of(syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0)));
    if (text == "terminal") show(error_of(syscall(SYS_ioctl, 0, 0x5412, path)));
    if (text == "raise") for (int kind : {RLIMIT_AS, RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CPU})
        show(error_of(setrlimit((__rlimit_resource)kind, &all)));
    if (text == "prlimit") show(error_of(syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, &none, 0)));
    if (text == "setuid") { setuid(0); setgid(0); show(getuid() == 0 || getgid() == 0); }
    if (text == "outside") show(error_of(kill(number, 0)));
    if (text == "everyone") { kill(-1, SIGKILL); pause(); }
    if (text == "parent") { kill(getppid(), SIGKILL); pause(); }
    if (text == "stop") { kill(getppid(), SIGSTOP); pause(); }
    if (text == "fill") fill_tmp();
    if (text == "shared") share_memory();
    if (text == "fifo") { unlink("/tmp/stdin"); mkfifo("/tmp/stdin", 0600); }
    if (text == "folder") { unlink("/tmp/stdin"); mkdir("/tmp/stdin", 0700); }
    if (text == "lock") chmod("/tmp", 0);
    if (text == "frames") for (int i = 3; i < 64; i++) if (write(i, block_of_e.data(), block_of_e.size()) > 0) show(i);
    if (text == "complain") for (;;) fputs("flood ", stderr);
    if (text == "honest") puts("still here");
    return 0;
}
"""


def _numbers(result: CaseResult) -> list[int]:
    assert result.status == "ok", result
    return [int(word) for word in result.stdout.split()]


FORBIDDEN = {
    "fork": errno.EAGAIN,
    "vfork": errno.EAGAIN,
    "clone": errno.EAGAIN,
    "clone3": errno.ENOSYS,
    "spawn": errno.EAGAIN,
    "bomb": errno.EAGAIN,
    "tcp": errno.EPERM,
    "udp": errno.EPERM,
    "unix": errno.EPERM,
    "netlink": errno.EPERM,
    "remove": errno.EROFS,
    "change": errno.EROFS,
    "uring": errno.ENOSYS,
    "ptrace": errno.EPERM,
    "memory": errno.EPERM,
    "unshare": errno.EPERM,
    "namespace": errno.EAGAIN,
    "terminal": errno.EPERM,
    "prlimit": errno.EPERM,
    f"outside - {os.getpid()}": errno.ESRCH,
}
PATHS = ["/etc/shadow", "/etc/passwd", "/proc", "/root", "/home", "/var", "/sys", __file__]
OTHERS = [
    "write", "environment", "descriptors", "new", "x32", "i386", "raise", "setuid", "everyone", "parent", "fill",
    "shared", "fifo", "folder", "lock", "frames", "complain", "honest",
]  # fmt: skip


@pytest.fixture(scope="module")
def did(results: Callable[..., DID], tmp_path_factory: pytest.TempPathFactory) -> DID:
    secret = tmp_path_factory.mktemp("secret") / "secret"
    secret.write_text("canary")
    secret.chmod(0o644)
    texts = [*FORBIDDEN, *OTHERS, *[f"exists {path}" for path in (secret, *PATHS)]]
    found = results("cpp", PROGRAM, [*texts, *[f"denied - {number}" for number in seccomp.DENIED.values()]])
    found["secret"] = found[f"exists {secret}"]
    return found


@pytest.mark.parametrize(("attack", "error"), FORBIDDEN.items())
def test_attack_is_refused(did: DID, attack: str, error: int) -> None:
    assert _numbers(did[attack]) == [error]


@pytest.mark.parametrize("path", PATHS)
def test_host_files_are_not_there(did: DID, path: str) -> None:
    assert _numbers(did[f"exists {path}"]) == [0]


def test_secret_of_the_caller_is_not_there(did: DID) -> None:
    assert _numbers(did["secret"]) == [0]


def test_only_tmp_can_be_written(did: DID) -> None:
    assert did["write"].stdout.split() == ["/tmp"]


def test_environment_is_not_inherited(did: DID) -> None:
    names = {word.partition("=")[0] for word in did["environment"].stdout.split()}
    assert names == {"PATH", "HOME", "TMPDIR", "LANG", "MALLOC_ARENA_MAX"}


def test_no_open_descriptor_but_the_standard_ones(did: DID) -> None:
    assert _numbers(did["descriptors"]) == []


@pytest.mark.parametrize("name", sorted(seccomp.DENIED))
def test_denied_call(did: DID, name: str) -> None:
    assert _numbers(did[f"denied - {seccomp.DENIED[name]}"]) == [errno.EPERM]


def test_new_calls_do_not_exist_but_the_one_that_closes_descriptors(did: DID) -> None:
    assert _numbers(did["new"]) == [seccomp._CLOSE_RANGE]


@pytest.mark.parametrize("call", ["x32", "i386"])
def test_call_of_another_table_is_killed(did: DID, call: str) -> None:
    assert (did[call].status, did[call].error_type, did[call].stdout) == ("crashed", "SIGSYS", "1 ")


def test_limits_cannot_be_raised(did: DID) -> None:
    assert _numbers(did["raise"]) == [errno.EPERM] * 5


def test_nobody_becomes_root(did: DID) -> None:
    assert _numbers(did["setuid"]) == [0]


@pytest.mark.parametrize("attack", ["everyone", "parent"])
def test_killing_the_sandbox_costs_only_its_own_input(did: DID, attack: str) -> None:
    assert (did[attack].status, did[attack].error_type) == ("crashed", "SandboxEnded")


def test_tmp_cannot_be_filled_beyond_its_size(did: DID) -> None:
    assert 0 < _numbers(did["fill"])[0] <= 5 << 20


def test_shared_memory_is_bounded(did: DID) -> None:
    assert 0 < _numbers(did["shared"])[0] <= 144


def test_supervisor_gets_no_forged_frame(did: DID) -> None:
    assert _numbers(did["frames"]) == []


def test_flood_of_complaints_ends_with_the_cpu_time(did: DID) -> None:
    assert (did["complain"].status, did["complain"].limit) == ("time_limit", "cpu")


@pytest.mark.parametrize("text", ["fifo", "folder", "lock"])
def test_damage_to_tmp_is_harmless(did: DID, text: str) -> None:
    assert did[text].status == "ok"


def test_honest_input_among_them_gets_its_verdict(did: DID) -> None:
    assert (did["honest"].status, did["honest"].stdout) == ("ok", "still here\n")


def test_stopped_supervisor_ends_with_the_wall_time(run: Run) -> None:
    execution = run("cpp", PROGRAM, "stop", wall_seconds=1.5)
    assert execution.results[0].status == "time_limit"


def test_nothing_is_left_running(run: Run) -> None:
    mark = f"left-{os.getpid()}"
    source = """
#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>
int main() { prctl(PR_SET_NAME, "MARK"); kill(getppid(), getchar() == 's' ? SIGSTOP : SIGKILL); for (;;) pause(); }
"""
    run("cpp", source.replace("MARK", mark), "kill", "stop", wall_seconds=1.0)
    assert mark not in [_name(path) for path in Path("/proc").glob("[0-9]*/comm")]


def _name(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
