"""The engine of a run: started when the first inventory needs it, ended with the run."""

from contextlib import ExitStack
from typing import Any

from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.plan import ObjectsWish
from cloudaudit.inventory.source import Inventory


class Evaluator:
    """Evaluates one inventory after the other. Not safe for threads."""

    def __init__(self, wish: ObjectsWish) -> None:
        """Take the wish, which names the engine and the file with its settings."""
        self._wish = wish
        self._stack = ExitStack()
        self._engine: Any = None

    def __call__(self, inventory: Inventory) -> Objects | InventoryError:
        """Return what the inventory of one bucket tells, or why it tells nothing."""
        # DuckDB, ibis and pyarrow are imported only where there is an inventory.
        from cloudaudit.inventory.reading import summarise

        try:
            if self._engine is None:
                self._engine = self._start()
            answers = summarise(self._engine, [inventory])
        except InventoryError as error:
            return error
        return answers[inventory.buckets[0]]

    def _start(self) -> Any:  # noqa: ANN401 - the engines' own types are imported with their libraries
        from cloudaudit.inventory.engines import engine
        from cloudaudit.inventory.settings import EngineSettings

        return self._stack.enter_context(engine(self._wish.engine, EngineSettings()))

    def close(self) -> None:
        """End the engine."""
        self._stack.close()
