"""The base of every domain type: frozen, and strict about unknown fields."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from sandbox.values import decode, encode


class Frozen(BaseModel):
    """An immutable pydantic model that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Value = Annotated[object, BeforeValidator(decode), PlainSerializer(encode, when_used="json")]
"""Any plain Python value; in JSON it is typed JSON (`sandbox.values`), so tuples and sets survive."""
