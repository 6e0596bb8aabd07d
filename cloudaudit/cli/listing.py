"""The work of ``cloudaudit evidence list`` and ``head``."""

from itertools import groupby, pairwise
from pathlib import Path

import click

from cloudaudit import clock
from cloudaudit.cli.sealing import refuse_missing_library
from cloudaudit.cli.streams import printing
from cloudaudit.errors import EvidenceError
from cloudaudit.evidence.statement import Run
from cloudaudit.reporting import headline, moment
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

_Found = tuple[Path, Run]
_UNSIGNED = Text(en="UNSIGNED", ja="未署名")
_SIGNED = Text(en="signed", ja="署名あり")
_MASKED = Text(en="masked", ja="仮名化")


def print_nights(folder: Path, every: int, language: Language) -> None:
    """Print each target's bundles by time, and the gaps between its nights.

    Args:
        folder: searched with its subfolders.
        every: days between two scans.
        language: of the output.

    Raises:
        UsageError: there is no such folder.
        EvidenceError: a file in it is no bundle; the others are printed first.
    """
    found, broken = _bundles(folder)
    with printing():
        if not found and not broken:
            click.echo(_none(folder).in_(language))
        for target, group in groupby(found, key=lambda one: _target(one[1])):
            click.echo(visible(target))
            _print_target(list(group), every, language)
    _refuse(broken)


def print_heads(folder: Path, language: Language) -> None:
    """Print the SHA-256 of each target's last night.

    Raises:
        EvidenceError: there is no night, or a bundle is not as it was sealed.
    """
    from cloudaudit.evidence.bundle import open_bundle

    found, broken = _bundles(folder)
    _refuse(broken)
    nights = [one for one in found if one[1].chain.joined]
    if not nights:
        raise EvidenceError(_none(folder))
    with printing():
        for target, group in groupby(nights, key=lambda one: _target(one[1])):
            path, run = max(group, key=lambda one: one[1].chain.sequence)
            with open_bundle(path) as bundle:
                told = Text(
                    en=f"night {run.chain.sequence}, {moment(run.taken_at, 'en')}, {target}",
                    ja=f"{run.chain.sequence} 番目、{moment(run.taken_at, 'ja')}、{target}",
                )
                click.echo(f"{bundle.sha256}  {visible(told.in_(language))}")


def _bundles(folder: Path) -> tuple[list[_Found], list[EvidenceError]]:
    """Return the runs in a folder by target and time, and what could not be read."""
    refuse_missing_library()
    from cloudaudit.evidence.bundle import peek
    from cloudaudit.evidence.chain import bundles_in

    found: list[_Found] = []
    broken: list[EvidenceError] = []
    for path in bundles_in(folder):
        try:
            predicate = peek(path).predicate
        except EvidenceError as error:
            broken.append(error)
            continue
        if isinstance(predicate, Run):
            found.append((path, predicate))
    return sorted(found, key=lambda one: (_target(one[1]), one[1].taken_at, one[0].name)), broken


def _target(run: Run) -> str:
    return f"{run.target.name} ({run.target.provider} {run.target.account})"


def _print_target(runs: list[_Found], every: int, language: Language) -> None:
    nights = [run for _, run in runs if run.chain.joined]
    gaps = {after.taken_at: gap for before, after in pairwise(nights) if (gap := _gap(before, after, every))}
    for path, run in runs:
        if run.chain.joined and run.taken_at in gaps:
            click.echo(f"  {gaps[run.taken_at].in_(language)}")
        click.echo(f"  {visible(_line(path, run, language))}")


def _gap(before: Run, after: Run, every: int) -> Text | None:
    """Return what is missing between two nights: days without a scan, or bundles that are not in the folder."""
    lost = after.chain.sequence - before.chain.sequence - 1
    if lost > 0:
        return Text(
            en=f"!! {lost} sealed night(s) are not in this folder",
            ja=f"!! 封印された証跡 {lost} 件がこのフォルダーにありません",
        )
    first, last = (clock.parse(one.taken_at).date() for one in (before, after))
    days = (last - first).days
    if days <= every:
        return None
    return Text(
        en=f"-- no scan between {first} and {last} ({days - 1} day(s) without)",
        ja=f"-- {first} から {last} までの間にスキャンがありません({days - 1} 日間)",
    )


def _line(path: Path, run: Run, language: Language) -> str:
    marks = [(_SIGNED if run.signing.key else _UNSIGNED).in_(language)]
    if run.masked:
        marks.append(_MASKED.in_(language))
    if not run.chain.joined:
        from cloudaudit.evidence.chain import REASONS

        reason = REASONS.get(run.chain.reason)
        if reason is not None:
            marks.append(
                Text(en=f"not in the chain: {reason.en}", ja=f"連鎖の対象外({reason.ja})").in_(language)
            )
    number = f"#{run.chain.sequence}" if run.chain.joined else "-"
    keep = Text(en=f"keep until {run.keep_until}", ja=f"保管期限 {run.keep_until}").in_(language)
    score = headline(run.score.overall, language)
    return f"{number}  {moment(run.taken_at, language)}  {score}  [{', '.join(marks)}]  {keep}  {path}"


def _none(folder: Path) -> Text:
    return Text(
        en=f"There is no sealed run in {folder}; scan with --seal, or name another folder.",
        ja=f"{folder} に封印された証跡がありません。--seal を付けてスキャンするか、別のフォルダーを指定してください。",
    )


def _refuse(broken: list[EvidenceError]) -> None:
    if broken:
        texts = [error.diagnostics() for error in broken]
        raise EvidenceError(
            Text(en=" ".join(text.en for text in texts), ja="".join(text.ja for text in texts))
        )
