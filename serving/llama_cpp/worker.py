"""The one thread that touches the llama.cpp context.

A step is one batch: a token of every running sample, and a chunk of the prompt that is being prefilled. Between steps
the thread reads its inbox, so a new request joins, and a cancelled sample leaves, at the next step. A step takes as
long as `batch_tokens` prompt tokens at most (about a second on two cores), and that bounds the wait of a cancellation.

Rounding: a row's logits depend a little on which other rows share the batch and on where in the cache its sequence
lies (llama.cpp picks its kernels by shape). A seed gives the same text again for the same traffic; in other traffic a
near-tie may fall the other way.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from hierarchy.chat import Completion, Sampling
from hierarchy.errors import EngineFailed, HiMoeError
from hierarchy.usage import Usage
from serving.llama_cpp.constraint import ConstraintCompiler
from serving.llama_cpp.context import Context
from serving.llama_cpp.sample import Sample
from serving.llama_cpp.sampler import Floats, normalizers
from serving.llama_cpp.scheduler import Job, Scheduler
from serving.llama_cpp.weights import Weights

Event = Completion | HiMoeError | None
"""A finished sample; an error that ends the request; None: nothing will follow."""


class Request(Job[Sample]):
    """A job with the way back to its caller. `deliver` may be called from any thread.

    The counters are written by the worker only; times are of `time.perf_counter`.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        samplings: Sequence[Sampling],
        context_tokens: int,
        deliver: Callable[[Event], None],
    ) -> None:
        room = context_tokens - len(prompt)
        super().__init__(prompt, [Sample(i, s, min(s.max_tokens, room)) for i, s in enumerate(samplings)])
        self.deliver = deliver
        self.logits: Floats | None = None
        """Row that every sample's first token is drawn from."""
        self.normalizer = 0.0
        self.automata: dict[Sample, Future[Any]] = {}
        """Constraints that are being compiled, of samples that have not begun."""
        self.completion_tokens = 0
        self.submitted = time.perf_counter()
        self.begun: float | None = None
        self.ended: float | None = None

    @property
    def ready(self) -> bool:
        """Whether samples can start: the prompt is in the cache and the constraints are compiled."""
        return super().ready and all(future.done() for future in self.automata.values())

    def usage(self) -> Usage:
        """What was spent so far."""
        until = self.ended or time.perf_counter()
        begun = self.begun or until
        return Usage(
            prompt_tokens=self.prefilled,
            completion_tokens=self.completion_tokens,
            calls=1,
            model_seconds=until - begun,
            queue_seconds=begun - self.submitted,
        )


class Worker:
    """Runs requests until `close`. `submit` and `cancel` may be called from any thread."""

    def __init__(
        self, weights: Weights, open_context: Callable[[], Context], *, slots: int, cells: int, chunk: int, share: bool
    ) -> None:
        """`open_context` is called in the thread; `chunk`: prompt tokens a step; `share`: reuse prompts."""
        self._weights = weights
        self._open_context = open_context
        self._slots = slots
        self._cells = cells
        self._chunk = chunk
        self._share = share
        self._constraints = ConstraintCompiler(weights)
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self.opened: Future[None] = Future()
        """Done when the context is there; holds its error."""
        self._thread = threading.Thread(target=self._run, name="hi-moe-llama-cpp", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Queue a request. Raises EngineFailed when the worker is closed."""
        for sample in request.waiting:
            if sample.sampling.constraint is not None:
                request.automata[sample] = future = self._constraints.compile(sample.sampling.constraint)
                future.add_done_callback(lambda _: self._post(_nothing))
        if not self._post(lambda: self._scheduler.add(request)):
            raise EngineFailed(f"the engine of {self._weights.name!r} is closed")

    def cancel(self, request: Request, index: int | None, done: Callable[[], None]) -> None:
        """Drop a sample (None: all) and call `done` once it is out of the engine."""
        if not self._post(lambda: self._cancel(request, index, done)):
            done()

    def close(self) -> None:
        """Cancel everything, free the context and end the thread. Blocks for a step at most; harmless if closed."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._inbox.put(None)
        self._thread.join()

    def _post(self, command: Callable[[], None]) -> bool:
        with self._gate:
            if not self._closed:
                self._inbox.put(command)
            return not self._closed

    # Everything below runs in the thread.

    def _run(self) -> None:
        try:
            self._context = self._open_context()
        except BaseException as error:
            self._constraints.close()
            self.opened.set_exception(error)
            return
        self._scheduler = self._empty_scheduler()
        self.opened.set_result(None)
        busy = False
        while self._read_inbox(wait=not busy):
            try:
                busy = self._step()
            except Exception as error:
                self._fail_all(error)
                busy = False
        self._constraints.close()
        for request in self._scheduler.jobs:
            self._end(request)
        self._context.close()

    def _empty_scheduler(self) -> Scheduler[Request]:
        return Scheduler(self._slots, self._cells, share=self._share)

    def _read_inbox(self, *, wait: bool) -> bool:
        """Carry out what was asked for; `wait` for something to be asked. False: close."""
        while True:
            try:
                command = self._inbox.get(block=wait)
            except queue.Empty:
                return True
            if command is None:
                return False
            command()
            wait = False

    def _step(self) -> bool:
        """Decode one batch; False when there is nothing to decode until the inbox says more."""
        self._admit()
        self._start()
        tokens: list[int] = []
        positions: list[int] = []
        owners: list[int] = []
        wanted: list[bool] = []
        decoding = [(request, sample) for request in self._scheduler.jobs for sample in request.running]
        for request, sample in decoding:
            tokens.append(sample.last)
            positions.append(len(request.prompt) + len(sample) - 1)
            owners.append(request.running[sample])
            wanted.append(True)
        filling = self._scheduler.prefilling()
        if filling is not None and filling.root is not None:
            part = filling.prompt[filling.prefilled : filling.prefilled + self._chunk]
            end = filling.prefilled + len(part)
            tokens += part
            positions += range(filling.prefilled, end)
            owners += [filling.root] * len(part)
            wanted += [False] * (len(part) - 1) + [end == len(filling.prompt)]
        if not tokens:
            return False
        logits = self._context.decode(tokens, positions, owners, wanted)
        normalized = normalizers(logits)
        if filling is not None:
            filling.prefilled = end
            if end == len(filling.prompt):
                filling.logits, filling.normalizer = logits[-1].copy(), float(normalized[-1])
        for row, (request, sample) in enumerate(decoding):
            self._advance(request, sample, logits[row], float(normalized[row]))
        return True

    def _admit(self) -> None:
        for request, source, shared in self._scheduler.admit():
            self._forget_evicted()
            request.begun = time.perf_counter()
            if source is not None and request.root is not None:
                self._context.copy(source, request.root, shared)

    def _start(self) -> None:
        """Give free slots to samples and draw their first tokens."""
        for request, sample, slot in self._scheduler.start():
            assert request.root is not None
            assert request.logits is not None
            self._context.copy(request.root, slot, len(request.prompt))
            self._advance(request, sample, request.logits, request.normalizer)
        self._forget_evicted()

    def _forget_evicted(self) -> None:
        for sequence in self._scheduler.evicted():
            self._context.remove(sequence)

    def _advance(self, request: Request, sample: Sample, logits: Floats, normalizer: float) -> None:
        """Draw a sample's next token; deliver the sample if that was its last."""
        if request.ended is not None:  # a sibling broke in this step
            return
        drawn = len(sample)
        try:
            if sample in request.automata:
                sample.guide = self._constraints.guide(request.automata.pop(sample).result())
            goes_on = sample.step(logits, normalizer, self._weights)
        except Exception as error:
            self._end(request, error)
            return
        request.completion_tokens += len(sample) - drawn
        if not goes_on:
            self._release(request, sample)
            request.deliver(sample.completion())
            if request.over:
                self._end(request)

    def _release(self, request: Request, sample: Sample) -> None:
        slot = self._scheduler.finish(request, sample)
        if slot is not None:
            self._context.remove(slot)

    def _cancel(self, request: Request, index: int | None, done: Callable[[], None]) -> None:
        if request.ended is None:
            for sample in [*request.waiting, *request.running]:
                if index in (None, sample.index):
                    self._release(request, sample)
            if request.over:
                self._end(request)
        done()

    def _end(self, request: Request, error: Exception | None = None) -> None:
        """The request is over, whatever of it was left."""
        for sample in [*request.waiting, *request.running]:
            self._release(request, sample)
        self._scheduler.close(request)
        request.ended = time.perf_counter()
        if error is not None:
            request.deliver(_as_ours(error))
        request.deliver(None)

    def _fail_all(self, error: Exception) -> None:
        """A decode broke: nobody's cache can be trusted any more. Later requests start afresh."""
        for request in self._scheduler.jobs:
            self._end(request, error)
        self._context.clear()
        self._scheduler = self._empty_scheduler()


def _nothing() -> None:
    """Wakes the thread up."""


def _as_ours(error: Exception) -> HiMoeError:
    return error if isinstance(error, HiMoeError) else EngineFailed(f"the engine broke: {error!r}")
