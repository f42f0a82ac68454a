"""Who gets a sequence, and when: a pure account of slots, sequence ids and KV cells.

Two kinds of sequence ids: a job's *root* holds its prompt, a *slot* holds one sample that decodes. Both are bounded by
`slots`. A cell is the KV of one token. Cells are promised before they are needed, so that a decode
never finds the cache full:

- a job is admitted, first come first served, when its prompt and one sample of full length fit: whatever else happens,
  it can go on and finish;
- further samples start while there are free slots and cells, the jobs taking turns.

Roots of finished jobs are kept (their prompts are likely to begin the next ones: a system prompt, few-shot examples)
and given up, least recently used first, when their id or their cells are needed.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

_MIN_SHARED = 16
"""Tokens; a shorter common beginning is not worth copying."""


class Item(Protocol):
    """A sample, as far as the scheduler looks: the tokens that it may have."""

    limit: int


ItemT = TypeVar("ItemT", bound=Item)


class Job(Generic[ItemT]):
    """A request: a prompt and its samples. The scheduler moves samples from `waiting` to `running` and out."""

    def __init__(self, prompt: Sequence[int], items: Sequence[ItemT]) -> None:
        self.prompt = tuple(prompt)
        self.waiting: deque[ItemT] = deque(items)
        self.running: dict[ItemT, int] = {}
        """Each sample's slot."""
        self.root: int | None = None
        """Sequence of the prompt; None until admitted."""
        self.prefilled = 0
        """Prompt tokens that are in the cache."""
        self.promised = 0
        """Cells promised at admission: the prompt and one sample."""
        self.extra: dict[ItemT, int] = {}
        """Cells promised to the running samples beyond the first."""

    @property
    def ready(self) -> bool:
        """Whether samples can start."""
        return self.prefilled == len(self.prompt)

    @property
    def over(self) -> bool:
        """Whether no sample is left."""
        return not self.waiting and not self.running


JobT = TypeVar("JobT", bound=Job[Any])


class Admitted(NamedTuple, Generic[JobT]):
    """A job whose prompt may be prefilled. Its first `shared` tokens are to be copied from sequence `source`."""

    job: JobT
    source: int | None
    shared: int


class Started(NamedTuple, Generic[JobT]):
    """A sample of the job that got a slot."""

    job: JobT
    item: Any
    slot: int


class Scheduler(Generic[JobT]):
    """The account. `share`: whether prompts may be shared between jobs.

    A sequence that `evicted` names, and every slot that is given back, must be removed from the cache before the next
    copy or decode.
    """

    def __init__(self, slots: int, cells: int, *, share: bool = True) -> None:
        self._free_slots = list(range(slots))
        self._free_roots = list(range(slots, 2 * slots))
        self._free_cells = cells
        # Every decode walks over all cells in use, those of kept prompts too.
        self._keep_at_most = cells // 4 if share else 0
        self._share = share
        self._queue: deque[JobT] = deque()
        self._active: deque[JobT] = deque()
        self._kept: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        self._evicted: list[int] = []

    @property
    def jobs(self) -> list[JobT]:
        """All that are not closed."""
        return [*self._active, *self._queue]

    @property
    def free_cells(self) -> int:
        """Cells that are neither promised nor kept for reuse."""
        return self._free_cells

    def add(self, job: JobT) -> None:
        """Queue a job. It must fit into an empty cache."""
        self._queue.append(job)

    def admit(self) -> Iterator[Admitted[JobT]]:
        """Admit from the head of the queue while there is room."""
        while self._queue:
            job = self._queue[0]
            need = len(job.prompt) + max(item.limit for item in job.waiting)
            source, shared = self._longest_shared(job.prompt)
            if source is not None and source in self._kept:
                self._kept.move_to_end(source)
            if not self._make_room(need):
                return
            if source in self._evicted:
                source, shared = None, 0
            self._queue.popleft()
            self._active.append(job)
            self._free_cells -= need
            job.promised = need
            job.root = self._free_roots.pop()
            job.prefilled = shared
            yield Admitted(job, source, shared)

    def evicted(self) -> list[int]:
        """Sequences given up since the last call."""
        gone, self._evicted = self._evicted, []
        return gone

    def prefilling(self) -> JobT | None:
        """The job whose prompt is to be processed next."""
        return next((job for job in self._active if job.prefilled < len(job.prompt)), None)

    def start(self) -> Iterator[Started[JobT]]:
        """Give free slots to waiting samples; jobs take turns, one sample each."""
        passed = 0
        while self._free_slots and passed < len(self._active):
            job = self._active[0]
            self._active.rotate(-1)
            if not job.ready or not job.waiting or not self._promise(job):
                passed += 1
                continue
            passed = 0
            item = job.waiting.popleft()
            job.running[item] = self._free_slots.pop()
            yield Started(job, item, job.running[item])

    def finish(self, job: JobT, item: Item) -> int | None:
        """A sample is over, waiting or running; gives back its slot, if it had one."""
        slot = job.running.pop(item, None)
        if slot is None:
            job.waiting.remove(item)
            return None
        self._free_slots.append(slot)
        self._free_cells += job.extra.pop(item, 0)
        return slot

    def close(self, job: JobT) -> None:
        """A job is over: keep its prompt for reuse if that is whole, forget it otherwise."""
        if job.root is None:
            self._queue.remove(job)
            return
        self._active.remove(job)
        self._free_cells += job.promised
        root, job.root = job.root, None
        if len(job.prompt) > self._keep_at_most or job.prefilled < len(job.prompt):
            self._give_up(root)
            return
        for other, tokens in list(self._kept.items()):
            if job.prompt[: len(tokens)] == tokens:
                self._evict(other)
        while sum(map(len, self._kept.values())) + len(job.prompt) > self._keep_at_most:
            self._evict(next(iter(self._kept)))
        self._kept[root] = job.prompt
        self._free_cells -= len(job.prompt)

    def _promise(self, job: JobT) -> bool:
        """Cells for one more sample of the job; one at a time lives on what was promised at admission."""
        item = job.waiting[0]
        if len(job.running) == len(job.extra):
            return True
        if not self._make_room(item.limit, root=False):
            return False
        self._free_cells -= item.limit
        job.extra[item] = item.limit
        return True

    def _make_room(self, cells: int, *, root: bool = True) -> bool:
        """Free `cells` and, if asked, a root, at the cost of kept prompts; False and no change if that cannot be."""
        if self._free_cells + sum(map(len, self._kept.values())) < cells:
            return False
        if root and not self._free_roots and not self._kept:
            return False
        while self._free_cells < cells or (root and not self._free_roots):
            self._evict(next(iter(self._kept)))
        return True

    def _evict(self, root: int) -> None:
        self._free_cells += len(self._kept.pop(root))
        self._give_up(root)

    def _give_up(self, root: int) -> None:
        self._free_roots.append(root)
        self._evicted.append(root)

    def _longest_shared(self, prompt: tuple[int, ...]) -> tuple[int | None, int]:
        """The sequence that begins most like `prompt`, and how many of its tokens can be copied: never all, for the
        logits of the last one are needed."""
        best: tuple[int | None, int] = (None, 0)
        if not self._share:
            return best
        sources = [(job.root, job.prompt[: job.prefilled]) for job in self._active]
        for root, tokens in [*self._kept.items(), *sources]:
            shared = min(_common_length(prompt, tokens), len(prompt) - 1)
            if shared >= _MIN_SHARED and shared > best[1]:
                best = (root, shared)
        return best


def _common_length(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
