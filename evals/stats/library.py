"""scipy, loaded by the functions that need it: it takes a second, and it is an extra."""

import importlib
from typing import Any

from hierarchy.errors import MissingComponent


def scipy_stats() -> Any:
    """The module `scipy.stats`. Raises `MissingComponent`."""
    try:
        return importlib.import_module("scipy.stats")
    except ImportError as error:
        raise MissingComponent(
            f"statistics need 'scipy', which cannot be imported ({error}); run: pip install 'hi-moe[evals]'"
        ) from error
