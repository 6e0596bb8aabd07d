"""summary.md: what matters first, small enough for any CI's job page."""

import re
from collections.abc import Callable, Sequence
from typing import BinaryIO, TypeVar

from cloudaudit import ledger
from cloudaudit.assessment import Assessment
from cloudaudit.changes_text import (
    ALWAYS,
    CHANGES,
    OTHER_CHECKS,
    OTHER_POLICY,
    blind_warning,
    counted,
    resources,
    since_when,
)
from cloudaudit.client import lines, warning
from cloudaudit.diff import Change, ChangedFinding, Changes, PartChange
from cloudaudit.digest import Blind, Digest, Failures, condense
from cloudaudit.explain import CAUSES
from cloudaudit.model import Gap, ResourceRef, Severity, Status
from cloudaudit.reporting import (
    CLEAN,
    EXIT_CODE,
    MASKED,
    NO_SCORE,
    SEVERITIES,
    SIGNATURE,
    STATUSES,
    ReportOptions,
    detail_in,
    headline,
    moment,
    number,
    signature,
    theme_name,
    who,
)
from cloudaudit.text import Language, Text
from cloudaudit.visible import shortened, visible
from cloudaudit.waiver_words import HEADS, LEAD, cells, sources, urgent_first
from cloudaudit.waiver_words import TITLE as WAIVERS

FILE_NAME = "summary.md"

LIMIT = 60_000
"""Bytes that the file stays under, whatever the size of the result."""

_EXAMPLES = 5
_REASON = 240
_NAME = 80
_PARTS = 3
_LEDGER = 20
_SYNTAX = re.compile(r"[\\`*_{}\[\]<>#|~&@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_EXIT_SHARE = 0.1
_CHANGE_SHARE = 0.35
_FIX_SHARE = 0.6
_BLIND_SHARE = 0.85
_GAP_SHARE = 0.93
_WAIVER_SHARE = 1.0
_ROOM = 2_500
"""Bytes kept free for the heads and foots of the sections that follow."""

T = TypeVar("T")


def escaped(text: str, limit: int = _REASON) -> str:
    """Return text that Markdown shows as it is, on one line, of at most ``limit`` characters."""
    return _SYNTAX.sub(r"\\\g<0>", shortened(visible(text), limit))


def render(assessment: Assessment, options: ReportOptions, out: BinaryIO) -> None:
    """Write the summary, one language after the other; each has its share of the limit."""
    digest = condense(assessment.findings(), examples=_EXAMPLES)
    share = LIMIT // len(options.languages)
    for index, language in enumerate(options.languages):
        page = _Page(language, share)
        if index:
            page.add("---\n\n")
        _fill(assessment, digest, page)
        out.write(page.encoded())


class _Page:
    """Markdown in one language that knows how much room is left."""

    def __init__(self, language: Language, limit: int) -> None:
        self.language: Language = language
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def say(self, text: Text) -> str:
        """Return a text in the language of this page."""
        return text.in_(self.language)

    def add(self, text: str) -> None:
        """Append text as it is."""
        data = text.encode("utf-8", "backslashreplace")
        self._parts.append(data)
        self._size += len(data)

    def rows(self, items: Sequence[T], row: Callable[[T], str], share: float) -> None:
        """Append a row for each item until the page is full to ``share``; then say how many were left out."""
        for index, item in enumerate(items):
            text = row(item)
            if self._size + len(text.encode("utf-8", "backslashreplace")) > self._limit * share - _ROOM:
                rest = len(items) - index
                self.add(
                    self.say(
                        Text(
                            en=f"\n… and {rest} more in result.json\n",
                            ja=f"\n… ほか {rest} 件は result.json を参照\n",
                        )
                    )
                )
                break
            self.add(text)
        self.add("\n")

    def encoded(self) -> bytes:
        """Return the page as UTF-8."""
        return b"".join(self._parts)


def _fill(assessment: Assessment, digest: Digest, page: _Page) -> None:
    _title(assessment, page)
    if assessment.changes is not None:
        _changes(assessment, assessment.changes, page)
    _counts(assessment, page)
    _fixes(assessment, digest, page)
    _unknown(assessment, digest, page)
    _gaps(assessment, page)
    _ledger(assessment, page)
    _waivers(assessment, page)
    _themes(assessment, page)


def _title(assessment: Assessment, page: _Page) -> None:
    overall = assessment.score.overall
    grade = f"{page.say(Text(en='Grade', ja='評価'))} {overall.grade} · " if overall.grade else ""
    lead = assessment.exit[0].reason if assessment.exit else CLEAN
    code = f"{page.say(EXIT_CODE).capitalize()} {assessment.exit_code}"
    page.add(f"## cloudaudit · {escaped(who(assessment.target))}\n\n")
    page.add(f"**{grade}{headline(overall, page.language)}**\n\n")
    page.add(f"**{code}**: {escaped(page.say(lead))}\n\n")
    page.rows(
        assessment.exit[1:], lambda also: f"- {escaped(page.say(also.reason))} ({also.code})\n", _EXIT_SHARE
    )
    page.add(
        f"{moment(assessment.taken_at, page.language)} · "
        f"<code>{escaped(assessment.target.identity)}</code> · cloudaudit {escaped(assessment.tool.version)} · "
        f"{page.say(SIGNATURE)}: {escaped(page.say(signature(assessment)))}\n\n"
    )
    _client(assessment, page)
    if assessment.score.without_waivers != overall:
        without = headline(assessment.score.without_waivers, page.language)
        lead_text = Text(en="With what is waived counted as failed", ja="受容した項目も不適合とした場合")
        page.add(f"{page.say(lead_text)}: {without}\n\n")
    for left_out in assessment.scope.blind:
        named = f"<code>{escaped(left_out.id, _NAME)}</code>: " if left_out.what == "setting" else ""
        page.add(f"> {named}{escaped(page.say(left_out.reason))}\n\n")
    if assessment.masked:
        page.add(f"> {page.say(MASKED)}\n\n")
    if assessment.scope.narrowed:
        narrowed = Text(
            en=f"Narrowed run: left out {len(assessment.scope.excluded)}, listed in result.json under scope.",
            ja=f"範囲を限定した実行です。除外 {len(assessment.scope.excluded)} 件は result.json の scope に記載しています。",
        )
        page.add(f"> {page.say(narrowed)}\n\n")


def _client(assessment: Assessment, page: _Page) -> None:
    if assessment.client is None:
        return
    told = (f"{heading}: {escaped(said)}" for heading, said in lines(assessment.client, page.language))
    page.add("<br>".join(told) + "\n\n")
    fault = warning(assessment.client, assessment.taken_at)
    if fault is not None:
        page.add(f"> **{escaped(page.say(fault))}**\n\n")


def _changes(assessment: Assessment, changes: Changes, page: _Page) -> None:
    since = moment(changes.since, page.language)
    page.add(f"### {page.say(Text(en=f'What changed since {since}', ja=f'前回({since})からの変化'))}\n\n")
    page.add(f"{page.say(Text(en='Before', ja='前回'))}: {headline(changes.before, page.language)}\n\n")
    for differs, note in ((changes.other_checks, OTHER_CHECKS), (changes.other_policy, OTHER_POLICY)):
        if differs:
            page.add(f"> {page.say(note)}\n\n")
    if blind := changes.counts.get(Change.BLIND, 0):
        page.add(f"> **{page.say(blind_warning(blind))}**\n\n")
    page.add(
        _head(page.say(Text(en="change", ja="変化")), page.say(Text(en="findings", ja="件数")))
        + "".join(
            _row(page.say(CHANGES[change]), page.say(counted(changes, change)))
            for change in Change
            if change in ALWAYS or changes.counts.get(change)
        )
        + "\n"
    )
    page.add(f"{page.say(resources(changes))}\n\n")
    shown = [line for lines in changes.examples.values() for line in lines]
    page.rows(shown, lambda line: _change_line(assessment, line, page), _CHANGE_SHARE)


def _change_line(assessment: Assessment, line: ChangedFinding, page: _Page) -> str:
    info = assessment.checks.get(line.check)
    title = f" {escaped(page.say(info.title))}" if info else ""
    since = f" {when}" if (when := since_when(line.since, page.language)) else ""
    parts = "".join(_part_line(part, page) for part in line.parts[:_PARTS])
    rest = len(line.parts) - _PARTS
    more = page.say(Text(en=f"  - … and {rest} more\n", ja=f"  - … ほか {rest} 件\n")) if rest > 0 else ""
    return (
        f"- **{page.say(CHANGES[line.change])}** ({page.say(SEVERITIES[line.severity])}) "
        f"<code>{escaped(line.resource.name, _NAME)}</code>{title} <code>{escaped(line.check)}</code>{since}\n"
        f"{parts}{more}"
    )


def _part_line(part: PartChange, page: _Page) -> str:
    since = f" {when}" if (when := since_when(part.since, page.language)) else ""
    return f"  - {page.say(CHANGES[part.change])}: <code>{escaped(part.key, _NAME)}</code>{since}\n"


def _counts(assessment: Assessment, page: _Page) -> None:
    counts = assessment.counts
    figures = {
        Status.FAIL: counts.fail,
        Status.NOT_ASSESSED: counts.not_assessed,
        Status.PASS: counts.pass_,
        Status.WAIVED: counts.waived,
        Status.NOT_APPLICABLE: counts.not_applicable,
    }
    page.add(_head(*(page.say(STATUSES[status]) for status in figures)))
    page.add(_row(*(str(figure) for figure in figures.values())) + "\n")
    by_severity = [
        f"{page.say(SEVERITIES[severity])} {counts.by_severity[severity]}"
        for severity in Severity
        if counts.by_severity.get(severity)
    ]
    if by_severity:
        page.add(f"{page.say(Text(en='Failed', ja='不適合の内訳'))}: {' · '.join(by_severity)}\n\n")


def _fixes(assessment: Assessment, digest: Digest, page: _Page) -> None:
    if not digest.fix:
        return
    page.add(f"### {page.say(Text(en='Fix first', ja='優先して是正する項目'))}\n\n")
    page.add(
        _head(
            page.say(Text(en="severity", ja="重要度")),
            page.say(Text(en="should be so, and is not", ja="本来あるべき状態")),
            page.say(Text(en="failed", ja="不適合")),
            page.say(Text(en="where and why", ja="対象と理由")),
            page.say(Text(en="what to do", ja="対処")),
        )
    )
    page.rows(digest.fix, lambda group: _fix_row(assessment, group, page), _FIX_SHARE)


def _fix_row(assessment: Assessment, group: Failures, page: _Page) -> str:
    info = assessment.checks.get(group.check)
    examples = "<br>".join(
        f"<code>{escaped(finding.resource.name, _NAME)}</code> {escaped(page.say(finding.reason))}"
        for finding in group.examples
    )
    rest = group.count - len(group.examples)
    more = page.say(Text(en=f"<br>and {rest} more", ja=f"<br>ほか {rest} 件")) if rest else ""
    return _row(
        page.say(SEVERITIES[group.severity]),
        (f"{escaped(page.say(info.title))}<br>" if info else "") + f"<code>{escaped(group.check)}</code>",
        str(group.count),
        examples + more,
        escaped(page.say(info.remediation)) if info else "",
    )


def _unknown(assessment: Assessment, digest: Digest, page: _Page) -> None:
    if not digest.blind:
        return
    page.add(f"### {page.say(Text(en='Not assessed', ja='判定できなかった項目'))}\n\n")
    if any(blind.permission for blind in digest.blind):
        command = f"`cloudaudit permissions {assessment.target.provider}`"
        hint = Text(
            en=f"To grant what is missing: {command} prints all that a scan needs.",
            ja=f"不足している権限は、{command} の出力(スキャンに必要な権限の一覧)で確認し、付与できます。",
        )
        page.add(f"{page.say(hint)}\n\n")
    page.add(
        _head(
            page.say(Text(en="missing", ja="不足している権限・原因")),
            page.say(Text(en="findings", ja="件数")),
            page.say(Text(en="up to", ja="最高重要度")),
            page.say(Text(en="checks", ja="チェック")),
        )
    )
    page.rows(digest.blind, lambda blind: _blind_row(blind, page), _BLIND_SHARE)


def _blind_row(blind: Blind, page: _Page) -> str:
    cause = page.say(CAUSES[blind.cause]) if blind.cause else page.say(STATUSES[Status.NOT_ASSESSED])
    checks = sorted(blind.checks)
    names = ", ".join(f"<code>{escaped(check)}</code>" for check in checks[:_EXAMPLES])
    rest = len(checks) - _EXAMPLES
    return _row(
        f"<code>{escaped(blind.permission)}</code>" if blind.permission else escaped(cause),
        str(blind.count),
        page.say(SEVERITIES[blind.severity]),
        names + (f" +{rest}" if rest > 0 else ""),
    )


def _gaps(assessment: Assessment, page: _Page) -> None:
    if not assessment.gaps:
        return
    title = Text(
        en="Could not be listed: nobody knows what is there", ja="一覧を取得できず、存在の有無も不明なもの"
    )
    page.add(f"### {page.say(title)}\n\n")
    page.rows(assessment.gaps, lambda gap: _gap_line(gap, page), _GAP_SHARE)


def _gap_line(gap: Gap, page: _Page) -> str:
    need = gap.permission or gap.operation
    grant = f" (<code>{escaped(need)}</code>)" if need else ""
    detail = detail_in(gap.detail, page.language)
    more = f": {escaped(detail)}" if detail else ""
    why = escaped(page.say(CAUSES[gap.cause]))
    return f"- <code>{escaped(gap.of)}</code> · {escaped(gap.region)} · {why}{grant}{more}\n"


def _ledger(assessment: Assessment, page: _Page) -> None:
    check = assessment.ledger
    if check is None:
        return
    page.add(f"### {page.say(ledger.TITLE)}\n\n")
    page.add(f"{escaped(page.say(ledger.summary(check)))}\n\n")
    if check.incomplete:
        page.add(f"> {escaped(page.say(check.incomplete))}\n\n")
    if check.unlisted:
        page.add(f"**{page.say(ledger.UNLISTED)}**\n\n")
        page.rows(check.unlisted[:_LEDGER], _store_line, _GAP_SHARE)
        _left_out(len(check.unlisted), page)
    if check.differences:
        page.add(f"**{page.say(ledger.UNMATCHED)}**\n\n")
        page.rows(check.differences[:_LEDGER], lambda entry: _entry_line(entry, page), _GAP_SHARE)
        _left_out(len(check.differences), page)


def _left_out(count: int, page: _Page) -> None:
    if count > _LEDGER:
        rest = count - _LEDGER
        more = Text(en=f"… and {rest} more in result.json", ja=f"… ほか {rest} 件は result.json を参照")
        page.add(f"{page.say(more)}\n\n")


def _store_line(store: ResourceRef) -> str:
    return f"- <code>{escaped(store.name, _NAME)}</code> · {escaped(store.kind)} · {escaped(store.region)}\n"


def _entry_line(entry: ledger.Entry, page: _Page) -> str:
    row = entry.row
    place = f"<code>{escaped(row.location, _NAME)}</code> " if row.location else ""
    return (
        f"- **{page.say(ledger.STANDINGS[entry.standing])}** ({row.row}) {escaped(row.name, _NAME)} "
        f"{place}{escaped(page.say(entry.reason))}\n"
    )


def _waivers(assessment: Assessment, page: _Page) -> None:
    if not assessment.waivers:
        return
    page.add(f"### {page.say(WAIVERS)}\n\n{page.say(LEAD)}\n\n")
    page.add(_head(*(page.say(head) for head in HEADS)))
    page.rows(
        urgent_first(assessment),
        lambda entry: _row(*(escaped(cell) for cell in cells(entry, page.language))),
        _WAIVER_SHARE,
    )
    page.add(f"<sub>{escaped(sources(assessment))}</sub>\n\n")


def _themes(assessment: Assessment, page: _Page) -> None:
    page.add(f"### {page.say(Text(en='Themes', ja='テーマ別'))}\n\n")
    heads = (
        Text(en="theme", ja="テーマ"),
        Text(en="grade", ja="評価"),
        Text(en="guaranteed", ja="保証"),
        Text(en="up to", ja="最大"),
        Text(en="assessed", ja="判定率"),
    )
    page.add(_head(*(page.say(head) for head in heads)))
    for theme, measure in assessment.score.themes.items():
        name = escaped(theme_name(theme, page.language))
        if measure.guaranteed is None or measure.best is None or measure.coverage is None:
            page.add(_row(name, "", page.say(NO_SCORE), "", ""))
        else:
            coverage = f"{number(measure.coverage)} %"
            page.add(
                _row(name, measure.grade or "", number(measure.guaranteed), number(measure.best), coverage)
            )
    page.add("\n")


def _head(*cells: str) -> str:
    return _row(*cells) + "|" + " --- |" * len(cells) + "\n"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"
