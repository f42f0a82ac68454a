"""What a language must tell: how its programs are checked, run and bounded, and what their messages mean."""

from typing import Protocol

from sandbox.languages.bounds import Bound
from sandbox.languages.cpp import Cpp
from sandbox.languages.javascript import JavaScript
from sandbox.types import Limits, Program


class Language(Protocol):
    """One language, for one program."""

    @property
    def name(self) -> str:
        """As a user calls it."""
        ...

    @property
    def source_name(self) -> str:
        """File name of the source."""
        ...

    @property
    def artefact(self) -> str:
        """File that the compiler makes; empty when the source itself is run."""
        ...

    @property
    def program_name(self) -> str:
        """File name of what is run."""
        ...

    @property
    def memory_words(self) -> tuple[str, ...]:
        """What a program says on its standard error when it gets no more memory."""
        ...

    def compile_command(self) -> list[str]:
        """Arguments of the compiler, or of what checks the syntax."""
        ...

    def accept(self, said: str) -> None:
        """Take what the compiler said of a program that is right; what is run may depend on it."""
        ...

    def compiler_bounds(self, limits: Limits) -> list[Bound]:
        """Bounds of each of its processes."""
        ...

    def run_command(self, limits: Limits) -> list[str]:
        """Arguments of one run."""
        ...

    def run_bounds(self, limits: Limits) -> list[Bound]:
        """Bounds of one run."""
        ...

    def first_error(self, said: str) -> str:
        """The first error in what a failed compiler said, without a path of this machine."""
        ...

    def too_large(self, program: bytes, limits: Limits) -> bool:
        """Whether the program cannot even be loaded within its memory limit."""
        ...

    def describe(self, code: int, said: str) -> tuple[str, str]:
        """Error type and message of a run that ended with exit code `code` and said `said` on its standard error."""
        ...


def language_of(program: Program) -> Language:
    """The language of a program that is not Python. Raises `ToolchainMissing`."""
    return Cpp() if program.language == "cpp" else JavaScript()
