"""A file of a dataset on the model hub, through huggingface_hub: its cache, endpoint, token and offline switch."""

import os
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from evals.sets.origins import MAX_BYTES, Hub, Origin, one_file

if TYPE_CHECKING:
    from huggingface_hub import HfFileMetadata

PROBE_SECONDS = 4.0
"""For the first answer: a machine without a network must learn it quickly (huggingface_hub 2.4 tries for 23 s)."""


class HubFailed(Exception):
    """The hub could not deliver, for the one-line reason given."""


def fetch(hub: Hub) -> Origin:
    """Read a file from the hub's local cache, or download it. Raises `HubFailed`."""
    from huggingface_hub import hf_hub_download

    endpoint = (os.environ.get("HF_ENDPOINT") or "").rstrip("/") or None
    try:
        try:
            found = hf_hub_download(
                hub.repository, hub.file, repo_type="dataset", revision=hub.revision, local_files_only=True
            )
        except FileNotFoundError:
            _probe(hub, endpoint)
            found = hf_hub_download(
                hub.repository, hub.file, repo_type="dataset", revision=hub.revision, endpoint=endpoint
            )
        with open(found, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except HubFailed:
        raise
    except Exception as error:  # the library's, the HTTP client's and the disk's errors share no base
        raise HubFailed(_reason(error)) from error
    if len(data) > MAX_BYTES:
        raise HubFailed(f"{hub.file!r} is larger than {MAX_BYTES >> 20} MiB")
    return one_file(f"hub {hub.repository}@{hub.revision}", hub.file.rpartition("/")[2], data)


def is_cached(hub: Hub) -> bool:
    """Whether the file is in the local cache already."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(hub.repository, hub.file, revision=hub.revision, repo_type="dataset"), str)


def _probe(hub: Hub, endpoint: str | None) -> None:
    """Ask whether the file is there and small enough.

    In a thread of its own: no timeout of the HTTP client bounds the resolver, or the number of addresses tried.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    url = hf_hub_url(hub.repository, hub.file, repo_type="dataset", revision=hub.revision, endpoint=endpoint)
    answers: SimpleQueue[HfFileMetadata | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(get_hf_file_metadata(url, timeout=PROBE_SECONDS + 1))
        except Exception as error:
            answers.put(error)

    Thread(target=ask, daemon=True, name="hub-probe").start()
    try:
        answer = answers.get(timeout=PROBE_SECONDS)
    except Empty:
        raise HubFailed(f"no answer within {PROBE_SECONDS:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    if answer.size is not None and answer.size > MAX_BYTES:
        raise HubFailed(f"{hub.file!r} has {answer.size} bytes there, more than {MAX_BYTES >> 20} MiB")


def _reason(error: Exception) -> str:
    status = getattr(getattr(error, "response", None), "status_code", None)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (
        f"HTTP {status}" if status is not None else f"{type(error).__name__}: {(lines or ['?'])[0][:200].rstrip('.')}"
    )
