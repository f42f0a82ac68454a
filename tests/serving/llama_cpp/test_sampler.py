"""Draws follow the distribution, its truncations, and the seed."""

import numpy as np
import pytest

from hierarchy.chat import Sampling
from hierarchy.errors import EngineFailed
from serving.llama_cpp.sampler import Floats, Indices, draw, most_likely, normalizers

PROBABILITIES = np.array([0.05, 0.4, 0.3, 0.2, 0.05])


def logits(probabilities: object = PROBABILITIES) -> Floats:
    return np.log(np.asarray(probabilities, dtype=np.float32))


def frequencies(row: Floats, allowed: Indices | None = None, draws: int = 4000, **knobs: object) -> list[float]:
    sampling = Sampling.model_validate({"temperature": 1.0, **knobs})
    generator = np.random.default_rng(1)
    counts = np.bincount([draw(row, sampling, generator, allowed) for _ in range(draws)], minlength=len(row))
    return [float(value) for value in counts / draws]


def test_frequencies_are_the_probabilities() -> None:
    assert frequencies(logits()) == pytest.approx(PROBABILITIES, abs=0.03)


def test_temperature_zero_takes_the_most_likely() -> None:
    assert frequencies(logits(), temperature=0.0, draws=5)[1] == 1
    assert frequencies(logits(), np.array([0, 2, 4]), temperature=0.0, draws=5)[2] == 1


def test_temperature_sharpens_and_flattens() -> None:
    assert frequencies(logits(), temperature=0.2)[1] > 0.75
    assert frequencies(logits(), temperature=5.0)[0] > 0.12


@pytest.mark.parametrize(
    ("knobs", "kept"),
    [
        ({"top_k": 1}, {1}),
        ({"top_k": 2}, {1, 2}),
        ({"top_k": 99}, {0, 1, 2, 3, 4}),
        ({"top_p": 0.3}, {1}),
        ({"top_p": 0.6}, {1, 2}),
        ({"top_p": 0.85}, {1, 2, 3}),
        ({"min_p": 0.6}, {1, 2}),
        ({"min_p": 0.1, "top_k": 4, "top_p": 0.5}, {1, 2}),
        ({"min_p": 0.4, "top_k": 2}, {1, 2}),
    ],
)
def test_truncations_keep_the_likely_ones(knobs: dict[str, object], kept: set[int]) -> None:
    found = frequencies(logits(), None, 4000, **knobs)
    assert {token for token, share in enumerate(found) if share > 0} == kept


def test_only_allowed_tokens_are_drawn() -> None:
    found = frequencies(logits(), np.array([0, 3]))
    assert found == pytest.approx([0.2, 0, 0, 0.8, 0], abs=0.03)


def test_the_tail_can_be_drawn() -> None:
    row = np.full(150_000, -8.0, dtype=np.float32)
    row[77] = 4.0
    sampling = Sampling(temperature=1.0)
    generator = np.random.default_rng(0)
    drawn = [draw(row, sampling, generator, None) for _ in range(200)]
    # exp(12) against 149,999: the tail has about half of the probability, each of its tokens hardly any.
    assert 20 < drawn.count(77) < 180
    assert len(set(drawn)) > 20
    nucleus = [draw(row, Sampling(temperature=1.0, top_p=0.3), generator, None) for _ in range(50)]
    assert set(nucleus) == {77}


def test_a_seed_repeats_its_draws() -> None:
    row = np.random.default_rng(3).normal(size=1000).astype(np.float32)

    def drawn(seed: int) -> list[int]:
        generator = np.random.default_rng(seed)
        return [draw(row, Sampling(temperature=1.0, top_p=0.9), generator, None) for _ in range(20)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_normalizers_turn_logits_into_log_probabilities() -> None:
    rows = np.stack([logits() + 3, logits([0.2] * 5) - 900])
    assert np.exp(rows - normalizers(rows)[:, None]).sum(axis=1) == pytest.approx([1, 1])


def test_broken_numbers_are_an_engine_failure() -> None:
    with pytest.raises(EngineFailed, match="not numbers"):
        normalizers(np.array([[0.0, np.nan]], dtype=np.float32))


def test_most_likely_is_sorted() -> None:
    assert most_likely(logits(), 3) == [1, 2, 3]
    assert most_likely(logits(), 5)[:3] == [1, 2, 3]
