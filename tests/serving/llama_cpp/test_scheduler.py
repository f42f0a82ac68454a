"""Slots, roots and cells: who runs, in what order, and that nothing is promised twice."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from serving.llama_cpp.scheduler import Job, Scheduler


@dataclass(eq=False)
class Item:
    limit: int


def job(tokens: int = 10, samples: int = 1, limit: int = 10, first: int = 0) -> Job[Item]:
    return Job(range(first, first + tokens), [Item(limit) for _ in range(samples)])


def prefill(scheduler: Scheduler[Job[Item]]) -> list[Job[Item]]:
    """Admit what fits and prefill it; those that were admitted."""
    admitted = [entry.job for entry in scheduler.admit()]
    while (filling := scheduler.prefilling()) is not None:
        filling.prefilled = len(filling.prompt)
    return admitted


def begun(scheduler: Scheduler[Job[Item]]) -> list[Job[Item]]:
    return [started.job for started in scheduler.start()]


def over(scheduler: Scheduler[Job[Item]], done: Job[Item]) -> None:
    for item in [*done.running, *done.waiting]:
        scheduler.finish(done, item)
    scheduler.close(done)


def test_samples_wait_for_their_prompt() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(2, 1000)
    one = job()
    scheduler.add(one)
    assert begun(scheduler) == []
    assert [entry.job for entry in scheduler.admit()] == [one]
    assert scheduler.prefilling() is one
    assert begun(scheduler) == []
    one.prefilled = 10
    assert scheduler.prefilling() is None
    assert begun(scheduler) == [one]
    assert not one.over
    assert begun(scheduler) == []


def test_jobs_take_turns() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(6, 1000)
    jobs = [job(samples=5, first=100 * n) for n in range(3)]
    for one in jobs:
        scheduler.add(one)
    prefill(scheduler)
    first = begun(scheduler)
    assert sorted(map(jobs.index, first)) == [0, 0, 1, 1, 2, 2]
    for _ in range(2):
        scheduler.finish(jobs[0], next(iter(jobs[0].running)))
    assert len(set(map(jobs.index, begun(scheduler)))) == 2


def test_slots_and_roots_are_different_sequences() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 1000)
    jobs = [job(samples=2, first=100 * n) for n in range(2)]
    for one in jobs:
        scheduler.add(one)
    prefill(scheduler)
    slots = [started.slot for started in scheduler.start()]
    assert sorted(slots) == [0, 1, 2, 3]
    roots = {one.root for one in jobs}
    assert len(roots) == 2
    assert roots <= {4, 5, 6, 7}


def test_a_job_waits_for_cells_and_those_behind_it_wait_too() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(8, 100)
    big, bigger, small = job(40, 1, 40), job(50, 1, 40, first=100), job(5, 1, 5, first=200)
    for one in (big, bigger, small):
        scheduler.add(one)
    assert prefill(scheduler) == [big]
    over(scheduler, big)
    assert prefill(scheduler) == [bigger, small]


def test_more_samples_start_as_cells_allow_and_one_always_can() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(8, 100, share=False)
    one, two = job(20, 4, 20), job(10, 4, 20, first=100)
    scheduler.add(one)
    scheduler.add(two)
    assert prefill(scheduler) == [one, two]
    assert scheduler.free_cells == 30
    assert sorted(map([one, two].index, begun(scheduler))) == [0, 0, 1]
    assert scheduler.free_cells == 10
    only = next(iter(two.running))
    scheduler.finish(two, only)
    assert begun(scheduler) == [two]
    for item in list(one.running):
        scheduler.finish(one, item)
    assert len(begun(scheduler)) == 2


def test_a_cancelled_sample_leaves_wherever_it_is() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(1, 100, share=False)
    one = job(10, 3, 10)
    queued = job(10, 1, 10, first=50)
    scheduler.add(one)
    prefill(scheduler)
    scheduler.add(queued)
    begun(scheduler)
    waiting, running = one.waiting[0], next(iter(one.running))
    assert scheduler.finish(one, waiting) is None
    assert scheduler.finish(one, running) == 0
    assert len(one.waiting) == 1
    scheduler.finish(queued, queued.waiting[0])
    scheduler.close(queued)
    assert scheduler.jobs == [one]


def test_a_prompt_begins_like_another_that_is_kept() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 1000)
    first = job(40)
    scheduler.add(first)
    prefill(scheduler)
    root = first.root
    over(scheduler, first)
    assert scheduler.free_cells == 960
    second: Job[Item] = Job([*range(30), 7, 7], [Item(5)])
    same = job(40)
    scheduler.add(second)
    scheduler.add(same)
    one, two = scheduler.admit()
    assert one == (second, root, 30)
    assert second.prefilled == 30
    assert two == (same, root, 39)


def test_a_prompt_begins_like_another_that_is_active() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 1000)
    first, second = job(40), job(60)
    scheduler.add(first)
    next(scheduler.admit())
    first.prefilled = 20
    scheduler.add(second)
    (admitted,) = scheduler.admit()
    assert admitted == (second, first.root, 20)


def test_short_beginnings_and_unshareable_models_are_not_shared() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 1000)
    scheduler.add(job(40))
    scheduler.add(Job([*range(8), 99], [Item(1)]))
    assert [entry.shared for entry in scheduler.admit()] == [0, 0]
    alone: Scheduler[Job[Item]] = Scheduler(4, 1000, share=False)
    alone.add(job(40))
    alone.add(job(40))
    assert [entry.shared for entry in alone.admit()] == [0, 0]


def test_kept_prompts_go_when_cells_or_roots_are_needed() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(2, 400)
    kept = []
    for number in range(4):
        one = job(40, first=1000 * number)
        scheduler.add(one)
        prefill(scheduler)
        kept.append(one.root)
        over(scheduler, one)
    # Room for 400 // 4 tokens of kept prompts, and for two roots in all.
    assert len(scheduler.evicted()) == 2
    assert scheduler.evicted() == []
    assert scheduler.free_cells == 320
    huge = job(300, 1, 90, first=9000)
    scheduler.add(huge)
    assert prefill(scheduler) == [huge]
    assert scheduler.free_cells == 10
    assert len(scheduler.evicted()) == 2


def test_samples_may_use_the_cells_of_kept_prompts() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 400)
    old, new = job(90, 1, 10), job(90, 3, 100, first=500)
    scheduler.add(old)
    prefill(scheduler)
    over(scheduler, old)
    scheduler.add(new)
    prefill(scheduler)
    assert scheduler.free_cells == 120
    assert len(begun(scheduler)) == 3
    assert scheduler.free_cells == 10
    assert len(scheduler.evicted()) == 1


def test_the_source_of_a_copy_may_have_to_go() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(2, 100)
    first = job(24, 1, 10)
    scheduler.add(first)
    prefill(scheduler)
    over(scheduler, first)
    second = job(40, 1, 60)
    scheduler.add(second)
    (admitted,) = scheduler.admit()
    assert (admitted.source, admitted.shared, second.prefilled) == (None, 0, 0)


def test_a_longer_prompt_replaces_the_kept_one_it_begins_with() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 1000)
    for tokens in (40, 60):
        one = job(tokens)
        scheduler.add(one)
        prefill(scheduler)
        over(scheduler, one)
    assert scheduler.free_cells == 940


def test_an_unfinished_prompt_is_not_kept() -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(4, 1000)
    one = job(40)
    scheduler.add(one)
    next(scheduler.admit())
    over(scheduler, one)
    assert scheduler.free_cells == 1000
    assert len(scheduler.evicted()) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 6), st.integers(1, 40)), min_size=1, max_size=12))
def test_everything_is_served_and_everything_is_given_back(asked: list[tuple[int, int, int]]) -> None:
    scheduler: Scheduler[Job[Item]] = Scheduler(3, 100)
    jobs = [job(tokens, samples, limit) for tokens, samples, limit in asked]
    for one in jobs:
        scheduler.add(one)
    served = 0
    for _ in range(1000):
        prefill(scheduler)
        started = list(scheduler.start())
        assert scheduler.free_cells >= 0
        assert len({slot for one in jobs for slot in one.running.values()}) == sum(len(one.running) for one in jobs)
        if not started:
            break
        for one in jobs:
            for item in list(one.running):
                scheduler.finish(one, item)
                served += 1
            if one.over and one.root is not None:
                scheduler.close(one)
    assert served == sum(samples for _, samples, _ in asked)
    assert scheduler.jobs == []
    assert scheduler.free_cells >= 75
