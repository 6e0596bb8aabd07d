"""Pieces of work that beget others, run by a few threads; shared by the providers whose SDK waits in threads."""

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

JOBS_A_THREAD = 4
"""How many jobs wait for each thread; more would only cost memory."""

Job = Callable[[], Iterable[Any]]
"""Does a piece of work and returns the jobs that follow from it."""


class Remembered(Generic[K, V]):
    """Remembers what a function returned; whoever asks while it is being asked waits for the same answer."""

    def __init__(self, ask: Callable[[K], V]) -> None:
        self._ask = ask
        self._answers: dict[K, Future[V]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: K) -> V:
        """Return the answer for a key."""
        with self._lock:
            future = self._answers.get(key)
            mine = future is None
            if future is None:
                future = self._answers[key] = Future()
        if mine:
            try:
                future.set_result(self._ask(key))
            except BaseException as error:
                future.set_exception(error)
                raise
        return future.result()


def run_jobs(pool: ThreadPoolExecutor, jobs: Iterable[Job], at_once: int) -> None:
    """Run jobs and those that follow from them, holding only so many futures at once."""
    pending: list[Iterator[Job]] = [iter(jobs)]
    finished: SimpleQueue[Future[Iterable[Any]]] = SimpleQueue()
    running = 0
    while True:
        while running < at_once and (job := _next(pending)) is not None:
            pool.submit(job).add_done_callback(finished.put)
            running += 1
        if not running:
            return
        pending.append(iter(finished.get().result()))
        running -= 1


def _next(pending: list[Iterator[Job]]) -> Job | None:
    """Return the next job of the newest iterator that has one, dropping those that are exhausted."""
    while pending:
        job = next(pending[-1], None)
        if job is not None:
            return job
        pending.pop()
    return None
