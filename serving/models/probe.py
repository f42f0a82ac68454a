"""The first question to the model hub: is the file there? Answered quickly also on a machine without a network."""

from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from serving.models.fetch import one_line

if TYPE_CHECKING:
    from huggingface_hub import HfFileMetadata

PROBE_SECONDS = 4.0
"""For the answer; huggingface_hub 2.4 alone tries for 23 s where there is no network."""


class ProbeFailed(Exception):
    """The hub did not say that it has the file, for the one-line reason given."""


def probe(url: str) -> "HfFileMetadata":
    """What the hub says of the file at `url`. Raises `ProbeFailed`, after `PROBE_SECONDS` at the latest.

    In a thread of its own: no timeout of the HTTP client bounds the resolver, or the number of addresses tried.
    """
    from huggingface_hub import get_hf_file_metadata

    answers: SimpleQueue[HfFileMetadata | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(get_hf_file_metadata(url, timeout=PROBE_SECONDS + 1))
        except Exception as error:  # the library's, the HTTP client's and the resolver's errors share no base
            answers.put(error)

    Thread(target=ask, daemon=True, name="hub-probe").start()
    try:
        answer = answers.get(timeout=PROBE_SECONDS)
    except Empty:
        raise ProbeFailed(f"no answer within {PROBE_SECONDS:g} s") from None
    if isinstance(answer, Exception):
        raise ProbeFailed(reason_of(answer)) from answer
    return answer


def reason_of(error: Exception) -> str:
    """One line on what the library, the HTTP client or the resolver said."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"HTTP {status}" if status is not None else f"{type(error).__name__}: {one_line(error)}"
