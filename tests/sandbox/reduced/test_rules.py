"""The second filter as a table: an interpreter of classic BPF says what each call is answered."""

import errno
import struct

import pytest

from sandbox import seccomp
from sandbox.reduced import rules

PROCESS = 4242
X86_64, AARCH64 = 0xC000003E, 0xC00000B7
ALLOW, KILL = "allow", "kill"


def answer(number: int, *arguments: int, architecture: int = X86_64) -> object:
    """What the kernel would say: `struct seccomp_data` is number, architecture, instruction pointer, six arguments."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *(list(arguments) + [0] * 6)[:6])
    program = rules.filter_program(PROCESS)
    steps = [struct.unpack_from("=HBBI", program, place) for place in range(0, len(program), 8)]
    place = accumulator = 0
    while True:
        code, if_true, if_false, value = steps[place]
        place += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x15:
            place += if_true if accumulator == value else if_false
        elif code == 0x06:
            names = {0x7FFF0000: ALLOW, 0x80000000: KILL}
            return names[value] if value in names else value & 0xFFFF
        else:
            raise AssertionError(f"unexpected step {code:#x}")


@pytest.mark.parametrize("name", rules.REFUSED)
def test_refused(name: str) -> None:
    assert answer(rules.REFUSED[name], PROCESS, PROCESS) == errno.EPERM


def test_no_call_has_two_rules() -> None:
    assert not set(rules.REFUSED.values()) & set(seccomp.DENIED.values())
    assert len(set(rules.REFUSED.values())) == len(rules.REFUSED)


@pytest.mark.parametrize("number", [62, 234, 129, 297])
def test_signals_go_to_the_own_process_only(number: int) -> None:
    answers = [answer(number, to & (1 << 64) - 1, 15) for to in (PROCESS, 0, -1, 1, -PROCESS, PROCESS + 1)]
    assert answers == [ALLOW, *[errno.EPERM] * 5]


@pytest.mark.parametrize("number", [302, 203, 204, 145, 143, 148, 315, 121, 124])
def test_zero_means_the_own_process(number: int) -> None:
    assert [answer(number, to) for to in (PROCESS, 0, 1, PROCESS + 1)] == [ALLOW, ALLOW, errno.EPERM, errno.EPERM]


@pytest.mark.parametrize(
    ("number", "place", "allowed", "refused"),
    [(72, 1, (0, 2, 4, 1030), (6, 8, 10, 15, 1024, 1026, 1031)), (16, 1, (0x5401, 0x541B), (0x5412, 0x8901, 0x5410))],
)
def test_commands_are_named(number: int, place: int, allowed: tuple[int, ...], refused: tuple[int, ...]) -> None:
    assert {answer(number, *[0] * place, value) for value in allowed} == {ALLOW}
    assert {answer(number, *[0] * place, value) for value in refused} == {errno.EPERM}


@pytest.mark.parametrize(("option", "expected"), [(15, ALLOW), (1, errno.EPERM), (4, errno.EPERM), (22, errno.EPERM)])
def test_options_of_prctl(option: int, expected: object) -> None:
    assert answer(157, option) == expected


@pytest.mark.parametrize("address", [1, 1 << 32, 1 << 63, 0x7FFF00000000])
def test_sending_to_an_address_is_refused(address: int) -> None:
    assert answer(44, 3, 0, 0, 0, address) == errno.EPERM
    assert answer(44, 3, 0, 0, 0, 0, 99) == ALLOW


@pytest.mark.parametrize("number", [0, 1, 9, 39, 53, 56, 202, 231, 257])
def test_the_rest_is_left_to_the_first_filter(number: int) -> None:
    assert answer(number, 7, 7, 7, 7, 7) == ALLOW


def test_other_tables_of_calls_are_killed() -> None:
    assert answer(0, architecture=AARCH64) == KILL
