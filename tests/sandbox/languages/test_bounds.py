"""Resource limits as the kernel takes them."""

import resource

import pytest

from sandbox.groups import UNREAPED
from sandbox.languages import bounds
from sandbox.types import Limits


def _by_kind(found: list[bounds.Bound]) -> dict[int, tuple[int, int]]:
    return {kind: (soft, hard) for kind, soft, hard in found}


def test_program_is_bounded_in_everything_but_memory() -> None:
    found = _by_kind(bounds.of_program(Limits(cpu_seconds=1.5, file_mib=2, threads=3)))
    assert found[resource.RLIMIT_FSIZE] == (2 << 20, 2 << 20)
    assert found[resource.RLIMIT_CPU] == (3, 4)
    assert found[resource.RLIMIT_CORE] == (0, 0)
    assert found[resource.RLIMIT_NPROC] == (6, 6)


def test_compiler_may_have_its_processes() -> None:
    found = _by_kind(bounds.of_compiler(Limits(processes=20)))
    assert found[resource.RLIMIT_NPROC] == (23, 23)
    assert found[resource.RLIMIT_AS] == (1 << 30, 1 << 30)


def test_a_group_gets_the_memory_of_one_process_and_what_is_beside_it() -> None:
    own = bounds.of_compiler(Limits(processes=20))
    memory, tasks = bounds.together(own, tmp_bytes=5 << 20, output_bytes=1 << 20)
    assert (memory, tasks) == ((1024 + 5 + 3 + 32) << 20, 23 + UNREAPED)


def test_what_reserves_addresses_is_grouped_by_the_memory_that_it_writes() -> None:
    own = [*bounds.of_program(Limits(threads=3)), bounds.data(100), bounds.address_space(2048)]
    assert bounds.together(own, 0, 0) == ((100 + 32) << 20, 6 + UNREAPED)


@pytest.mark.parametrize(("ceiling", "expected"), [(1 << 20, 1 << 20), (8 << 20, 2 << 20)])
def test_no_bound_is_above_our_own(monkeypatch: pytest.MonkeyPatch, ceiling: int, expected: int) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (ceiling, ceiling))
    assert bounds.address_space(2) == (resource.RLIMIT_AS, expected, expected)
    assert bounds.stack(2)[1:] == (expected, expected)
    assert not bounds.has_any_stack()
