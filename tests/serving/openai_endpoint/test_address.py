"""Where an endpoint may be, and where its key may go."""

import pytest
from pydantic import ValidationError

from serving.openai_endpoint.address import is_clear, is_loopback, tokenize_url
from serving.settings import EndpointSettings


@pytest.mark.parametrize(
    ("url", "loopback", "clear"),
    [
        ("http://127.0.0.1:8000/v1", True, False),
        ("http://127.8.8.8/v1", True, False),
        ("http://[::1]:8000/v1", True, False),
        ("http://localhost/v1", True, False),
        ("http://localhost.example.com/v1", False, True),
        ("http://10.0.0.1/v1", False, True),
        ("https://10.0.0.1/v1", False, False),
    ],
)
def test_a_key_may_be_read_on_the_way_to_another_machine(url: str, loopback: bool, clear: bool) -> None:
    assert is_loopback(url) is loopback
    assert is_clear(url) is clear
    settings = {"base_url": url, "model": "m", "context_tokens": 512, "api_key_env": "KEY"}
    assert EndpointSettings.model_validate(settings | {"plain_http": True}).base_url == url
    assert EndpointSettings.model_validate(settings | {"api_key_env": None}).base_url == url
    if clear:
        with pytest.raises(ValidationError, match="in the clear; use https://"):
            EndpointSettings.model_validate(settings)
    else:
        assert EndpointSettings.model_validate(settings).base_url == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://host/v1", "must be a URL such as"),
        ("127.0.0.1:8000/v1", "must be a URL such as"),
        ("http:///v1", "must be a URL such as"),
        ("http://host:port/v1", "is no URL"),
        ("http://[::1/v1", "is no URL"),
        ("http://me:secret@host/v1", "no user or password"),
        ("http://host/v1?key=1", "no '\\?' or '#'"),
        ("http://host/v1#x", "no '\\?' or '#'"),
        ("http://host/v 1", "without spaces"),
        ("http://höst/v1", "plain ASCII"),
    ],
)
def test_an_address_that_is_none(url: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EndpointSettings(base_url=url, model="m", context_tokens=512)


def test_tokenize_stands_beside_v1() -> None:
    assert (
        tokenize_url("http://h/v1") == tokenize_url("http://h/v1/") == tokenize_url("http://h") == "http://h/tokenize"
    )
    assert EndpointSettings(base_url="http://h/v1/", model="m", context_tokens=512).base_url == "http://h/v1"
