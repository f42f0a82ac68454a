from collections import Counter
from dataclasses import fields
from itertools import pairwise
from typing import get_args

from sandbox.hostile.catalogue import CATALOGUE
from sandbox.types import Limits, TierName


def test_every_name_is_there_once() -> None:
    names = Counter(hostile.name for hostile in CATALOGUE)
    assert [name for name, count in names.items() if count > 1] == []


def test_groups_stand_together() -> None:
    groups = [hostile.group for hostile in CATALOGUE]
    changes = sum(left != right for left, right in pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_every_program_says_what_it_tries_and_what_may_come_of_it() -> None:
    for hostile in CATALOGUE:
        assert hostile.tries, hostile.name
        assert "\n" not in hostile.tries, hostile.name
        assert hostile.verdicts, hostile.name
        assert "infrastructure" not in hostile.verdicts, hostile.name


def test_limits_are_named_as_limits() -> None:
    known = {field.name for field in fields(Limits)}
    assert [hostile.name for hostile in CATALOGUE if not set(hostile.limits) <= known] == []


def test_no_wall_limit_can_be_used_up_by_the_start_on_a_busy_machine() -> None:
    walls = {hostile.name: hostile.limits["wall_seconds"] for hostile in CATALOGUE if "wall_seconds" in hostile.limits}
    assert [name for name, seconds in walls.items() if seconds < 3] == []


def test_what_is_not_stopped_has_a_tier_and_a_reason() -> None:
    for hostile in CATALOGUE:
        for tier, reason in hostile.unstopped.items():
            assert tier in get_args(TierName), hostile.name
            assert reason, hostile.name


def test_pool_and_one_shot_stop_everything() -> None:
    assert [hostile.name for hostile in CATALOGUE if {"pool", "one-shot"} & set(hostile.unstopped)] == []
