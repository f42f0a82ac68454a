"""Weights from the model hub, resumable across processes.

`hf_hub_download` of huggingface_hub 2.4 throws a partial file away when it fails or is killed, so the bytes are fetched
here with a Range request through that library's own session: `HF_ENDPOINT`, `HF_TOKEN`, proxies and its offline
switch keep their meaning. A redirect to another host loses the token (the HTTP client sees to that).
"""

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hierarchy.errors import InfrastructureError
from serving.models.catalogue import HubSource, ModelEntry
from serving.models.fetch import Report, SourceFailed, disk_errors, one_line

if TYPE_CHECKING:
    import httpx2

PROBE_SECONDS = 4.0
"""For the first answer: a machine without a network must learn it quickly."""
READ_SECONDS = 20.0
"""Longest silence in the middle of a transfer."""
IDLE_TRIES = 3
"""Broken transfers in a row that brought nothing, after which the hub is given up."""
CHUNK_BYTES = 1 << 20


def fetch_hub(source: HubSource, entry: ModelEntry, folder: Path, report: Report) -> Path:
    """Download into `folder`, going on where an earlier try stopped. Raises SourceFailed, InfrastructureError."""
    url = _probe(source, entry)
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
                raise SourceFailed(_reason(error)) from error
            report(target.stat().st_size, f"connection lost ({_reason(error)}), going on")
            time.sleep(0.5 * idle)
    return target


def _probe(source: HubSource, entry: ModelEntry) -> str:
    """The file's address, once the hub has said that it has a file of that size."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    endpoint = (os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None
    try:
        url = hf_hub_url(source.repo, source.file, revision=source.revision, endpoint=endpoint)
        found = get_hf_file_metadata(url, timeout=PROBE_SECONDS)
    except Exception as error:  # the library's, the HTTP client's and the resolver's errors share no base
        raise SourceFailed(_reason(error)) from error
    if found.size is not None and found.size != entry.size_bytes:
        raise SourceFailed(f"{source.file!r} has {found.size} bytes there instead of {entry.size_bytes}")
    if found.etag and re.fullmatch("[0-9a-f]{64}", found.etag) and found.etag != entry.sha256:
        raise SourceFailed(f"{source.file!r} has sha256 {found.etag} there instead of {entry.sha256}")
    return url


def _transfer(url: str, entry: ModelEntry, target: Path, report: Report) -> None:
    """One request for what is missing. Raises what the HTTP client raises, SourceFailed, InfrastructureError."""
    from huggingface_hub.utils import build_hf_headers, get_session, hf_raise_for_status

    have = target.stat().st_size
    if have > entry.size_bytes:
        have = 0
    headers = build_hf_headers() | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with get_session().stream("GET", url, headers=headers, timeout=READ_SECONDS) as response:
        hf_raise_for_status(response)
        done = have if response.status_code == 206 else 0
        with disk_errors(target.parent, entry.name):
            os.truncate(target, done)
        report(done, "downloading" if not done else "downloading the rest")
        _save(response, entry, target, report)


def _save(response: "httpx2.Response", entry: ModelEntry, target: Path, report: Report) -> None:
    done = target.stat().st_size
    for chunk in response.iter_bytes(CHUNK_BYTES):
        if done + len(chunk) > entry.size_bytes:
            raise SourceFailed(f"sends more than the {entry.size_bytes} bytes of the file")
        with disk_errors(target.parent, entry.name), target.open("ab", buffering=0) as stream:
            stream.write(chunk)
        done += len(chunk)
        report(done, "downloading")
    if done < entry.size_bytes:
        raise ConnectionError(f"the transfer ended after {done} of {entry.size_bytes} bytes")


def _reason(error: Exception) -> str:
    """One line for people: the HTTP status, or what the network said."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"HTTP {status}" if status is not None else f"{type(error).__name__}: {one_line(error)}"
