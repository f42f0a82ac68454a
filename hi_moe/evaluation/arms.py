"""One side of an A/B: what `--a` and `--b` may say, as a solver and settings.

An arm is a list of terms with commas between them: the name of a profile (`tiny`), a settings file (`bigger.toml`), an
adapter (`adapter.gguf`), a solver (`solver=direct`), or any setting (`ladder.samples=16`, `models.default=NAME`).
"""

import difflib
from pathlib import Path

from pydantic import Field

from hi_moe.evaluation.solvers import SolverSpec, for_evaluation
from hi_moe.settings import Loaded, Settings, profiles
from hierarchy.base import Frozen
from hierarchy.errors import UsageError


class Arm(Frozen):
    """A solver with what differs in its settings."""

    text: str
    """As it was given."""
    solver: str | None = None
    profile: str | None = None
    config: Path | None = None
    flags: dict[str, str] = Field(default_factory=dict)
    """Settings by their dotted keys."""

    def spec(self, default: str) -> SolverSpec:
        """Its solver, or the default one. Raises `UnknownName`."""
        spec = SolverSpec(name=self.solver or default)
        spec.check(1)
        return spec

    def load(self, profile: str | None, config: Path | None, seed: int | None) -> Loaded:
        """Its settings, over those that both sides have. Raises `SettingsError`."""
        flags: dict[str, object] = {**self.flags, "seed": seed}
        return for_evaluation(Settings.load(self.profile or profile, self.config or config, flags))


def read_arm(text: str) -> Arm:
    """Read what `--a` or `--b` says. Raises `UsageError` that names the term."""
    found: dict[str, object] = {"text": text}
    flags: dict[str, str] = {}
    for term in filter(None, map(str.strip, text.split(","))):
        key, equals, value = term.partition("=")
        named: tuple[str, object]
        if equals and key != "solver":
            flags[key] = value
            continue
        if term.endswith(".gguf") and not equals:
            flags["engine.adapter"] = term
            continue
        if equals:
            named = ("solver", value)
        elif term.endswith(".toml"):
            named = ("config", _file(term))
        else:
            named = ("profile", _profile(term))
        if named[0] in found:
            raise UsageError(f"the arm {text!r} names two of the kind {named[0]!r}; keep one")
        found[named[0]] = named[1]
    if len(found) == 1 and not flags:
        raise UsageError("an arm is empty; name a profile, a .toml file, a .gguf adapter, solver=NAME or KEY=VALUE")
    return Arm.model_validate(found | {"flags": flags})


def _file(term: str) -> Path:
    path = Path(term)
    if not path.is_file():
        raise UsageError(f"there is no settings file {term!r}; check its path")
    return path


def _profile(term: str) -> str:
    known = profiles()
    if term not in known:
        near = difflib.get_close_matches(term, [*known, "solver="], 1)
        hint = f"did you mean {near[0]!r}?" if near else f"profiles are {', '.join(known)}"
        raise UsageError(
            f"{term!r} is no profile, .toml file, .gguf adapter or KEY=VALUE; {hint}; a solver is solver=NAME"
        )
    return term
