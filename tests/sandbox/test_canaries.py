"""The canaries, each against a sandbox that is broken for real in just one place."""

import os
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sabotage import ALLOW_ALL, Change, mounting, sabotaged, sabotaged_zygote, sharing, without, without_filter
from scarcity import few_descriptors

from sandbox import shipment
from sandbox.canaries import CanaryFailed, prove
from sandbox.errors import IsolationMissing
from sandbox.launch import Launcher
from sandbox.oneshot import OneShot
from sandbox.packages import Packages
from sandbox.pool.tier import Pool
from sandbox.report import Report
from sandbox.request import Request
from sandbox.tiers import open_tiers, recipe
from sandbox.types import Limits, TierName


async def sang(*changes: Change) -> Sequence[str]:
    """Which canaries sing in the one-shot tier when its command lines are changed."""
    launcher = sabotaged(*changes)
    try:
        await prove(OneShot(launcher))
    except CanaryFailed as failed:
        return failed.sang
    finally:
        launcher.close()
    return ()


async def sang_in_pool(*changes: Change) -> Sequence[str]:
    """The same for the pool, whose zygotes are changed."""
    launcher = sabotaged_zygote(*changes)
    pool = Pool(recipe(launcher, Limits(), None), 1)
    try:
        await pool.warm()
        await prove(pool)
    except CanaryFailed as failed:
        return failed.sang
    finally:
        await pool.aclose()
        launcher.close()
    return ()


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_no_canary_sings_in_a_tier_that_holds(tier: TierName) -> None:
    opened = await open_tiers(tier, Limits(), 1, Packages())
    try:
        assert opened.tiers[0].name == tier
        await prove(opened.tiers[0])
    finally:
        await opened.aclose()


async def test_unchanged_launcher_is_quiet(outside: Path) -> None:
    assert await sang() == ()


async def test_folder_that_is_shown(outside: Path) -> None:
    assert await sang(mounting("--ro-bind", str(outside), str(outside))) == ("read a secret file",)


async def test_folder_that_can_be_written(outside: Path) -> None:
    expected = ("read a secret file", "change a file outside", "write outside")
    assert await sang(mounting("--bind", str(outside), str(outside))) == expected


async def test_a_secret_file_that_is_gone_afterwards(outside: Path) -> None:
    """What came out deleted it, unseen by the program that was asked."""

    class Deletes(OneShot):
        async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
            for file in outside.glob("*/secret"):
                file.unlink()
            return await super().process(request, limits, deadline, stdin)

    with closing(Launcher.find()) as launcher, pytest.raises(CanaryFailed) as caught:
        await prove(Deletes(launcher))
    assert caught.value.sang == ("do this: the secret file was changed", "do this: files went outside: secret")


async def test_missing_filter(outside: Path) -> None:
    assert await sang(without_filter) == ("open a socket", "start a process")


async def test_shared_network_without_a_filter(outside: Path) -> None:
    found = set(await sang(without_filter, sharing("net")))
    assert found == {
        "open a socket",
        "connect by TCP",
        "send a datagram",
        "connect to an abstract socket",
        "start a process",
    }


async def test_unix_socket_without_a_filter(outside: Path) -> None:
    found = await sang(without_filter, mounting("--ro-bind", str(outside), str(outside)))
    assert "connect to a unix socket" in found


async def test_shared_process_numbers(outside: Path) -> None:
    assert "see its caller" in await sang(sharing("pid"))


async def test_inherited_environment(outside: Path) -> None:
    def inherit(command: list[str]) -> list[str]:
        name = next(name for name in os.environ if name.startswith("HI_MOE_SANDBOX_BAIT"))
        return mounting("--setenv", name, os.environ[name])(command)

    assert await sang(inherit) == ("read the caller's environment",)


async def test_shared_tmp(outside: Path) -> None:
    shared = outside / "shared"
    shared.mkdir(mode=0o777)
    shared.chmod(0o777)
    assert await sang(mounting("--bind", str(shared), "/tmp")) == ("see another run's files",)
    assert list(shared.iterdir()) == []


@pytest.fixture
def no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a zygote is given as the filter of its children allows everything."""
    monkeypatch.setattr("sandbox.seccomp.filter_program", lambda: ALLOW_ALL)


async def test_unchanged_pool_is_quiet(outside: Path) -> None:
    assert await sang_in_pool() == ()


async def test_pool_that_shows_a_folder(outside: Path) -> None:
    assert await sang_in_pool(mounting("--ro-bind", str(outside), str(outside))) == ("read a secret file",)


async def test_pool_with_a_folder_that_can_be_written(outside: Path) -> None:
    expected = ("read a secret file", "change a file outside", "write outside")
    assert await sang_in_pool(mounting("--bind", str(outside), str(outside))) == expected


async def test_pool_without_a_filter(outside: Path, no_filter: None) -> None:
    assert await sang_in_pool() == ("open a socket", "start a process")


async def test_pool_with_the_network_and_no_filter(outside: Path, no_filter: None) -> None:
    expected = {"connect by TCP", "send a datagram", "connect to an abstract socket"}
    assert set(await sang_in_pool(sharing("net"))) == {"open a socket", "start a process", *expected}


async def test_pool_with_an_inherited_environment(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "canary")
    assert await sang_in_pool(mounting("--setenv", "API_TOKEN", "canary")) == ("read the caller's environment",)


async def test_pool_whose_runs_share_a_folder(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = outside / "shared"
    shared.mkdir(mode=0o777)
    shared.chmod(0o777)
    source = shipment._source

    def without_mount(name: str) -> str:
        return source(name) + ("\ndef mount_memory(*_, **__): pass\n" if name == "sandbox.linux" else "")

    monkeypatch.setattr(shipment, "_source", without_mount)
    assert await sang_in_pool(mounting("--bind", str(shared), "/tmp")) == ("see another run's files",)
    assert list(shared.iterdir()) == []


async def test_pool_whose_runs_have_the_callers_process_numbers(outside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = shipment._source

    def without_namespace(name: str) -> str:
        return source(name).replace("| 0x20000000", "") if name == "sandbox.linux" else source(name)

    monkeypatch.setattr(shipment, "_source", without_namespace)
    assert "see its caller" in await sang_in_pool(sharing("pid"), without("--as-pid-1"))


async def test_error_names_the_tier_and_what_it_let_through(outside: Path) -> None:
    words = "in the one-shot tier a program could read a secret file"
    with (
        closing(sabotaged(mounting("--ro-bind", str(outside), str(outside)))) as launcher,
        pytest.raises(IsolationMissing, match=words),
    ):
        await prove(OneShot(launcher))


async def test_nothing_is_left(outside: Path) -> None:
    descriptors = set(os.listdir("/proc/self/fd"))
    await sang(mounting("--bind", str(outside), str(outside)))
    assert list(outside.iterdir()) == []
    assert [name for name in os.environ if name.startswith("HI_MOE_SANDBOX_BAIT")] == []
    assert set(os.listdir("/proc/self/fd")) == descriptors


async def test_tier_that_cannot_start_is_told_with_its_words() -> None:
    with pytest.raises(IsolationMissing, match="/nonexistent/bwrap"):
        await prove(OneShot(Launcher("/nonexistent/bwrap", "/usr", "bin/python3")))
    with pytest.raises(IsolationMissing, match="exit code 1"):
        await prove(OneShot(Launcher("/usr/bin/false", "/usr", "bin/python3")))


class Muted(OneShot):
    """A tier in which no program may say anything."""

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        return await super().process({**request, "output_bytes": 1}, limits, deadline, stdin)


async def test_canary_that_falls_ill_is_no_all_clear() -> None:
    with closing(Launcher.find()) as launcher, pytest.raises(IsolationMissing, match="output_limit") as caught:
        await prove(Muted(launcher))
    assert not isinstance(caught.value, CanaryFailed)


@pytest.mark.parametrize("left", [0, 7])
async def test_want_of_descriptors_is_told_as_such(left: int) -> None:
    words = r"too many files open \(.*\); close some, or raise its limit with ulimit -n"
    with closing(Launcher.find()) as launcher:
        tier = OneShot(launcher)
        with few_descriptors(left), pytest.raises(IsolationMissing, match=words):
            await prove(tier)


async def test_no_room_for_canaries_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    with closing(Launcher.find()) as launcher, pytest.raises(IsolationMissing, match="make room for temporary files"):
        await prove(OneShot(launcher))
