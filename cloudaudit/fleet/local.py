"""The engine of this machine: targets side by side, each in a process of its own."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import NamedTuple

from cloudaudit.fleet.process import Order, TargetProcess
from cloudaudit.fleet.rows import Row


class Begin(NamedTuple):
    """A target to begin, and the environment that is for it alone."""

    order: Order
    environ: Mapping[str, str]


class LocalEngine:
    """Runs targets on this machine.

    Attributes:
        interrupted: the run was broken off; what had not begun has no row.
    """

    def __init__(self, parallel: int) -> None:
        self._parallel = parallel
        self._lock = threading.Lock()
        self._running: set[TargetProcess] = set()
        self._stop = False
        self.interrupted = False

    def run(self, targets: Sequence[Begin]) -> Iterator[Row]:
        """Yield the row of each target as it ends.

        A first KeyboardInterrupt lets the running ones write down what they have read; a second ends them at once.
        """
        with ThreadPoolExecutor(self._parallel, thread_name_prefix="target") as pool:
            futures = [pool.submit(self._one, target) for target in targets]
            done: set[Future[Row | None]] = set()
            while len(done) < len(futures):
                try:
                    for future in as_completed(set(futures) - done):
                        done.add(future)
                        row = future.result()
                        if row is not None:
                            yield row
                except KeyboardInterrupt:
                    self._break_off()

    def _one(self, target: Begin) -> Row | None:
        with self._lock:
            if self._stop:
                return None
            process = TargetProcess(target.order, target.environ)
            self._running.add(process)
        try:
            return process.row()
        finally:
            with self._lock:
                self._running.discard(process)

    def _break_off(self) -> None:
        with self._lock:
            again, self._stop, self.interrupted = self._stop, True, True
            for process in self._running:
                (process.kill if again else process.interrupt)()
