"""scipy and numpy, loaded by the functions that need them: they take a second, and they are an extra."""

import importlib
from typing import Any

from hierarchy.errors import MissingComponent


def numpy() -> Any:
    """The module `numpy`. Raises `MissingComponent`."""
    return _load("numpy")


def scipy_stats() -> Any:
    """The module `scipy.stats`. Raises `MissingComponent`."""
    return _load("scipy.stats")


def _load(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingComponent(
            f"statistics need {name.partition('.')[0]!r}, which cannot be imported ({error}); "
            "run: pip install 'hi-moe[evals]'"
        ) from error
