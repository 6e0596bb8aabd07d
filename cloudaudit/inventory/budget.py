"""The requests about objects that a run may send, counted by everyone who sends one."""

import threading


class Requests:
    """Requests that may still be sent. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._lock = threading.Lock()

    @property
    def left(self) -> int:
        """How many are left."""
        return self._left

    def share(self) -> int:
        """Return how many one bucket may send: half of what is left, so that a huge one leaves some for the others."""
        with self._lock:
            return (self._left + 1) // 2

    def take(self, wanted: int = 1) -> int:
        """Take so many, or as many as are left; return how many."""
        with self._lock:
            granted = min(wanted, self._left)
            self._left -= granted
            return granted
