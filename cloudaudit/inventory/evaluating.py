"""The engine of a run: started when the first inventory needs it, ended with the run."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import structs

from cloudaudit.inventory.errors import InventoryError
from cloudaudit.inventory.model import Objects
from cloudaudit.inventory.plan import WAREHOUSES, Looking, ObjectsWish
from cloudaudit.inventory.source import Inventory
from cloudaudit.model import Writing
from cloudaudit.text import Text

if TYPE_CHECKING:  # DuckDB, ibis, pyarrow and pydantic are imported only where there is an inventory
    from cloudaudit.inventory.engines import Engine
    from cloudaudit.inventory.settings import EngineSettings


def settings_of(wish: ObjectsWish) -> "EngineSettings":
    """Return the settings of the engines."""
    from cloudaudit.inventory.settings import EngineSettings

    chosen: EngineSettings | None = wish.settings
    return chosen or EngineSettings()


def writes(wish: ObjectsWish) -> Writing | None:
    """Return what the engine that the user chose writes in a cloud; None where it writes nothing, or is not asked."""
    if not wish.reads or wish.engine not in WAREHOUSES or wish.looking is Looking.LIST:
        return None
    settings = settings_of(wish)
    chosen = settings.athena if wish.engine == "athena" else settings.bigquery
    return None if chosen is None else chosen.writes


class Evaluator:
    """Evaluates one inventory after the other. Not safe for threads."""

    def __init__(self, wish: ObjectsWish) -> None:
        """Take the wish, which names the engine and its settings."""
        self._wish = wish
        self._stack = ExitStack()
        self._engine: Engine | None = None

    def settings(self) -> "EngineSettings":
        """Return the settings of the engines."""
        return settings_of(self._wish)

    def __call__(self, inventory: Inventory) -> Objects | InventoryError:
        """Return what the inventory of one bucket tells, or why it tells nothing."""
        from cloudaudit.inventory.engines import engine
        from cloudaudit.inventory.reading import summarise

        try:
            if self._engine is None:
                self._engine = self._stack.enter_context(engine(self._wish.engine, self.settings()))
            found = summarise(self._engine, [inventory])[inventory.buckets[0]]
        except InventoryError as error:
            return error
        writes = self._engine.writes
        if isinstance(found, InventoryError) or writes is None:
            return found
        return structs.replace(found, why=_with(found.why, writes))

    def close(self) -> None:
        """End the engine."""
        self._stack.close()


def _with(why: Text, writes: Text) -> Text:
    """Name what the engine wrote: the reader of a report has to know that this was not reading alone."""
    return Text(en=f"{why.en}; {writes.en}", ja=f"{why.ja}。{writes.ja}")
