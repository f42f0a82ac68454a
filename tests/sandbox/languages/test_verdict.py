"""From the end of a process to a result: what no program of the other tests can bring about at will."""

from dataclasses import replace

import pytest

from sandbox.languages.cpp import Cpp
from sandbox.languages.supervised import Ended
from sandbox.languages.verdict import result_of
from sandbox.types import Limits

LIMITS = Limits(cpu_seconds=1.0, memory_mib=100)
FINE = Ended(status=0, cpu_seconds=0.5, peak_bytes=1 << 20, output=b"out", errors=b"")


@pytest.mark.parametrize(
    ("ended", "status", "limit"),
    [
        (FINE, "ok", ""),
        (replace(FINE, cpu_seconds=1.01), "time_limit", "cpu"),
        (replace(FINE, over_cpu=True, status=9), "time_limit", "cpu"),
        (replace(FINE, status=24), "time_limit", "cpu"),
        (replace(FINE, over_output=True, status=9), "output_limit", "output"),
        (replace(FINE, status=11, peak_bytes=95 << 20), "memory_limit", "memory"),
        (replace(FINE, status=11), "crashed", ""),
        (replace(FINE, status=9, peak_bytes=95 << 20), "memory_limit", "memory"),
        (replace(FINE, status=9, peak_bytes=95 << 20, out_of_memory=False), "crashed", ""),
        (replace(FINE, status=9, out_of_memory=True), "memory_limit", "memory"),
        (replace(FINE, status=11, peak_bytes=95 << 20, out_of_memory=False), "memory_limit", "memory"),
        (replace(FINE, status=256, peak_bytes=95 << 20), "exception", ""),
        (replace(FINE, status=256, errors=b"Error: ENOSPC: no space left"), "exception", "file"),
    ],
)
def test_status_and_limit(ended: Ended, status: str, limit: str) -> None:
    result = result_of(ended, Cpp(), LIMITS)
    assert (result.status, result.limit) == (status, limit)


def test_signal_without_a_name_has_its_number() -> None:
    assert result_of(replace(FINE, status=40), Cpp(), LIMITS).error_type == "signal 40"


def test_cpu_time_is_kept() -> None:
    assert result_of(FINE, Cpp(), LIMITS).cpu_seconds == 0.5
