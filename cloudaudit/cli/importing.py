"""The work of ``cloudaudit actions import``; apart from it so that ``--help`` need not import the model."""

from pathlib import Path
from typing import BinaryIO

from cloudaudit import actions_sheet
from cloudaudit.actions import dump
from cloudaudit.cli.output import write_whole
from cloudaudit.text import Text


def import_sheet(sheet: Path, out: Path) -> Text:
    """Write the actions file for a filled-in sheet, and return a sentence that says so.

    Raises:
        UsageError: the sheet cannot be used; nothing is written then.
        OutputError: the file cannot be written.
    """
    read = actions_sheet.read(sheet)
    content = dump(read)

    def write(file: BinaryIO) -> None:
        file.write(content)

    write_whole(out, write)
    return Text(
        en=f"Corrective actions read: {len(read)}. Written to {out}; give it to the next report with --actions.",
        ja=f"是正処置 {len(read)} 件を取り込み、{out} に出力しました。次回の報告書で --actions に指定してください。",
    )
