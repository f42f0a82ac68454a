"""Secrets are recognised by their key or their place in a URL; everything else stays as it is."""

import pytest

from hierarchy.ledger.redact import redact, redact_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:pw@db/x", "postgresql://me:***@db/x"),
        ("postgresql://me:p@w:/@db/x", "postgresql://me:***@db/x"),
        ("https://me@host/", "https://me@host/"),
        (
            "postgresql://db/x?user=me&password=pw&sslmode=require",
            "postgresql://db/x?user=me&password=***&sslmode=require",
        ),
        ("connection failed: user=me password=pw host=db", "connection failed: user=me password=*** host=db"),
        ("https://host:8000/v1", "https://host:8000/v1"),
    ],
)
def test_passwords_in_texts(text: str, shown: str) -> None:
    assert redact_text(text) == shown


def test_values_by_key() -> None:
    data = {"api_key": "k", "hub_token": "t", "max_tokens": 5, "token": "", "urls": ["a://u:p@h", 1], "password": None}
    assert redact(data) == {**data, "api_key": "***", "hub_token": "***", "urls": ["a://u:***@h", 1]}
    assert redact({"secret": ("a", "b")}) == {"secret": ["***", "***"]}
