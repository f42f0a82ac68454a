"""Read a prompt file and render it into chat turns.

A prompt file is a TOML front matter between two `+++` lines (version, purpose, variables) and sections that
begin with a line `# system`, `# user` or `# assistant`. Each section is a jinja2 template. A last section `assistant`
is a prefill: the engine continues it. Sections are cut before rendering, so a text passed in as a variable can
neither open a turn nor run as a template. The white space around a section is not part of it; a section that must
end with a newline says so with `{{ "\\n" }}`.
"""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Literal, NamedTuple, cast

import jinja2
import jinja2.meta
import jinja2.sandbox

Role = Literal["system", "user", "assistant"]

_FRONT = re.compile(r"\A\+\+\+\n(?P<front>.*?\n)\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^# (system|user|assistant)$", re.MULTILINE)
_KEYS: Mapping[str, type] = {"version": int, "purpose": str, "variables": list}


class PromptError(ValueError):
    """A prompt that does not exist or is malformed, or a variable it lacks or does not know."""


class Turn(NamedTuple):
    """One rendered chat turn."""

    role: Role
    content: str


@dataclass(frozen=True)
class Prompt:
    """A parsed prompt file."""

    name: str
    version: int
    purpose: str
    sha256: str
    """Of the file's bytes: two runs with the same hash were asked in the same words."""
    variables: tuple[str, ...]
    """What `render` needs, no more and no less."""
    _sections: tuple[tuple[Role, jinja2.Template], ...] = field(repr=False, compare=False)

    def render(self, **variables: object) -> tuple[Turn, ...]:
        """Fill the variables in. A section that comes out empty is left out.

        Raises `PromptError` for a missing or unknown variable, or an undefined attribute of one.
        """
        for name in self.variables:
            if name not in variables:
                raise PromptError(f"prompt {self.name!r} needs the variable {name!r}")
        takes = ", ".join(self.variables)
        for name in variables:
            if name not in self.variables:
                raise PromptError(f"prompt {self.name!r} has no variable {name!r}; it takes {takes}")
        try:
            turns = [Turn(role, template.render(variables)) for role, template in self._sections]
        except jinja2.TemplateError as error:
            raise PromptError(f"prompt {self.name!r} cannot be rendered: {error}") from error
        return tuple(turn for turn in turns if turn.content.strip())


def names() -> tuple[str, ...]:
    """The names of all shipped prompts, sorted."""
    files = (entry.name for entry in resources.files("prompts").iterdir())
    return tuple(sorted(name.removesuffix(".md") for name in files if name.endswith(".md")))


@cache
def load(name: str) -> Prompt:
    """Read the shipped prompt `name`. Raises `PromptError` when there is none or it is malformed."""
    known = names()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
        raise PromptError(f"no prompt {name!r}; {hint}")
    return parse(name, resources.files("prompts").joinpath(f"{name}.md").read_bytes())


def parse(name: str, data: bytes) -> Prompt:
    """Make a prompt of the bytes of a prompt file. Raises `PromptError` naming what is wrong with it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PromptError(f"prompt {name!r} is not UTF-8: {error}") from error
    found = _FRONT.match(text.replace("\r\n", "\n"))
    if not found:
        raise PromptError(f"prompt {name!r} does not begin with a front matter between two '+++' lines")
    front = _front_matter(name, found["front"])
    sections = _sections(name, found["body"], front.variables)
    return Prompt(
        name=name,
        version=front.version,
        purpose=front.purpose,
        sha256=hashlib.sha256(data).hexdigest(),
        variables=tuple(front.variables),
        _sections=sections,
    )


class _Front(NamedTuple):
    version: int
    purpose: str
    variables: list[str]


def _front_matter(name: str, text: str) -> _Front:
    try:
        front = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"prompt {name!r} has a broken front matter: {error}") from error
    for key in front:
        if key not in _KEYS:
            raise PromptError(f"prompt {name!r} has an unknown front matter key {key!r}")
    for key, kind in _KEYS.items():
        if type(front.get(key)) is not kind:
            raise PromptError(f"prompt {name!r} needs the front matter key {key!r} as {kind.__name__}")
    if not all(isinstance(variable, str) for variable in front["variables"]):
        raise PromptError(f"prompt {name!r} needs the front matter key 'variables' as a list of names")
    return _Front(**front)


def _sections(name: str, body: str, variables: list[str]) -> tuple[tuple[Role, jinja2.Template], ...]:
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    _, *parts = _HEADING.split(body)
    if not parts:
        raise PromptError(f"prompt {name!r} has no '# system', '# user' or '# assistant' section")
    sources = [(cast(Role, role), source.strip()) for role, source in zip(parts[::2], parts[1::2], strict=True)]
    try:
        used = {variable for _, source in sources for variable in _undeclared(environment, source)}
        sections = tuple((role, environment.from_string(source)) for role, source in sources)
    except jinja2.TemplateSyntaxError as error:
        raise PromptError(f"prompt {name!r} is no valid template: {error}") from error
    if used != set(variables):
        odd = sorted(used ^ set(variables))[0]
        raise PromptError(
            f"prompt {name!r} {'uses' if odd in used else 'declares'} {odd!r} but does not "
            f"{'declare' if odd in used else 'use'} it"
        )
    return sections


def _undeclared(environment: jinja2.Environment, source: str) -> set[str]:
    return jinja2.meta.find_undeclared_variables(environment.parse(source))
