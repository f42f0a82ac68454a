"""Real answers of the development sets: each is itself in any spelling, and none is another or nearly itself.

Every fifth answer: all of them take minutes (`hi-moe eval validate` compares each with itself).
"""

import json
import random
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from evals.grading.answers import AnswerChecker
from hierarchy.selection.answers import normal_form

pytestmark = pytest.mark.asyncio(loop_scope="module")

_DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
_FRACTION = re.compile(r"(-?)\\d?frac\{(\d+)\}\{(\d+)\}")
_INTEGER = re.compile(r"-?\d+")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def checker() -> AsyncIterator[AnswerChecker]:
    async with AnswerChecker() as checker:
        yield checker


@pytest.fixture(scope="module")
def math500() -> list[str]:
    return _answers("math500_dev.jsonl")


@pytest.fixture(scope="module")
def gsm8k() -> list[str]:
    return [answer.rpartition("####")[2].strip() for answer in _answers("gsm8k_dev.jsonl")]


def _answers(file: str) -> list[str]:
    lines = (_DATA / file).read_text(encoding="utf-8").splitlines()
    return [str(json.loads(line)["answer"]) for line in lines]


async def test_every_answer_is_itself_in_other_spellings(
    checker: AnswerChecker, math500: list[str], gsm8k: list[str]
) -> None:
    refused = [
        (answer, spelling)
        for answer in list(dict.fromkeys(math500 + gsm8k))[::5]
        for spelling in _spellings(answer)
        if not (await checker.equivalent(answer, spelling)).right
    ]
    assert refused == []


async def test_no_answer_is_another_items_answer(checker: AnswerChecker, math500: list[str], gsm8k: list[str]) -> None:
    dice = random.Random(20261121)
    accepted = []
    for answers in (math500, gsm8k):
        pairs = [(dice.choice(answers), dice.choice(answers)) for _ in range(120)]
        for expected, given in pairs:
            if _without_base(expected) == _without_base(given):
                continue  # also 40_9 and 40: the base is left off
            if (await checker.equivalent(expected, given)).right:
                accepted.append((expected, given))
    assert accepted == []


async def test_no_answer_is_nearly_itself(checker: AnswerChecker, math500: list[str]) -> None:
    accepted = [
        (answer, near)
        for answer in list(dict.fromkeys(math500))[::5]
        for near in _near_misses(answer)
        if (await checker.equivalent(answer, near)).right
    ]
    assert accepted == []


def _without_base(answer: str) -> str:
    return normal_form(re.sub(r"_\d+$", "", answer))


def _spellings(answer: str) -> Iterator[str]:
    yield from (f"${answer}$", rf"\boxed{{{answer}}}", f" {answer}. ", rf"\({answer}\)", f"**{answer}**")
    yield answer.replace(r"\frac", r"\dfrac").replace("(", r"\left(").replace(")", r"\right)")
    yield answer.replace(" ", "").replace("-", "\N{MINUS SIGN}")
    if "=" not in answer:
        yield f"x = {answer}"
    if fraction := _FRACTION.fullmatch(answer):
        sign, top, bottom = fraction.groups()
        yield f"{sign}{top}/{bottom}"
        yield rf"\frac{{{sign}{3 * int(top)}}}{{{3 * int(bottom)}}}"
        yield rf"{sign}{top} \cdot \frac{{1}}{{{bottom}}}"
    if _INTEGER.fullmatch(answer):
        yield from (f"{answer}.00", f"{int(answer):,}", rf"{answer}\text{{ apples}}", f"{answer} red apples")
        yield from (rf"\frac{{{2 * int(answer)}}}{{2}}", f"{answer}e0")


def _near_misses(answer: str) -> Iterator[str]:
    for digit in re.finditer(r"\d", answer):
        yield f"{answer[: digit.start()]}{(int(digit[0]) + 1) % 10}{answer[digit.end() :]}"
    for sign in re.finditer("[-+]", answer):
        yield f"{answer[: sign.start()]}{'-' if sign[0] == '+' else '+'}{answer[sign.end() :]}"
    if answer.startswith("("):
        yield from (f"[{answer[1:]}", f"{answer[:-1]}]", rf"\{{{answer[1:-1]}\}}")
    if answer.startswith(r"\begin"):
        yield answer.replace(r"\\", "&")
    if _FRACTION.fullmatch(answer):
        yield _FRACTION.sub(r"\1\\frac{\3}{\2}", answer)
    if _INTEGER.fullmatch(answer) and answer != "0":
        yield from (f"{answer}.1", f"{answer}0", f"{answer}/2")
