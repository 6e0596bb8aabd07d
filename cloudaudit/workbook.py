"""Workbooks that people filled in, read without trusting them. Needs the extra ``xlsx``."""

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from cloudaudit.errors import UsageError
from cloudaudit.text import Text

UNPACKED_LIMIT = 1_000_000_000
"""Bytes that a workbook may unpack to; a few kilobytes can be made to unpack to anything."""


def load(path: Path, otherwise: UsageError) -> Any:  # noqa: ANN401 - openpyxl has no types
    """Return a workbook for reading, formulas as their last values.

    Args:
        path: of the file.
        otherwise: the error for a file that is no workbook.

    Raises:
        UsageError: openpyxl is not installed, or the file cannot be read or is no workbook.
    """
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError as error:
        raise UsageError(
            Text(
                en="Reading a workbook needs openpyxl; install it with: pip install 'cloudaudit[xlsx]'",
                ja="表(XLSX)の取り込みには openpyxl が必要です。"
                "pip install 'cloudaudit[xlsx]' でインストールしてください。",
            )
        ) from error
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
        if unpacked <= UNPACKED_LIMIT:
            return load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), error.strerror or str(error)) from error
    except Exception as error:  # what is in a file decides what openpyxl fails with, AttributeError included
        raise otherwise from error
    raise _unreadable(path, "too large", "サイズが大きすぎます")


def text_of(cell: object) -> str:
    """Return what a cell says; a number or a date as a person would read it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _unreadable(path: Path, en: str, ja: str) -> UsageError:
    return UsageError(
        Text(
            en=f"{path} cannot be read ({en}); check the path.",
            ja=f"{path} を読み込めません({ja})。ファイルの指定を確認してください。",
        )
    )
