"""Errors, named by the boundary that was crossed. Each message says what, why and the next command to type.

The exit codes of `hi-moe` hang on these classes (`docs/cli.md`).
"""


class HiMoeError(Exception):
    """Base of every error meant for a user: `str(error)` is one line."""


class UsageError(HiMoeError):
    """The input is wrong: an argument, a file, a setting."""


class ProblemError(UsageError):
    """A problem that cannot be taken in: empty, not UTF-8, broken JSON, a test for an unknown function."""


class SettingsError(UsageError):
    """A setting or profile that does not exist or has an impossible value."""


class UnknownName(UsageError):
    """A specialist, model, profile or run that does not exist; the message suggests the nearest one."""


class PromptTooLong(UsageError):
    """The prompt does not fit the model's context; the message has both numbers."""

    def __init__(self, prompt_tokens: int, context_tokens: int, model: str) -> None:
        super().__init__(
            f"the prompt has {prompt_tokens} tokens, more than the context of {context_tokens} tokens of {model!r} "
            "leaves room for; shorten the statement or set a larger engine.context_tokens"
        )
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens


class BudgetTooSmall(UsageError):
    """The prompt alone takes all that the budget of tokens allows; the message has both numbers."""


class MissingComponent(HiMoeError):
    """Weights, a compiler, isolation or a library is not there; the message names it and the command that gets it."""


class AdapterNotServed(MissingComponent):
    """The engine does not serve this adapter."""


class InfrastructureError(HiMoeError):
    """Our own machinery failed: disk full, engine crashed, sandbox broken. Never a model's fault."""


class EngineFailed(InfrastructureError):
    """The engine broke while it worked."""


class LedgerError(InfrastructureError):
    """The ledger cannot be opened, written or understood."""
