"""scipy and numpy are an extra: without them the message says how to get it."""

import sys

import pytest

from evals.library import numpy, scipy_stats
from hierarchy.errors import MissingComponent


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingComponent, match=r"pip install 'hi-moe\[evals\]'"):
        scipy_stats()


def test_without_numpy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(MissingComponent, match="statistics need 'numpy'"):
        numpy()
