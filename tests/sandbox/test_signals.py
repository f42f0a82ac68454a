"""Names of the signals that end a process."""

import pytest

from sandbox.signals import signal_name


@pytest.mark.parametrize(("number", "name"), [(11, "SIGSEGV"), (9, "SIGKILL"), (40, "signal 40")])
def test_signal_has_its_name_or_its_number(number: int, name: str) -> None:
    assert signal_name(number) == name
