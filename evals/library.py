"""Libraries of the extra `evals`, loaded by the functions that need them: each takes a second."""

import importlib
from typing import Any

from hierarchy.errors import MissingComponent


def numpy() -> Any:
    """The module `numpy`. Raises `MissingComponent`."""
    return _load("numpy", "statistics need")


def scipy_stats() -> Any:
    """The module `scipy.stats`. Raises `MissingComponent`."""
    return _load("scipy.stats", "statistics need")


def matplotlib(module: str) -> Any:
    """A module of matplotlib, e.g. `ticker`. Raises `MissingComponent`."""
    return _load(f"matplotlib.{module}", "plots need")


def _load(name: str, needed: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingComponent(
            f"{needed} {name.partition('.')[0]!r}, which cannot be imported ({error}); run: pip install 'hi-moe[evals]'"
        ) from error
