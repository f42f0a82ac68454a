"""Errors keep their text and their fields on the way through a process pool."""

import copy
import errno
import os
import pickle

import pytest

from sandbox.canaries import CanaryFailed
from sandbox.errors import IsolationMissing, LimitsError, ReferenceFailed, is_scarce, scarcity
from sandbox.languages.run import InputsUnsupported
from sandbox.languages.toolchain import ToolchainMissing
from sandbox.packages import PackageMissing
from sandbox.values import ValueCodecError

ERRORS = [
    IsolationMissing("the cause", "the fix"),
    CanaryFailed("pool", ["read a secret file"]),
    LimitsError("cpu_seconds", 10**5000, 1, 2, whole=False),
    ReferenceFailed("it crashed"),
    ToolchainMissing("C++", "no compiler", package="g++"),
    InputsUnsupported("'Call' is no input for C++"),
    PackageMissing("numpy"),
    ValueCodecError("nested"),
]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: Exception, protocol: int) -> None:
    again = pickle.loads(pickle.dumps(error, protocol))
    assert (type(again), str(again), again.args, vars(again)) == (type(error), str(error), error.args, vars(error))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_can_be_copied(error: Exception) -> None:
    again = copy.deepcopy(error)
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.EMFILE, "this process has too many files open"),
        (errno.ENFILE, "this machine has too many files open"),
        (errno.ENOMEM, "this machine is out of memory"),
    ],
)
def test_what_is_scarce_is_named(number: int, cause: str) -> None:
    error = OSError(number, os.strerror(number))
    found = scarcity(str(error))
    assert found is not None
    assert found[0] == f"{cause} ({error})"
    assert is_scarce(error)


def test_another_refusal_is_not_called_scarcity() -> None:
    error = OSError(errno.EPERM, os.strerror(errno.EPERM))
    assert scarcity(str(error)) is None
    assert not is_scarce(error)
