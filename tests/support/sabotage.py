"""Launchers that are broken for real, each in one place: what a canary or a judge must notice."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from sandbox.launch import Launcher
from sandbox.types import Limits

Change = Callable[[list[str]], list[str]]
ALL = ("user", "ipc", "pid", "net", "uts", "cgroup")


class Sabotaged(Launcher):
    """A launcher whose command lines are changed."""

    change: ClassVar[Sequence[Change]] = ()

    def command(self, limits: Limits, rules: int, payload: int) -> list[str]:
        command = super().command(limits, rules, payload)
        for change in self.change:
            command = change(command)
        return command


def sabotaged(*changes: Change) -> Launcher:
    class Broken(Sabotaged):
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


def mounting(*arguments: str) -> Change:
    """One mount more, just before the root is made read-only."""

    def change(command: list[str]) -> list[str]:
        place = command.index("--remount-ro")
        return [*command[:place], *arguments, *command[place:]]

    return change
