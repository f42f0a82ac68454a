"""What a server understands, found out with a few requests of one token when it is opened.

A server that refuses a field of `wire.OPTIONAL` is asked without it from then on. Whether it continues a beginning is
seen in the prompt's length: told to continue, the chat template ends where the beginning ends, and is shorter than with
the end of that message and the header of the next.
"""

from dataclasses import replace

from hierarchy.chat import Message, Sampling
from serving.openai_endpoint.connection import Connection
from serving.openai_endpoint.failures import refused_fields
from serving.openai_endpoint.wire import Abilities, Reply, checked_reply, continuing, request_body, streamed
from serving.settings import EndpointSettings

_ASKED = Message(role="user", content="Count to five.")
_BEGUN = Message(role="assistant", content="One, two, three,")


async def discover(connection: Connection, endpoint: EndpointSettings) -> Abilities:
    """Ask the server. Raises what `Connection.reply` raises when it cannot be talked to at all."""
    abilities = await _streams(connection, endpoint, await _fields(connection, endpoint))
    if endpoint.continues_prefill is not None:
        return replace(abilities, continues=endpoint.continues_prefill)
    return replace(abilities, continues=await _continues(connection, endpoint, abilities))


async def _fields(connection: Connection, endpoint: EndpointSettings) -> Abilities:
    import openai

    abilities = Abilities()
    while True:  # each turn has less to refuse
        try:
            await _one_token(connection, endpoint, abilities, (_ASKED,))
            return abilities
        except openai.APIStatusError as error:
            if "max_completion_tokens" in error.message and abilities.limit_field == "max_tokens":
                abilities = replace(abilities, limit_field="max_completion_tokens")
                continue
            refused = refused_fields(error, abilities.fields)
            if not refused:
                raise
            abilities = replace(abilities, fields=abilities.fields - refused)


async def _streams(connection: Connection, endpoint: EndpointSettings, abilities: Abilities) -> Abilities:
    """The same in chunks, where `stream_options` may be refused."""
    import openai

    body = request_body(endpoint.model, (_ASKED,), Sampling(), abilities, limit=1)
    try:
        async with connection.events(streamed(body, abilities)) as events:
            async for data in events:
                checked_reply(data)
    except openai.APIStatusError as error:
        if not refused_fields(error, frozenset({"stream_options"})):
            raise
        return replace(abilities, fields=abilities.fields - {"stream_options"})
    return abilities


async def _continues(connection: Connection, endpoint: EndpointSettings, abilities: Abilities) -> bool:
    import openai

    lengths: list[int] = []
    for told in (True, False):
        try:
            reply = await _one_token(connection, endpoint, abilities, (_ASKED, _BEGUN), continues=told)
        except openai.APIStatusError:
            return False
        if reply.usage is None or not reply.usage.prompt_tokens:
            return False
        lengths.append(reply.usage.prompt_tokens)
    return lengths[0] < lengths[1]


async def _one_token(
    connection: Connection,
    endpoint: EndpointSettings,
    abilities: Abilities,
    messages: tuple[Message, ...],
    *,
    continues: bool = False,
) -> Reply:
    body = request_body(endpoint.model, messages, Sampling(), abilities, limit=1)
    if not continues:
        for field in continuing():
            body.pop(field, None)
    return checked_reply(await connection.reply(body))
