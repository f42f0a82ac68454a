"""A server with the OpenAI wire as a `ChatModel`."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import Any

from hierarchy.chat import ChatRequest, Completion, Message, ModelCard, Sampling
from hierarchy.errors import AdapterNotServed, EngineFailed, MissingComponent, PromptTooLong
from serving.openai_endpoint.abilities import discover
from serving.openai_endpoint.connection import Connection
from serving.openai_endpoint.counting import TokenCounter
from serving.openai_endpoint.failures import Failures, room_left
from serving.openai_endpoint.generation import EndpointGeneration
from serving.openai_endpoint.prefill import asked_in_words
from serving.openai_endpoint.reading import Reading
from serving.openai_endpoint.structured import Structured
from serving.openai_endpoint.wire import MAX_STOPS, Abilities, request_body, streamed
from serving.settings import EndpointSettings


class OpenAIEndpoint:
    """Serves one model of one server. Made by `open`; `aclose` cancels what is under way and closes the connections.

    What the server does not take is done without: see `wire.OPTIONAL`, `prefill`, `structured`. Completions have tokens
    with log-probabilities where the server gives them.
    """

    def __init__(
        self,
        card: ModelCard,
        endpoint: EndpointSettings,
        abilities: Abilities,
        connection: Connection,
        counter: TokenCounter,
        failures: Failures,
    ) -> None:
        self._card = card
        self._endpoint = endpoint
        self._abilities = abilities
        self._connection = connection
        self._counter = counter
        self._failures = failures
        self._structured = Structured(connection, endpoint, abilities)
        self._places = asyncio.Semaphore(endpoint.max_concurrency)
        self._open: list[EndpointGeneration] = []
        self._closed = False

    @classmethod
    async def open(
        cls, name: str, endpoint: EndpointSettings, environ: Mapping[str, str] = os.environ
    ) -> "OpenAIEndpoint":
        """Reach the server, see that the key and the model are right, and find out what it understands.

        Raises MissingComponent (no `openai` package, no key, a refused one), UnknownName (no such model), SettingsError
        (a redirect), EngineFailed (no server, or nonsense from it).
        """
        key = endpoint_key(name, endpoint, environ)
        failures = Failures(name, endpoint, key)
        connection = Connection(endpoint, key)
        counter = TokenCounter(endpoint, key)
        try:
            bound = await asyncio.to_thread(counter.probe)
            async with asyncio.timeout(endpoint.timeout_seconds):
                abilities = await discover(connection, endpoint)
        except BaseException as error:
            counter.close()
            await connection.aclose()
            if not isinstance(error, Exception):
                raise
            raise failures.as_ours(error) from None
        context_tokens = min(endpoint.context_tokens, bound or endpoint.context_tokens)
        card = ModelCard(name=name, sha256="", context_tokens=context_tokens)
        return cls(card, endpoint, abilities, connection, counter, failures)

    @property
    def card(self) -> ModelCard:
        """What is served; the weights are the server's, so there is no sha256."""
        return self._card

    @property
    def abilities(self) -> Abilities:
        """What the server was found to understand."""
        return self._abilities

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length: vLLM's own count, else the estimate of `counting`. May block for a round trip."""
        if self._closed:
            raise EngineFailed(f"the endpoint {self._card.name!r} is closed")
        return self._counter.count(self._worded(messages)[0])

    def generate(self, request: ChatRequest) -> EndpointGeneration:
        """Begin to sample; needs a running event loop.

        Raises `PromptTooLong`, by the count of `count_tokens`; `AdapterNotServed`, as an adapter on a server is a model
        of its own there; EngineFailed after `aclose`. Iterating raises EngineFailed for what the server does wrong,
        PromptTooLong where it is the one to notice, UsageError for an impossible constraint.
        """
        name, context_tokens = self._card.name, self._card.context_tokens
        if request.adapter is not None:
            raise AdapterNotServed(
                f"the endpoint {name!r} cannot switch to the adapter {request.adapter!r}; if its server has that, "
                f"declare an endpoint whose model is the adapter's name there: [models.endpoints.{request.adapter}]"
            )
        prompt_tokens = self.count_tokens(request.messages)
        room = context_tokens - prompt_tokens
        if room < 1:
            raise PromptTooLong(prompt_tokens, context_tokens, name)
        messages, opening = self._worded(request.messages)
        readings = [
            Reading(index, sampling, min(sampling.max_tokens, room), opening)
            for index, sampling in enumerate(request.samples)
        ]

        async def ask(reading: Reading) -> Completion:
            sampling = request.samples[reading.index]
            try:
                async with asyncio.timeout(self._endpoint.timeout_seconds):
                    return await self._sample(messages, sampling, reading, min(sampling.max_tokens, room), opening)
            except Exception as error:
                raise self._failures.as_ours(error, prompt_tokens) from None

        generation = EndpointGeneration(readings, ask, self._places, prompt_tokens)
        self._open = [earlier for earlier in self._open if not earlier.over] + [generation]
        return generation

    async def _sample(
        self, messages: tuple[Message, ...], sampling: Sampling, reading: Reading, limit: int, opening: str
    ) -> Completion:
        fields: dict[str, Any] = {}
        if sampling.constraint is not None:
            messages, fields = await self._structured.ask(messages, sampling.constraint)
        elif sampling.stop and not opening:
            fields = {"stop": list(sampling.stop[:MAX_STOPS])}
        body = streamed(
            request_body(self._endpoint.model, messages, sampling, self._abilities, limit=limit), self._abilities
        )
        try:
            await self._read(body | fields, reading)
        except Exception as error:
            # Where prompts are only estimated, a completion may have been asked for that does not fit.
            room = room_left(error)
            if room is None or not 0 < room < limit:
                raise
            await self._read(body | fields | {self._abilities.limit_field: room}, reading)
        completion = reading.finish()
        if sampling.constraint is None:
            return completion
        return self._structured.checked(completion, sampling.constraint)

    async def _read(self, body: dict[str, Any], reading: Reading) -> None:
        async with self._connection.events(body) as events:
            async for data in events:
                reading.take(data)
                if reading.stopped:
                    break

    def _worded(self, messages: Sequence[Message]) -> tuple[tuple[Message, ...], str]:
        return (tuple(messages), "") if self._abilities.continues else asked_in_words(messages)

    async def aclose(self) -> None:
        """Cancel everything and close the connections; harmless when it is done already."""
        self._closed = True
        for generation in self._open:
            await generation.cancel()
        self._counter.close()
        await self._connection.aclose()


def endpoint_key(name: str, endpoint: EndpointSettings, environ: Mapping[str, str] = os.environ) -> str | None:
    """The key, from the environment. Raises MissingComponent when its variable is not set or holds no key."""
    variable = endpoint.api_key_env
    if variable is None:
        return None
    key = environ.get(variable, "").strip()
    if not key:
        raise MissingComponent(
            f"the key of the endpoint {name!r} is not here: the environment variable {variable!r} is not set; "
            f"export {variable}=..."
        )
    if not key.isascii() or not key.isprintable():
        raise MissingComponent(
            f"the environment variable {variable!r} holds no key (it has characters that no header may have); "
            f"export {variable}=..."
        )
    return key
