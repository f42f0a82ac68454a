"""Keeps secrets out of what is written down: passwords in URLs, and values whose key says that they are secret."""

import re

HIDDEN = "***"

_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/?#]*):(\S*)@")
_QUERY_PASSWORD = re.compile(r"(?i)([?&;\s](?:password|passwd|token|api_key)=)[^&\s'\"]+")
_SECRET_KEY = re.compile(r"(?i)(?:^|_)(?:password|passwd|secret|token|api_?key)$")


def redact_text(text: str) -> str:
    """`text` with the password of every URL in it replaced by `***`."""
    return _QUERY_PASSWORD.sub(rf"\1{HIDDEN}", _URL_PASSWORD.sub(rf"\1:{HIDDEN}@", text))


def redact(data: object, key: str = "") -> object:
    """JSON-ready `data` in which URL passwords, and texts under keys such as `api_key`, are replaced by `***`."""
    if isinstance(data, dict):
        return {name: redact(item, str(name)) for name, item in data.items()}
    if isinstance(data, list | tuple):
        return [redact(item, key) for item in data]
    if isinstance(data, str):
        return HIDDEN if data and _SECRET_KEY.search(key) else redact_text(data)
    return data
