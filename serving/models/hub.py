"""Weights from the model hub, resumable across processes.

`hf_hub_download` of huggingface_hub 2.4 throws a partial file away when it fails or is killed, so the bytes are fetched
here with a Range request through that library's own session: `HF_ENDPOINT`, `HF_TOKEN`, proxies and its offline
switch keep their meaning. A redirect to another host loses the token (the HTTP client sees to that).
"""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from hierarchy.errors import InfrastructureError
from serving.models.catalogue import HubSource, ModelEntry
from serving.models.fetch import Report, SourceFailed, disk_errors
from serving.models.probe import ProbeFailed, probe, reason_of

READ_SECONDS = 20.0
"""Longest silence in the middle of a transfer."""
IDLE_TRIES = 3
"""Broken transfers in a row that brought nothing, after which the hub is given up."""


def fetch_hub(source: HubSource, entry: ModelEntry, folder: Path, report: Report) -> Path:
    """Download into `folder`, going on where an earlier try stopped. Raises SourceFailed, InfrastructureError."""
    url = _url(source, entry)
    target = folder / "hub.part"
    with disk_errors(folder, entry.name):
        target.touch()
    idle = 0
    while (have := target.stat().st_size) != entry.size_bytes:
        try:
            _transfer(url, entry, target, report)
        except (SourceFailed, InfrastructureError):
            raise
        except Exception as error:  # whatever the HTTP client raises: another try, or this source's failure
            idle = 0 if target.stat().st_size > have else idle + 1
            if idle >= IDLE_TRIES:
                raise SourceFailed(reason_of(error)) from error
            report(target.stat().st_size, f"connection lost ({reason_of(error)}), going on")
            time.sleep(0.5 * idle)
    return target


def _url(source: HubSource, entry: ModelEntry) -> str:
    """The file's address, once the hub has said that it has that very file."""
    from huggingface_hub import hf_hub_url

    endpoint = (os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None
    url = hf_hub_url(source.repo, source.file, revision=source.revision, endpoint=endpoint)
    try:
        found = probe(url)
    except ProbeFailed as error:
        raise SourceFailed(str(error)) from error
    if found.size is not None and found.size != entry.size_bytes:
        raise SourceFailed(f"{source.file!r} has {found.size} bytes there instead of {entry.size_bytes}")
    if found.etag and re.fullmatch("[0-9a-f]{64}", found.etag) and found.etag != entry.sha256:
        raise SourceFailed(f"{source.file!r} has sha256 {found.etag} there instead of {entry.sha256}")
    return url


def _transfer(url: str, entry: ModelEntry, target: Path, report: Report) -> None:
    """One request for what is missing. Raises what the HTTP client raises, SourceFailed, InfrastructureError."""
    from huggingface_hub import get_session, hf_raise_for_status
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

    have = target.stat().st_size
    if have > entry.size_bytes:
        have = 0
    headers = build_hf_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with get_session().stream("GET", url, headers=headers, timeout=READ_SECONDS) as response:
        hf_raise_for_status(response)
        # A server that ignores the range sends the file from its first byte.
        done = have if response.status_code == 206 else 0
        with disk_errors(target.parent, entry.name):
            os.truncate(target, done)
        # As they arrive: chunks of a fixed size would be lost with the connection before they are full.
        _save(response.iter_bytes(), done, entry, target, report)


def _save(chunks: Iterator[bytes], done: int, entry: ModelEntry, target: Path, report: Report) -> None:
    with disk_errors(target.parent, entry.name):
        stream = target.open("ab", buffering=0)
    with stream:
        report(done, "downloading")
        for chunk in chunks:
            if done + len(chunk) > entry.size_bytes:
                raise SourceFailed(f"sends more than the {entry.size_bytes} bytes of the file")
            with disk_errors(target.parent, entry.name):
                done += _write(stream.fileno(), chunk)
            report(done, "downloading")
    if done < entry.size_bytes:
        raise ConnectionError(f"the transfer ended after {done} of {entry.size_bytes} bytes")


def _write(handle: int, chunk: bytes) -> int:
    view = memoryview(chunk)
    while view:
        view = view[os.write(handle, view) :]
    return len(chunk)
