"""JavaScript programs that attack the machine, one property each. Each prints its loot as JSON."""

import errno
import json
import os
from collections.abc import Callable

import pytest

from sandbox.types import CaseResult

DID = dict[str, CaseResult]

PROGRAM = r"""
const fs = require("fs"), cp = require("child_process"), net = require("net");
const [what, path] = fs.readFileSync(0, "utf8").split(" ");
const show = (value) => console.log(JSON.stringify(value));
const code = (action) => { try { action(); return "done"; } catch (error) { return error.code ?? error.name; } };
if (what === "spawn") show(cp.spawnSync("/usr/bin/true").error?.code);
if (what === "shell") show(code(() => cp.execSync("true", { stdio: "ignore" })));
if (what === "again") show(code(() => cp.execFileSync("/usr/bin/node", ["-v"])));
if (what === "async") cp.spawn("/usr/bin/true").on("error", (error) => show(error.code)).on("exit", (n) => show(n));
let refused = 0;
if (what === "bomb") process.on("exit", () => show(refused));
if (what === "bomb") for (let i = 0; i < 300; i++) cp.spawn("/usr/bin/true").on("error", () => refused++);
const failed = (error) => show(error.code);
if (what === "connect") net.connect(80, "1.1.1.1").on("error", failed).on("connect", () => show("out"));
if (what === "listen") net.createServer().on("error", failed).listen(0, () => show("in"));
if (what === "unix") net.createServer().on("error", failed).listen("/tmp/s", () => show("in"));
if (what === "udp") require("dgram").createSocket("udp4").on("error", failed).bind(0, () => show("in"));
if (what === "dns") require("dns").lookup("example.com", (error) => show(error?.code));
if (what === "exists") show(fs.existsSync(path));
const found = [];
const walk = (folder, depth) => {
    if (code(() => fs.writeFileSync(folder + "/probe", "")) === "done") found.push(folder);
    for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && depth < 3)
            code(() => walk(folder.replace(/\/$/, "") + "/" + entry.name, depth + 1));
};
if (what === "write") { walk("/", 0); show(found); }
if (what === "itself") show(code(() => fs.writeFileSync(__filename, "")));
if (what === "environment") show(Object.keys(process.env).sort());
if (what === "kill") show([code(() => process.kill(Number(path), 0))]);
const end = (pid) => code(() => process.kill(pid, "SIGKILL"));
if (what === "everyone") { end(1); end(process.ppid); setTimeout(() => {}, 9000); }
const options = { file: "/usr/bin/true", args: ["true"], stdio: [] };
if (what === "binding") show(process.binding("spawn_sync").spawn(options).error);
if (what === "addon") { fs.writeFileSync("/tmp/a.node", "x"); show(code(() => require("/tmp/a.node"))); }
if (what === "setuid") show(code(() => process.setuid(0)));
const inspector = require("inspector");
if (what === "inspector") { code(() => inspector.open(0)); show(inspector.url() ?? "closed"); }
const global = () => [].constructor.constructor("return process")().mainModule;
if (what === "constructor") show(code(() => global().require("child_process").execFileSync("/usr/bin/true")));
if (what === "honest") show("still here");
"""
ATTACKS = [
    "spawn", "shell", "again", "async", "bomb", "connect", "listen", "unix", "udp", "dns", "write", "itself",
    "environment", "everyone",    "binding", "addon", "setuid", "inspector", "constructor", "honest",
]  # fmt: skip
PATHS = ["/etc/passwd", "/proc/self/environ", "/root", "/home", "/sys", "/etc/ssl", __file__]


@pytest.fixture(scope="module")
def did(results: Callable[..., DID], tmp_path_factory: pytest.TempPathFactory) -> DID:
    secret = tmp_path_factory.mktemp("secret") / "secret"
    secret.write_text("canary")
    texts = [*ATTACKS, f"kill {os.getpid()}", f"exists {secret}", *[f"exists {path}" for path in PATHS]]
    found = results("javascript", PROGRAM, texts)
    found["secret"] = found[f"exists {secret}"]
    return found


def _loot(result: CaseResult) -> object:
    assert result.status == "ok", result
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("attack", "loot"),
    [
        ("spawn", "EAGAIN"),
        ("shell", "EAGAIN"),
        ("again", "EAGAIN"),
        ("bomb", 300),
        ("async", "EAGAIN"),
        ("constructor", "EAGAIN"),
        ("connect", "EPERM"),
        ("listen", "EPERM"),
        ("unix", "EPERM"),
        ("udp", "EPERM"),
        ("itself", "EROFS"),
        ("write", ["/tmp"]),
        ("environment", ["HOME", "LANG", "MALLOC_ARENA_MAX", "PATH", "TMPDIR"]),
        ("addon", "ERR_DLOPEN_DISABLED"),
        ("honest", "still here"),
        (f"kill {os.getpid()}", ["ESRCH"]),
    ],
)
def test_attack_brings_home_nothing(did: DID, attack: str, loot: object) -> None:
    assert _loot(did[attack]) == loot


@pytest.mark.parametrize("path", PATHS)
def test_host_files_are_not_there(did: DID, path: str) -> None:
    assert _loot(did[f"exists {path}"]) is False


def test_secret_of_the_caller_is_not_there(did: DID) -> None:
    assert _loot(did["secret"]) is False


def test_name_lookup_reaches_nobody(did: DID) -> None:
    assert _loot(did["dns"]) in ("EAI_AGAIN", "ENOTFOUND", "EAI_FAIL", "EPERM")


def test_killing_the_sandbox_costs_only_its_own_input(did: DID) -> None:
    assert (did["everyone"].status, did["everyone"].error_type) == ("crashed", "SandboxEnded")


def test_internal_bindings_are_no_way_out(did: DID) -> None:
    assert did["binding"].status in ("exception", "crashed") or _loot(did["binding"]) == -errno.EAGAIN


def test_inspector_opens_no_port(did: DID) -> None:
    assert _loot(did["inspector"]) == "closed"


def test_nobody_becomes_root(did: DID) -> None:
    assert _loot(did["setuid"]) in ("EPERM", "EINVAL")
