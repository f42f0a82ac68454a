"""Read a specialist card: one TOML file, versioned, checked to the last key.

```toml
manifest_version = 1
name = "python"
description = "…"          # at most 80 characters: the guided dispatcher's prompt quotes it
[prompts]                  # one prompt file for each kind of answer it can give
function = "solve_function"
[priors]                   # odds before anything is read, as powers of two
function = 3
[keywords]                 # words and phrases that point to it, as powers of two
palindrome = 1
```

`model`, `adapter`, `temperature`, `top_p` and `max_tokens` are optional.
"""

import difflib
import math
import tomllib
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

import prompts.loader
from hierarchy.errors import SettingsError
from hierarchy.specialist import Specialist
from specialists.words import words

MANIFEST_VERSION = 1
"""Of the card format. A card of another version is refused rather than half understood."""


def read_card(file: Traversable | Path) -> Specialist:
    """Make a specialist of a card file.

    Raises `SettingsError`, one line that names the file and the key: unreadable, broken TOML, another
    `manifest_version`, an unknown key, an impossible value, a prompt that does not exist.
    """
    try:
        card = tomllib.loads(file.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"specialist card {str(file)!r} cannot be read: {_one_line(error)}") from error
    version = card.pop("manifest_version", None)
    if type(version) is not int or version != MANIFEST_VERSION:
        raise SettingsError(
            f"specialist card {str(file)!r} has manifest_version {version!r}; "
            f"this release reads manifest_version = {MANIFEST_VERSION}"
        )
    try:
        specialist = Specialist.model_validate(card)
    except ValidationError as error:
        raise SettingsError(f"specialist card {str(file)!r}: {_explain(error)}") from error
    _check(specialist, file)
    return specialist


def _check(specialist: Specialist, file: Traversable | Path) -> None:
    known = prompts.loader.names()
    for task, name in specialist.prompts.items():
        if name not in known:
            raise SettingsError(
                f"specialist card {str(file)!r}: prompts.{task}: no prompt {name!r}{_near(name, known)}"
            )
        takes = prompts.loader.load(name).variables
        if sorted(takes) != ["entry_point", "statement"]:
            raise SettingsError(
                f"specialist card {str(file)!r}: prompts.{task}: {name!r} is no prompt for solving, "
                f"it takes {', '.join(takes)}"
            )
    for task in specialist.priors:
        if task not in specialist.prompts:
            raise SettingsError(f"specialist card {str(file)!r}: priors.{task}: there is no prompts.{task}")
    phrases: dict[tuple[str, ...], str] = {}
    for keyword in specialist.keywords:
        phrase = words(keyword)
        if not phrase:
            raise SettingsError(f"specialist card {str(file)!r}: keywords: {keyword!r} has no letter or digit")
        if phrase in phrases:
            raise SettingsError(
                f"specialist card {str(file)!r}: keywords: {keyword!r} and {phrases[phrase]!r} are the same words; "
                "keep one"
            )
        phrases[phrase] = keyword
    for key, weight in (*specialist.keywords.items(), *specialist.priors.items()):
        if not math.isfinite(weight):
            raise SettingsError(f"specialist card {str(file)!r}: {key}: the weight {weight!r} is not a finite number")


def _explain(error: ValidationError) -> str:
    # A misspelt key is also a missing one: what was written says more than what was not.
    first = sorted(error.errors(), key=lambda each: each["type"] == "missing")[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "extra_forbidden":
        return f"unknown key {key!r}{_near(key, Specialist.model_fields)}"
    if first["type"] == "missing":
        return f"the key {key!r} is missing"
    return f"{key}: {first['msg']}, got {first['input']!r}"


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
