"""Variants of a program's sample input: numbers and words changed, the shape of the text kept."""

import random
import re
from collections.abc import Sequence

_NUMBER = re.compile(r"^-?\d{1,18}$")
_ROUNDS = 40


def stdin_variants(samples: Sequence[str], n: int, rng: random.Random) -> list[str]:
    """Up to `n` texts with the line and token structure of the samples, none of them a sample.

    A number that counts something (the tokens of a line, the lines that follow) is left as it is, and so is the
    first number of the text unless it is the only one: breaking a count makes an input invalid, and what programs do
    with invalid input says nothing about them.
    """
    known = set(samples)
    made: list[str] = []
    changeable = [text for text in samples if _free_tokens(text)]
    for _ in range(n * _ROUNDS if changeable else 0):
        text = _varied(rng.choice(changeable), rng)
        if text not in known:
            known.add(text)
            made.append(text)
            if len(made) == n:
                break
    return made


def _free_tokens(text: str) -> list[tuple[int, int]]:
    """(line, token) of everything that may change."""
    lines = [line.split() for line in text.split("\n")]
    filled = [position for position, line in enumerate(lines) if line]
    counts = {len(lines[position]) for position in filled}
    lengths = {len(token) for line in lines for token in line if not _NUMBER.match(token)}
    tokens = [(row, column) for row in filled for column in range(len(lines[row]))]
    free = []
    for row, column in tokens:
        token = lines[row][column]
        if _NUMBER.match(token):
            number = int(token)
            after = sum(position > row for position in filled)
            structural = number > 1 and (number in counts or number in lengths or number == after)
            head = (row, column) == tokens[0] and len(tokens) > 1
            if structural or head or (number <= 1 and number == after):
                continue
        free.append((row, column))
    return free


def _varied(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    free = _free_tokens(text)
    largest = max((abs(int(token)) for token in text.split() if _NUMBER.match(token)), default=10)
    negative = any(token.startswith("-") for token in text.split())
    for row, column in rng.sample(free, min(len(free), rng.choice((1, 1, 2, 3, len(free))))):
        pieces = re.split(r"(\s+)", lines[row])
        place = [position for position, piece in enumerate(pieces) if piece.strip()][column]
        pieces[place] = _token(pieces[place], largest, negative, rng)
        lines[row] = "".join(pieces)
    return "\n".join(lines)


def _token(token: str, largest: int, negative: bool, rng: random.Random) -> str:
    if not _NUMBER.match(token):
        letters = list(token)
        if len(letters) > 1 and rng.random() < 0.5:
            rng.shuffle(letters)
        else:
            letters[rng.randrange(len(letters))] = rng.choice(letters)
        return "".join(letters)
    number = int(token)
    smallest = -largest if negative else min(1, number)
    near = (number - 1, number + 1, smallest, 1, largest, rng.randint(smallest, max(largest, smallest)), number * 2)
    return str(max(rng.choice(near), smallest))
