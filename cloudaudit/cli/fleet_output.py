"""The overview of a fleet as files and on the terminal."""

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import click
from msgspec import structs
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from cloudaudit import discovery
from cloudaudit.assessment import ExitReason
from cloudaudit.cli.mask_key import open_masker, where_the_key_is
from cloudaudit.cli.output import make_folder, write_whole
from cloudaudit.cli.rendering import MASKED
from cloudaudit.cli.streams import columns, printing, wants_color
from cloudaudit.fleet.rows import Overview, Row, State, overview
from cloudaudit.mask import Masker
from cloudaudit.model import Severity
from cloudaudit.reporting import CLEAN, EXIT_CODE, SEVERITIES, NeedsExtra, ReportOptions, headline
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible

FORMATS = ("html", "json", "xlsx")
_SHOWN = 20
_NAME = 40
_MASKED_REASON = Text(
    en="no result; the sentence may name things, and stands in the fleet's own folder alone",
    ja="結果なし(理由には名称が含まれるため、元の出力フォルダーにのみ記載)",
)
_STATES: dict[State, Text] = {
    State.FAILED: Text(en="no result", ja="結果なし"),
    State.MISSING: Text(en="missing", ja="未実施"),
    State.NOT_SCANNED: Text(en="left out", ja="対象外"),
}


def write_overviews(
    whole: Overview,
    folder: Path,
    languages: tuple[Language, ...],
    *,
    mask: bool = False,
    mask_key: Path | None = None,
) -> tuple[Overview, list[Path]]:
    """Write the overview in every format that can be made here; return it, with pseudonyms where asked, and the paths.

    Raises:
        OutputError: a file cannot be written.
        UsageError: the mask key cannot be used.
    """
    place = folder
    if mask:
        masker, made = open_masker(mask_key)
        if made is not None:
            with suppress(OSError):
                click.echo(where_the_key_is(made).in_(languages[0]), err=True)
        whole, place = _masked(whole, masker), folder / MASKED
        make_folder(place)
    written: list[Path] = []
    for name in FORMATS:
        report = discovery.overview_report(name)
        if isinstance(report, NeedsExtra) and report.missing():
            continue
        path = place / report.FILE_NAME
        write_whole(path, partial(report.render, whole, ReportOptions(languages=languages)))
        written.append(path)
    return whole, written


def _masked(whole: Overview, masker: Masker) -> Overview:
    return structs.replace(
        overview(
            (_masked_row(row, masker) for row in whole.targets),
            version=whole.version,
            taken_at=whole.taken_at,
            run=whole.run,
            shard=whole.shard,
            missing_shards=whole.missing_shards,
        ),
        masked=True,
    )


def _masked_row(row: Row, masker: Masker) -> Row:
    reasons = row.reasons
    if not row.masked and row.state is not State.NOT_SCANNED:
        reasons = tuple(ExitReason(code=one.code, reason=_MASKED_REASON) for one in row.reasons)
    return structs.replace(
        row,
        name=masker.pseudonym(row.name, "target"),
        title=masker.pseudonym(row.title, "target"),
        account=row.account if row.masked else "",
        reasons=reasons,
        files=(),
    )


def print_overview(whole: Overview, files: Sequence[Path], language: Language, *, plain: bool) -> None:
    """Print the worst targets, the files, and last why the exit code is what it is."""
    color = wants_color(sys.stdout) and not plain
    console = Console(
        file=sys.stdout,
        width=columns(sys.stdout) or (200 if plain else 100),
        no_color=not color,
        force_terminal=color,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with printing():
        console.print(_table(whole.targets[:_SHOWN], language))
        rest = len(whole.targets) - _SHOWN
        if rest > 0:
            more = Text(en=f"… and {rest} more, in the overview", ja=f"… ほか {rest} 件は一覧を参照")
            console.print(Styled(more.in_(language)))
        for path in files:
            console.print(Styled(str(path)), soft_wrap=True)
        for line in _why(whole, language):
            console.print(Styled(line), soft_wrap=True)


def _table(rows: Iterable[Row], language: Language) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        name = visible(row.title if row.title == row.name else f"{row.name} {row.title}")
        table.add_row(
            Styled(shortened(name, _NAME), style="bold" if row.code else ""),
            Styled(_score(row, language)),
            Styled(_found(row, language)),
        )
    return table


def _score(row: Row, language: Language) -> str:
    if row.state is not State.SCANNED or row.overall is None:
        return _STATES.get(row.state, _STATES[State.FAILED]).in_(language)
    grade = f"{row.overall.grade}  " if row.overall.grade else ""
    return grade + headline(row.overall, language)


def _found(row: Row, language: Language) -> str:
    if row.state is not State.SCANNED:
        return visible(row.reasons[0].reason.in_(language)) if row.reasons else ""
    return " · ".join(
        f"{SEVERITIES[severity].in_(language)} {row.by_severity[severity.value]}"
        for severity in Severity
        if row.by_severity.get(severity.value)
    )


def _why(whole: Overview, language: Language) -> Iterable[str]:
    """Return every reason, the deciding one last, where a person looks."""
    code = EXIT_CODE.in_(language)
    if not whole.exit:
        yield f"{code.capitalize()} 0: {CLEAN.in_(language)}"
        return
    for also in reversed(whole.exit[1:]):
        yield f"{visible(also.reason.in_(language))} ({also.code})"
    yield f"{code.capitalize()} {whole.code}: {visible(whole.exit[0].reason.in_(language))}"
