"""Holding a server to a constraint, and not taking its word for it.

A JSON Schema goes into `response_format` as `json_schema` (OpenAI, vLLM) or as `json_object` with a `schema` (the
servers of llama.cpp). A server may take such a field and ignore it, so it is tried out first, with a schema that allows
one answer nobody would give; a server that keeps neither is asked in words. Every answer is validated. One that breaks
a schema which the server was seen to keep is an error; asked for in words, it is passed on as the model gave it, and
whoever asked reads it as no answer.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hierarchy.chat import Completion, JsonConstraint, Message, RegexConstraint, Sampling, Token
from hierarchy.errors import MissingComponent, UsageError
from serving.openai_endpoint.connection import Connection
from serving.openai_endpoint.failures import BadReply
from serving.openai_endpoint.prefill import added
from serving.openai_endpoint.wire import Abilities, checked_reply, request_body
from serving.settings import EndpointSettings

Mode = Literal["json_schema", "json_object", "words"]
_CANARY = {
    "type": "object",
    "properties": {"colour": {"type": "string", "enum": ["heliotrope"]}},
    "required": ["colour"],
    "additionalProperties": False,
}
_CANARY_QUESTION = Message(role="user", content="Answer in one short sentence: how are you?")
_CANARY_TOKENS = 64
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


class Structured:
    """The constraints of one endpoint. How JSON is asked for is found out when it is first wanted."""

    def __init__(self, connection: Connection, endpoint: EndpointSettings, abilities: Abilities) -> None:
        self._connection = connection
        self._endpoint = endpoint
        self._abilities = abilities
        self._mode: Mode | None = None
        self._trying = asyncio.Lock()

    async def ask(
        self, messages: tuple[Message, ...], constraint: JsonConstraint | RegexConstraint
    ) -> tuple[tuple[Message, ...], dict[str, Any]]:
        """(the messages to send, the fields to add to the body).

        Raises UsageError for a schema that is none, MissingComponent without the `jsonschema` package.
        """
        if isinstance(constraint, RegexConstraint):
            return messages, {"structured_outputs": {"regex": constraint.pattern}}
        schema = _schema(constraint)
        mode = await self._settled()
        if mode != "words":
            return messages, response_format(mode, schema)
        wish = f"Answer with one JSON document of this JSON Schema and nothing else: {constraint.schema_text}"
        if messages[-1].role != "assistant":
            return added(messages, wish), {}
        return (*added(messages[:-1], wish), messages[-1]), {}

    def checked(self, completion: Completion, constraint: JsonConstraint | RegexConstraint) -> Completion:
        """The completion without optional white space, if it is what was asked for. Raises BadReply.

        One that was cut off is passed on as it is.
        """
        if completion.finish_reason != "stop":
            return completion
        if isinstance(constraint, RegexConstraint):
            if re.fullmatch(constraint.pattern, completion.text) is None:
                raise BadReply(f"{completion.text[:80]!r}, which does not match {constraint.pattern[:80]!r}")
            return completion
        fenced = _FENCED.match(completion.text)
        text = fenced.group(1) if fenced and self._mode == "words" else completion.text
        try:
            document = json.loads(text)
            _validate(document, _schema(constraint))
        except (ValueError, RecursionError) as error:
            if self._mode == "words":
                return completion
            raise BadReply(
                f"{completion.text[:80]!r}, which is not of the JSON Schema that came with the request ({error})"
            ) from None
        compact = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        tokens = () if fenced else without_space(completion.tokens)
        return completion.model_copy(update={"text": compact, "tokens": tokens})

    async def _settled(self) -> Mode:
        async with self._trying:
            if self._mode is None:
                self._mode = await self._try_out()
            return self._mode

    async def _try_out(self) -> Mode:
        import openai

        modes: tuple[Mode, ...] = ("json_schema", "json_object")
        for mode in modes:
            body = request_body(
                self._endpoint.model, (_CANARY_QUESTION,), Sampling(), self._abilities, limit=_CANARY_TOKENS
            )
            try:
                data = await self._connection.reply(body | response_format(mode, _CANARY), retries=0)
                choices = checked_reply(data).choices
                said = choices[0].message if choices else None
                if json.loads((said and said.content) or "") == {"colour": "heliotrope"}:
                    return mode
            except openai.APIStatusError as error:
                if error.status_code not in (400, 404, 422, 500, 501):
                    raise
            except (ValueError, RecursionError):
                continue
        return "words"


def response_format(mode: Mode, schema: Mapping[str, object]) -> dict[str, Any]:
    """The field that asks for JSON of a schema."""
    if mode == "json_schema":
        return {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": schema, "strict": True},
            }
        }
    return {"response_format": {"type": "json_object", "schema": schema}}


def without_space(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens of a JSON document without the white space between its parts, their alternatives likewise.

    What reads token probabilities (`hierarchy.choice`) knows how a compact document begins.
    """
    kept: list[Token] = []
    inside = escaped = False
    for token in tokens:
        top = tuple((_squeezed(text, inside, escaped)[0], logprob) for text, logprob in token.top)
        text, inside, escaped = _squeezed(token.text, inside, escaped)
        if text or not token.text:
            kept.append(token.model_copy(update={"text": text, "top": top}))
    return tuple(kept)


def _squeezed(text: str, inside: bool, escaped: bool) -> tuple[str, bool, bool]:
    """`text` without white space outside of strings; whether its end is inside a string, and behind a backslash."""
    out: list[str] = []
    for character in text:
        if inside or not character.isspace():
            out.append(character)
        if character == '"' and not escaped:
            inside = not inside
        escaped = inside and character == "\\" and not escaped
    return "".join(out), inside, escaped


def _schema(constraint: JsonConstraint) -> dict[str, Any]:
    try:
        schema = json.loads(constraint.schema_text)
    except ValueError as error:
        raise UsageError(f"the JSON Schema {constraint.schema_text[:80]!r} is no JSON: {error}; correct it") from error
    if not isinstance(schema, dict):
        raise UsageError(f"the JSON Schema {constraint.schema_text[:80]!r} is no object; correct it")
    return schema


def _validate(document: object, schema: dict[str, Any]) -> None:
    """Raises ValueError when the document is not of the schema."""
    try:
        import jsonschema  # type: ignore[import-untyped, unused-ignore]  # its stubs are another distribution
        import referencing
    except ImportError as error:
        raise MissingComponent(
            f"JSON from endpoints is checked with jsonschema ({error}); install it: pip install 'hi-moe[remote]'"
        ) from error
    try:
        checker = jsonschema.validators.validator_for(schema)
        checker.check_schema(schema)
        # With a registry of its own a `$ref` to elsewhere is an error; by default it would be fetched.
        checker(schema, registry=referencing.Registry()).validate(document)
    except jsonschema.ValidationError as error:
        raise ValueError(error.message) from None
    except (jsonschema.SchemaError, referencing.exceptions.Unresolvable) as error:
        raise UsageError(f"the JSON Schema cannot be used: {str(error).splitlines()[0]}; correct it") from None
