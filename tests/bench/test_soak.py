from dataclasses import replace

from bench.sandbox_figures.soak import CASES, TOLERANCE_MIB, Moment, growth, measure, show
from sandbox.sandbox import Sandbox

FIRST = Moment(0, own_descriptors=8, pool_descriptors=5, zombies=0, processes=3, own_rss_mib=20.0, pool_pss_mib=10.0)
SETTLED = replace(FIRST, own_descriptors=10, processes=4, own_rss_mib=30.0)


def moments(*last: Moment) -> list[Moment]:
    """Before, after a tenth, and what comes then."""
    return [FIRST, replace(SETTLED, runs=100), *last]


def test_what_is_taken_during_the_warm_up_is_no_growth() -> None:
    assert growth(moments(replace(SETTLED, runs=500), replace(SETTLED, runs=1000))) == []


def test_one_descriptor_more_is_growth() -> None:
    assert growth(moments(replace(SETTLED, runs=1000, own_descriptors=11))) == ["own_descriptors 10 to 11"]


def test_one_zombie_is_growth() -> None:
    assert growth(moments(replace(SETTLED, runs=1000, zombies=1))) == ["zombies 0 to 1"]


def test_memory_may_move_within_the_tolerance() -> None:
    assert growth(moments(replace(SETTLED, runs=1000, own_rss_mib=30 + TOLERANCE_MIB / 2))) == []


def test_memory_beyond_the_tolerance_is_growth() -> None:
    grown = growth(moments(replace(SETTLED, runs=1000, pool_pss_mib=10 + 2 * TOLERANCE_MIB)))
    assert grown == ["pool_pss_mib 10 to 18"]


async def test_every_way_of_ending_a_run_takes_part_and_gets_its_verdict() -> None:
    async with Sandbox(tier="one-shot") as box:
        soak = await measure(box, 2 * len(CASES), lambda line: None, looks=2)
    assert soak.wrong == []
    assert [moment.runs for moment in soak.moments] == [0, len(CASES), 2 * len(CASES)]
    assert set(soak.statuses) == {
        "add: ok",
        "fail: exception",
        "leave: crashed",
        "crash: crashed",
        "fill: memory_limit",
        "talk: output_limit",
    }
    assert show(soak)[-1] == "nothing grew"
