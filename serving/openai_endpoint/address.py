"""Where an endpoint is, and whether its key may be sent there."""

import ipaddress
from urllib.parse import SplitResult, urlsplit


def checked_address(base_url: str) -> SplitResult:
    """The parts of a base URL. Raises ValueError, in words for the settings, when it is none that may be used."""
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("must be a URL such as http://127.0.0.1:8000/v1")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must hold no user or password; name the variable of the key in api_key_env")
    if parts.query or parts.fragment:
        raise ValueError("must have no '?' or '#' part")
    if not base_url.isascii() or any(character.isspace() for character in base_url):
        raise ValueError("must be plain ASCII without spaces")
    return parts


def is_loopback(base_url: str) -> bool:
    """Whether the address is this machine, as far as its text says; names other than `localhost` are not looked up."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_clear(base_url: str) -> bool:
    """Whether a key sent there could be read on the way: plain HTTP to another machine."""
    return urlsplit(base_url).scheme == "http" and not is_loopback(base_url)


def tokenize_url(base_url: str) -> str:
    """vLLM's `/tokenize`, which stands beside `/v1`, not in it."""
    return base_url.rstrip("/").removesuffix("/v1") + "/tokenize"
