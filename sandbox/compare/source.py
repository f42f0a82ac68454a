"""Parsing source that nobody here wrote."""

import ast
import warnings

MAX_CHARACTERS = 20_000


class Unparsable(ValueError):
    """The text is no Python, is too long or is nested absurdly; the message says which."""


def parse(source: str) -> list[ast.stmt]:
    """The statements of `source`, without warnings about its style. Raises `Unparsable`."""
    if len(source) > MAX_CHARACTERS:
        raise Unparsable(f"more than {MAX_CHARACTERS} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source).body
    except SyntaxError as error:
        raise Unparsable(error.msg) from error
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, lone surrogates, nesting
        raise Unparsable(str(error) or type(error).__name__) from error
