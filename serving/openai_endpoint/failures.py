"""What went wrong at an endpoint, as an error of ours: one line with the endpoint, the cause and what to do.

Infrastructure (`EngineFailed`): no server, silence, 429 and 5xx after the retries, a broken or nonsensical reply. The
user's to mend: a key that is refused (`MissingComponent`), a model or a path that is not there (`UnknownName`), a
redirect (`SettingsError`), a prompt beyond the context (`PromptTooLong`).
"""

import re
from dataclasses import dataclass

from hierarchy.errors import (
    EngineFailed,
    HiMoeError,
    MissingComponent,
    PromptTooLong,
    SettingsError,
    UnknownName,
)
from serving.openai_endpoint.connection import ReplyTooLong
from serving.settings import EndpointSettings

_CONTEXT = re.compile(r"context[ _](?:length|window|size)|maximum (?:model|input|prompt) length", re.IGNORECASE)
_LIMIT = re.compile(r"(?:context length|context window|context size)\D{0,20}(\d+)", re.IGNORECASE)
_PROMPT = re.compile(
    r"\((\d+) in the messages|(\d+) input tokens|at least (\d+) input|Requested tokens \((\d+)\)"
    r"|request \((\d+) tokens\)"
)
_SHOWN = 200
_REFUSED = (400, 404, 413, 422, 500, 501)


class BadReply(Exception):
    """A reply that is not of the wire's form; the message says what."""


@dataclass(frozen=True)
class Failures:
    """Explains the errors of one endpoint. `key`, which a server may repeat, never appears."""

    name: str
    endpoint: EndpointSettings
    key: str | None = None

    def as_ours(self, error: BaseException, prompt_tokens: int = 0) -> HiMoeError:
        """The error to raise. `prompt_tokens`: of the request, as we count them."""
        import openai

        if isinstance(error, HiMoeError):
            return error
        where = f"the endpoint {self.name!r} ({self.endpoint.base_url})"
        if isinstance(error, openai.APITimeoutError | TimeoutError):
            return EngineFailed(
                f"{where} did not answer within {self.endpoint.timeout_seconds:g} s; try again, or raise "
                f"models.endpoints.{self.name}.timeout_seconds"
            )
        if isinstance(error, openai.APIStatusError):
            return self._status(error, where, prompt_tokens)
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__
            text = self.shown(str(cause) or type(cause).__name__ if cause else error.message)
            return EngineFailed(
                f"{where} cannot be reached or broke off: {text}; is it up? curl {self.endpoint.base_url}/models"
            )
        if isinstance(error, openai.APIError):
            said = self.said(error)
            return self._too_long(said, prompt_tokens) or EngineFailed(f"{where} failed: {said}; look at its log")
        if isinstance(error, ReplyTooLong | BadReply | ValueError | RecursionError):
            text = str(error) if isinstance(error, ReplyTooLong | BadReply) else f"no JSON ({error})"
            return EngineFailed(f"{where} sent nonsense: {self.shown(text)}; is it an OpenAI-compatible server?")
        return EngineFailed(f"{where} failed: {self.shown(repr(error))}")

    def _status(self, error: object, where: str, prompt_tokens: int) -> HiMoeError:
        import openai

        assert isinstance(error, openai.APIStatusError)
        status, said = error.status_code, self.said(error)
        if status < 400:
            target = self.shown(error.response.headers.get("location", "nowhere"))
            return SettingsError(
                f"{where} redirects to {target}, and redirects are not followed; set "
                f"models.endpoints.{self.name}.base_url to where the server is"
            )
        if status in (401, 403):
            variable = self.endpoint.api_key_env
            mend = f"check the key in ${variable}" if variable else f"set models.endpoints.{self.name}.api_key_env"
            return MissingComponent(f"{where} refuses us ({status}: {said}); {mend}")
        if status == 404 or (status == 400 and "model_not_found" in (error.code, error.type)):
            return UnknownName(
                f"{where} has no model {self.endpoint.model!r}, or base_url lacks its /v1 ({status}: {said}); names it "
                f"serves: curl {self.endpoint.base_url}/models"
            )
        if status in (400, 413, 422, 500) and (too_long := self._too_long(said, prompt_tokens)):
            return too_long
        tried = f" after {self.endpoint.retries} retries" if status in (408, 409, 429) or status >= 500 else ""
        return EngineFailed(f"{where} answered {status}{tried}: {said}; look at its log")

    def _too_long(self, said: str, prompt_tokens: int) -> PromptTooLong | None:
        if not _CONTEXT.search(said):
            return None
        limit, prompt = context_numbers(said)
        return PromptTooLong(
            prompt or prompt_tokens, min(limit or self.endpoint.context_tokens, self.endpoint.context_tokens), self.name
        )

    def said(self, error: object) -> str:
        """What the server said, in one bounded line."""
        body = getattr(error, "body", None)
        if isinstance(body, dict):
            inner = body.get("message", body.get("detail", body))
            return self.shown(inner if isinstance(inner, str) else repr(inner))
        return self.shown(body if isinstance(body, str) else getattr(error, "message", ""))

    def shown(self, text: object) -> str:
        """Text of a server, made fit for one line of ours: bounded, printable, without the key."""
        whole = str(text)
        if self.key:
            whole = whole.replace(self.key, "***")
        line = " ".join(whole[: 10 * _SHOWN].split())
        line = "".join(character if character.isprintable() else "?" for character in line)
        return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


def context_numbers(said: str) -> tuple[int | None, int | None]:
    """(context, prompt) in tokens as a server's refusal states them, each None where it does not."""
    limit, prompt = _LIMIT.search(said), _PROMPT.search(said)
    found = next((int(group) for group in prompt.groups() if group), None) if prompt else None
    return (int(limit.group(1)) if limit else None), found


def room_left(error: object) -> int | None:
    """How long a completion could be, in tokens, where a server refuses a request for its length and says both the
    context and the prompt; None for any other error."""
    import openai

    if not isinstance(error, openai.APIStatusError) or error.status_code not in (400, 422):
        return None
    said = error.message[:20_000]
    limit, prompt = context_numbers(said)
    return None if limit is None or prompt is None or not _CONTEXT.search(said) else limit - prompt


def refused_fields(error: object, fields: frozenset[str]) -> frozenset[str]:
    """Which of the optional `fields` of a request a server's refusal names; all of them when it names none but says
    that the request's form is wrong."""
    import openai

    if not isinstance(error, openai.APIStatusError) or error.status_code not in _REFUSED:
        return frozenset()
    said = f"{error.param or ''} {error.message} {error.body!r}"[:20_000]
    named = frozenset(field for field in fields if re.search(rf"\b{field}\b", said))
    if not named and "logprob" in said.lower():
        named = fields & {"logprobs", "top_logprobs"}
    if not named and error.status_code in (400, 422) and not _CONTEXT.search(said):
        named = fields
    return named
