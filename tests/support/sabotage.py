"""Launchers that are broken for real, each in one place: what a canary or a judge must notice."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from sandbox.launch import Launcher
from sandbox.types import Limits

ALLOW_ALL = (0x7FFF000000000006).to_bytes(8, "little")
"""A system call filter that allows everything: one step, `return SECCOMP_RET_ALLOW`."""
Change = Callable[[list[str]], list[str]]
ALL = ("user", "ipc", "pid", "net", "uts", "cgroup")


class Sabotaged(Launcher):
    """A launcher whose command lines are changed."""

    change: ClassVar[Sequence[Change]] = ()

    def command(self, limits: Limits, rules: int, payload: int, stdin: tuple[int, int] | None = None) -> list[str]:
        command = super().command(limits, rules, payload, stdin)
        for change in self.change:
            command = change(command)
        return command


class SabotagedZygote(Launcher):
    """A launcher whose zygotes have changed surroundings; they put the filter on by themselves."""

    change: ClassVar[Sequence[Change]] = ()

    def isolate(self, extra: Sequence[str] = (), *, nested: bool = False) -> list[str]:
        command = super().isolate(extra, nested=nested)
        for change in self.change:
            command = change(command)
        return command


def sabotaged(*changes: Change) -> Launcher:
    class Broken(Sabotaged):
        change = changes

    return Broken.find()


def sabotaged_zygote(*changes: Change) -> Launcher:
    class Broken(SabotagedZygote):
        change = changes

    return Broken.find()


def without_filter(command: list[str]) -> list[str]:
    place = command.index("--seccomp")
    return command[:place] + command[place + 2 :]


def sharing(*kinds: str) -> Change:
    """All namespaces but these."""
    own = [f"--unshare-{name}" for name in ALL if name not in kinds]

    def change(command: list[str]) -> list[str]:
        place = command.index("--unshare-all")
        return command[:place] + own + command[place + 1 :]

    return change


def without(option: str) -> Change:
    """The same without an option that takes no value."""
    return lambda command: [word for word in command if word != option]


def mounting(*arguments: str) -> Change:
    """One mount more, just before the root is made read-only."""

    def change(command: list[str]) -> list[str]:
        place = command.index("--remount-ro")
        return [*command[:place], *arguments, *command[place:]]

    return change
