"""What a transcript believes: each message in its turn, and no more of them than there can be."""

import json
from typing import Any

import pytest

from sandbox.report import Transcript
from sandbox.request import make_request
from sandbox.types import Call, Limits

LIMITS = Limits(output_bytes=1000)
REQUEST = make_request("", [Call("f"), Call("f")], LIMITS, script=False)


def line(kind: str, **fields: Any) -> bytes:
    return json.dumps({"token": REQUEST["token"], "kind": kind, **fields}).encode() + b"\n"


def case(index: int, **changes: Any) -> bytes:
    head = line("case", **{"index": index, "status": "ok", "cpu_seconds": 0.0, **changes})
    return head[:-1] + b'\t""\t%d\n' % index


STARTED, LOADED, FINISHED = line("started"), line("loaded", cpu_seconds=0.5), line("finished")


def heard(*pieces: bytes) -> Transcript:
    transcript = Transcript(REQUEST, LIMITS)
    for piece in pieces:
        transcript.hear(piece)
    return transcript


def test_a_whole_run() -> None:
    report = heard(STARTED, LOADED, case(0), case(1), FINISHED).report
    assert (report.started, report.loaded, report.finished, report.stopped) == (True, True, True, "")
    assert report.load_cpu_seconds == 0.5
    assert [result.value for result in report.results] == [0, 1]


def test_pieces_may_be_cut_anywhere() -> None:
    text = STARTED + LOADED + case(0) + case(1) + FINISHED
    report = heard(*(text[n : n + 1] for n in range(len(text)))).report
    assert len(report.results) == 2
    assert report.finished


@pytest.mark.parametrize(
    "pieces",
    [
        (STARTED, STARTED),
        (STARTED, LOADED, LOADED),
        (STARTED, LOADED, case(0), case(0)),
        (STARTED, LOADED, case(1)),
        (STARTED, LOADED, case(0), case(1), case(2)),
        (STARTED, LOADED, FINISHED, case(0)),
        (STARTED, FINISHED, FINISHED),
        (STARTED, line("compile_error", detail="a"), line("load_error", detail="b")),
        (STARTED, b"no message\n"),
        (STARTED, line("case", index=0, status="ok", cpu_seconds=1)),
        (STARTED, LOADED, case(0, status="not_run")),
        (STARTED, LOADED, case(0, status="time_limit")),
        (STARTED, LOADED, case(0, cpu_seconds=-1.0)),
        (STARTED, LOADED, case(0).replace(b"0.0", b"1e999")),
        (case(0),),
    ],
)
def test_what_is_not_due_ends_the_run(pieces: tuple[bytes, ...]) -> None:
    transcript = heard(*pieces)
    assert transcript.report.stopped == "broken" or not transcript.report.started
    known = len(transcript.report.results)
    transcript.hear(case(known))
    assert len(transcript.report.results) == known


def test_a_line_without_an_end_is_too_much_output() -> None:
    assert heard(STARTED, b"x" * 100_000).report.stopped == "output_limit"


def test_words_before_the_start_are_kept_as_noise() -> None:
    assert heard(b"bwrap: no\n").report.noise == "bwrap: no\n"


def test_printed_text_is_kept_up_to_the_limit() -> None:
    transcript = heard(STARTED)
    transcript.collect(b"x" * 900)
    assert transcript.report.stdout == b"x" * 900
    transcript.collect(b"x" * 101)
    assert (transcript.report.stopped, len(transcript.report.stdout)) == ("output_limit", 900)
