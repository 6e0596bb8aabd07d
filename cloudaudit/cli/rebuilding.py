"""The work of ``cloudaudit history import``; apart from it so that ``--help`` need not import the model."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from cloudaudit.cli.output import make_folder
from cloudaudit.cli.streams import printing
from cloudaudit.errors import Exit, ResultError, UsageError
from cloudaudit.history import History, HistoryError, open_history, refuse_unfit
from cloudaudit.result import open_result
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

NAME = "result.json"


def import_results(given: Sequence[Path], path: Path, language: Language) -> int:
    """Take results into a history and tell how many; return the exit code: 2 where one could not be read.

    Raises:
        UsageError: nothing was found, or the history cannot be used.
        OutputError: the folder of the history cannot be made.
    """
    files = list(_files(given))
    if not files:
        raise UsageError(
            Text(
                en=f"There is no {NAME} in {', '.join(map(str, given))}; name results or folders that hold some.",
                ja=f"{'、'.join(map(str, given))} に {NAME} がありません。結果のファイルまたはフォルダーを指定してください。",
            )
        )
    make_folder(path.parent)
    tally: Counter[str] = Counter()
    with open_history(path, create=True) as history:
        for file in _by_time(files):
            tally[_take(history, file, language)] += 1
    with printing():
        click.echo(_told(tally, path).in_(language))
    return Exit.USAGE if tally["unreadable"] else Exit.CLEAN


def _files(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(path.rglob(NAME))
        else:
            yield path


def _by_time(files: Iterable[Path]) -> list[Path]:
    """Return the files by their folders, which bear the time; the order matters for speed alone."""
    return sorted(files, key=lambda path: (path.parent.name, str(path)))


def _take(history: History, file: Path, language: Language) -> str:
    try:
        with open_result(file) as assessment:
            refuse_unfit(assessment)
            return "new" if history.add(assessment) else "known"
    except (ResultError, HistoryError) as error:
        unfit = isinstance(error, HistoryError)
        click.echo(f"{visible(str(file))}: {visible(error.diagnostics().in_(language))}", err=True)
        return "left out" if unfit else "unreadable"


def _told(tally: Counter[str], path: Path) -> Text:
    return Text(
        en=f"Taken into {path}: {tally['new']}; there already: {tally['known']}; left out: {tally['left out']}; "
        f"unreadable: {tally['unreadable']}.",
        ja=f"{path}: 取り込み {tally['new']} 件、取り込み済み {tally['known']} 件、対象外 {tally['left out']} 件、"
        f"読み込み不可 {tally['unreadable']} 件",
    )
