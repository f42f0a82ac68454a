"""A file of a dataset on the model hub, through huggingface_hub: its cache, endpoint, token and offline switch."""

import os

from evals.sets.origins import MAX_BYTES, Hub, Origin, one_file
from serving.models.probe import ProbeFailed, probe, reason_of


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
            _check(hub, endpoint)
            found = hf_hub_download(
                hub.repository, hub.file, repo_type="dataset", revision=hub.revision, endpoint=endpoint
            )
        with open(found, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except HubFailed:
        raise
    except ProbeFailed as error:
        raise HubFailed(str(error)) from error
    except Exception as error:  # the library's, the HTTP client's and the disk's errors share no base
        raise HubFailed(reason_of(error)) from error
    if len(data) > MAX_BYTES:
        raise HubFailed(f"{hub.file!r} is larger than {MAX_BYTES >> 20} MiB")
    return one_file(f"hub {hub.repository}@{hub.revision}", hub.file.rpartition("/")[2], data)


def is_cached(hub: Hub) -> bool:
    """Whether the file is in the local cache already."""
    from huggingface_hub import try_to_load_from_cache

    return isinstance(try_to_load_from_cache(hub.repository, hub.file, revision=hub.revision, repo_type="dataset"), str)


def _check(hub: Hub, endpoint: str | None) -> None:
    """Ask whether the file is there and small enough. Raises `ProbeFailed` and `HubFailed`."""
    from huggingface_hub import hf_hub_url

    found = probe(hf_hub_url(hub.repository, hub.file, repo_type="dataset", revision=hub.revision, endpoint=endpoint))
    if found.size is not None and found.size > MAX_BYTES:
        raise HubFailed(f"{hub.file!r} has {found.size} bytes there, more than {MAX_BYTES >> 20} MiB")
