"""matplotlib, loaded by the functions that need it: it takes a second, and it is an extra."""

import importlib
from typing import Any

from hierarchy.errors import MissingComponent


def matplotlib(module: str) -> Any:
    """A module of matplotlib, e.g. `ticker`. Raises `MissingComponent`."""
    try:
        return importlib.import_module(f"matplotlib.{module}")
    except ImportError as error:
        raise MissingComponent(
            f"plots need 'matplotlib', which cannot be imported ({error}); run: pip install 'hi-moe[evals]'"
        ) from error
