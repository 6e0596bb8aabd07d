"""What the PDF report says, as plain data for its template: words chosen, sorted, counted and cut to size."""

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from cloudaudit import clock, waiver_words
from cloudaudit.actions import CONFIRMATIONS, PROGRESS, Action, confirmation
from cloudaudit.assessment import Assessment
from cloudaudit.client import lines, warning
from cloudaudit.digest import Blind, Digest, Failures, condense
from cloudaudit.explain import CAUSES
from cloudaudit.ledger import (
    ALL_FIT,
    ALL_LISTED,
    STANDINGS,
    UNLISTED,
    UNMATCHED,
    WHAT_TO_DO,
    Entry,
    LedgerCheck,
    shown_stores,
    summary,
)
from cloudaudit.model import Finding, Gap, Severity, Share, Status
from cloudaudit.reporting import (
    CLEAN,
    SEVERITIES,
    SIGNATURE,
    STATUSES,
    detail_in,
    headline,
    moment,
    number,
    signature,
    theme_name,
    who,
)
from cloudaudit.scoring import Measure
from cloudaudit.text import Language, Text

from . import _pdf_words as words
from ._words import RIGHTS, SCOPES, TITLE, WHATS, parts, recipient, threshold, word

ROWS = 2_000
"""Findings that are printed; the rest is counted and stands in the sheet."""

_FIX = 5
_EXAMPLES = 3
_UNSEEN = 8
_SETTINGS = 6
_LISTED = 200
_CHECKS_NAMED = 6
_ALIKE = 3
"""Rows that say the same, from which on it is said once."""

_LONG = 1_200
"""Characters from which on a row may break over pages; a shorter one is kept together."""

_WORD = re.compile(r"[!-~]{13,}")
_BREAKS = re.compile(r"(?<=[/:._@=?&,;+*-])(?=[!-~])|(?<=[!-~]{24})(?=[!-~])")
_SPACE = "\u200b"


class Facts:
    """Makes the data in one language.

    Args:
        show: makes text that the fonts can show.
        attached: bytes of result.json that are attached; None where it is too long.
    """

    def __init__(
        self, assessment: Assessment, language: Language, show: Callable[[str], str], attached: int | None
    ) -> None:
        self._assessment = assessment
        self._language: Language = language
        self._show = show
        self._attached = attached

    def all(self) -> dict[str, Any]:
        """Return everything that the template asks for."""
        digest = condense(self._assessment.findings(), examples=_EXAMPLES)
        worst = self._assessment.worst(ROWS)
        return {
            "language": self._language,
            "words": {name: text.in_(self._language) for name, text in words.WORDS.items()},
            **self._front(digest),
            **self._record(),
            **self._details(digest, worst),
            **self._lists(),
            "ledger": self._ledger(self._assessment.ledger) if self._assessment.ledger else None,
        }

    # ------------------------------------------------------------------------------------------------- small tools

    def _say(self, text: Text) -> str:
        return self._line(text.in_(self._language))

    def _line(self, text: str) -> str:
        """Return text that the fonts can show, and that can be broken where a long name leaves no blank."""
        return _WORD.sub(lambda match: _BREAKS.sub(_SPACE, match[0]), self._show(text))

    def _heads(self, texts: Iterable[Text]) -> list[str]:
        return [self._say(text) for text in texts]

    def _count(self, figure: int) -> str:
        return self._say(Text(en=f"{figure:,} findings" if figure != 1 else "1 finding", ja=f"{figure:,} 件"))

    def _severity(self, severity: Severity) -> dict[str, str]:
        return {"severity": severity.value, "severity-word": self._say(SEVERITIES[severity])}

    def _title(self, check: str) -> str:
        info = self._assessment.checks.get(check)
        return self._say(info.title) if info else self._line(check)

    # --------------------------------------------------------------------------------------------------- first page

    def _front(self, digest: Digest) -> dict[str, Any]:
        assessment = self._assessment
        overall = assessment.score.overall
        taken = clock.parse(assessment.taken_at)
        unseen = list(self._unseen(digest))
        rest = len(unseen) - _UNSEEN
        more = Text(
            en=f"and {rest} more; all are listed further on", ja=f"ほか {rest} 件(詳細は以降のページに記載)"
        )
        return {
            "title": self._say(TITLE),
            "target": self._line(who(assessment.target)),
            "target-short": self._line(
                f"{assessment.target.provider.upper()} {assessment.target.account}"[:80]
            ),
            "day": {
                name: getattr(taken, name) for name in ("year", "month", "day", "hour", "minute", "second")
            },
            "taken": moment(assessment.taken_at, self._language),
            "headline": headline(overall, self._language),
            "footer": self._say(words.FOOTER),
            "client": self._client(),
            "masked": self._say(words.MASKED) if assessment.masked else None,
            "narrowed": self._say(words.NARROWED) if assessment.scope.narrowed else None,
            "score": {
                **_bar(overall),
                "grade": overall.grade,
                "guaranteed-text": _figure(overall.guaranteed),
            },
            "score-note": self._score_note(),
            "counts": self._counts(),
            "themes": [self._theme(name, measure) for name, measure in assessment.score.themes.items()],
            "fix": [self._fix(group) for group in digest.fix[:_FIX]],
            "scope": self._scope(),
            "unseen": unseen[:_UNSEEN],
            "unseen-more": self._say(more) if rest > 0 else None,
        }

    def _client(self) -> dict[str, Any] | None:
        client = self._assessment.client
        if client is None:
            return None
        fault = warning(client, self._assessment.taken_at)
        picture = client.logo.partition(",")[2]
        return {
            "lines": [
                {"word": self._show(heading), "text": self._line(said)}
                for heading, said in lines(client, self._language)
            ],
            "warning": self._say(fault) if fault else None,
            # The template takes a picture as its bytes.
            "logo": list(base64.b64decode(picture)) if picture else None,
            "name": self._show(client.name),
        }

    def _score_note(self) -> str:
        score = self._assessment.score
        note = self._say(words.SCORE_NOTE)
        if score.without_waivers != score.overall:
            without = headline(score.without_waivers, self._language)
            lead = Text(en=" With what is waived counted as failed: ", ja="受容した項目も不適合とした場合: ")
            note += lead.in_(self._language) + without
        return note

    def _counts(self) -> list[dict[str, Any]]:
        counts = self._assessment.counts
        figures = {
            Status.FAIL: counts.fail,
            Status.NOT_ASSESSED: counts.not_assessed,
            Status.PASS: counts.pass_,
            Status.WAIVED: counts.waived,
            Status.NOT_APPLICABLE: counts.not_applicable,
        }
        by_severity = [
            {"severity": severity.value, "word": self._say(SEVERITIES[severity]), "text": f"{found:,}"}
            for severity in Severity
            if (found := counts.by_severity.get(severity.value, 0))
        ]
        return [
            {
                "word": self._say(STATUSES[status]),
                "kind": status.value,
                "value": figure,
                "text": f"{figure:,}",
                "parts": by_severity if status is Status.FAIL else [],
            }
            for status, figure in figures.items()
        ]

    def _theme(self, name: str, measure: Measure) -> dict[str, Any]:
        coverage = f"{number(measure.coverage)} %" if measure.coverage is not None else "—"
        return {
            "name": self._line(theme_name(name, self._language)),
            **_bar(measure),
            "guaranteed-text": _figure(measure.guaranteed),
            "coverage-text": coverage,
        }

    def _fix(self, group: Failures) -> dict[str, Any]:
        info = self._assessment.checks.get(group.check)
        names = [self._line(_cut(example.resource.name)) for example in group.examples]
        rest = group.count - len(names)
        more = Text(en=f" and {rest:,} more", ja=f" ほか {rest:,} 件").in_(self._language) if rest > 0 else ""
        comma = Text(en=", ", ja="、").in_(self._language)
        return {
            **self._severity(group.severity),
            "title": self._title(group.check),
            "count": self._count(group.count),
            "examples": comma.join(names) + more,
            "remedy": self._say(info.remediation) if info else "",
        }

    def _scope(self) -> list[dict[str, str]]:
        assessment = self._assessment
        resources = sum(1 for _ in assessment.resources())
        lines = (
            (Text(en="Target", ja="対象"), who(assessment.target)),
            (Text(en="Regions", ja="リージョン"), _several(assessment.scope.regions)),
            (Text(en="Resources", ja="資源数"), f"{resources:,}"),
            (Text(en="Checks", ja="チェック数"), f"{len(assessment.scope.checks):,}"),
            (Text(en="Open to others", ja="公開・共有"), self._opened()),
            (Text(en="Date and time", ja="実施日時"), moment(assessment.taken_at, self._language)),
        )
        return [{"word": self._say(name), "text": self._line(text)} for name, text in lines]

    def _opened(self) -> str:
        tally = Counter(share.scope for share in self._assessment.sharing)
        said = [f"{word(SCOPES, scope, self._language)} {count:,}" for scope, count in sorted(tally.items())]
        return " / ".join(said) or Text(en="none found", ja="該当なし").in_(self._language)

    def _unseen(self, digest: Digest) -> Iterator[dict[str, str]]:
        scope = self._assessment.scope
        left_out = self._say(Text(en="left out", ja="対象外"))
        told = [one for one in scope.blind if one.what != "setting"]
        for one in told:
            yield {"kind": left_out, "text": self._say(one.reason)}
        settings = [_cut(one.id) for one in scope.blind if one.what == "setting"]
        if settings:
            names = Text(en=", ", ja="、").in_(self._language).join(settings[:_SETTINGS])
            more = Text(
                en=f"settings that no interface tells: {len(settings)} ({names}); the reasons are listed below",
                ja=f"API では確認できない設定 {len(settings)} 項目({names})。理由は「対象外とした範囲の一覧」に記載",
            )
            yield {"kind": left_out, "text": self._line(more.in_(self._language))}
        for gap in self._assessment.gaps:
            place = " ".join(filter(None, (gap.of, gap.account, gap.region)))
            yield {
                "kind": self._say(Text(en="not listed", ja="一覧不可")),
                "text": self._line(f"{place}: {CAUSES[gap.cause].in_(self._language)}"),
            }
        for blind in digest.blind:
            yield {
                "kind": self._say(STATUSES[Status.NOT_ASSESSED]),
                "text": f"{self._missing(blind)}: {self._count(blind.count)}",
            }
        for one in scope.excluded:
            if one in scope.blind:
                continue
            yield {
                "kind": left_out,
                "text": self._line(f"{_cut(one.id)}: {one.reason.in_(self._language)}"),
            }

    def _missing(self, blind: Blind) -> str:
        if blind.permission:
            return self._line(blind.permission)
        return self._say(CAUSES[blind.cause] if blind.cause else STATUSES[Status.NOT_ASSESSED])

    # ------------------------------------------------------------------------------------------------------- record

    def _record(self) -> dict[str, Any]:
        assessment = self._assessment
        target, tool = assessment.target, assessment.tool
        left = (
            (Text(en="Date and time", ja="実施日時"), moment(assessment.taken_at, self._language)),
            (Text(en="Target", ja="対象"), who(target)),
            (Text(en="Partition", ja="パーティション"), target.partition or "—"),
            (Text(en="Regions", ja="リージョン"), ", ".join(assessment.scope.regions) or "—"),
            (Text(en="Read by (read-only)", ja="読み取りに使用した権限"), target.identity),
        )
        right = (
            (Text(en="Tool", ja="使用ツール"), f"{tool.name} {tool.version}"),
            (SIGNATURE, signature(assessment).in_(self._language)),
            (Text(en="Package digest", ja="パッケージのハッシュ"), tool.wheel_digest or "—"),
            (Text(en="Digest of the checks", ja="チェックのハッシュ"), tool.checks_digest),
            (
                Text(en="Own checks", ja="独自チェック"),
                ", ".join(file.name for file in tool.checks_dir) or "—",
            ),
            (Text(en="Schema of the result", ja="結果データの版"), str(assessment.schema)),
        )
        exits = [
            self._say(
                Text(
                    en=f"Exit code {one.code}: {one.reason.en}", ja=f"終了コード {one.code}: {one.reason.ja}"
                )
            )
            for one in assessment.exit
        ]
        clean = Text(en=f"Exit code 0: {CLEAN.en}", ja=f"終了コード 0: {CLEAN.ja}")
        return {
            "record": [
                [{"word": self._say(name), "text": self._line(text)} for name, text in column]
                for column in (left, right)
            ],
            "signature-heads": self._heads(words.SIGNATURE_HEADS),
            "signatures": self._heads(words.SIGNATURES),
            "glossary": [{"word": self._say(name), "text": self._say(text)} for name, text in words.GLOSSARY],
            "exits": exits or [self._say(clean)],
            "policy-heads": self._heads(words.POLICY_HEADS),
            "policy": [
                {
                    "name": self._line(line.name),
                    "value": self._line(threshold(line.value, self._language)),
                    "basis": self._line(
                        " ".join(filter(None, (line.basis.in_(self._language), line.source, line.rule)))
                    ),
                }
                for line in assessment.policy
            ],
        }

    # ------------------------------------------------------------------------------------------------------ details

    def _details(self, digest: Digest, worst: Sequence[Finding]) -> dict[str, Any]:
        failed = [finding for finding in worst if finding.status is Status.FAIL]
        unread = [finding for finding in worst if finding.status is Status.NOT_ASSESSED]
        rest = digest.failed + digest.not_assessed - len(worst)
        rest_note = Text(
            en=f"{len(worst):,} findings are printed, worst first. {rest:,} more are in the spreadsheet "
            "(corrective-actions.en.xlsx), the CSV report and result.json.",
            ja=f"本書には重要度の高い順に {len(worst):,} 件を掲載しています。残り {rest:,} 件は"
            "是正処置一覧(corrective-actions.ja.xlsx)、CSV レポートおよび result.json に記載しています。",
        )
        failed_note = Text(
            en=f"Failures, worst first: {_share_of(len(failed), digest.failed, 'en')}. "
            "Each title states the required state.",
            ja=f"不適合 {_share_of(len(failed), digest.failed, 'ja')}を、重要度の高い順に掲載しています。"
            "見出しは満たすべき状態を示します。",
        )
        unread_note = Text(
            en=f"Not assessed: {_share_of(len(unread), digest.not_assessed, 'en')}. "
            "Until they can be read they count as failed.",
            ja=f"判定不能 {_share_of(len(unread), digest.not_assessed, 'ja')}を掲載しています。"
            "読み取れるまでは不適合として扱います。",
        )
        return {
            "detail-heads": self._heads(words.DETAIL_HEADS),
            "failed": self._groups(failed),
            "failed-note": self._say(failed_note),
            "unread": self._groups(unread),
            "unread-note": self._say(unread_note),
            "blind-heads": self._heads(words.BLIND_HEADS),
            "blind": [self._blind(blind) for blind in digest.blind],
            "gap-heads": self._heads(words.GAP_HEADS),
            "gaps": [self._gap(gap) for gap in self._assessment.gaps],
            "rest": self._say(rest_note) if rest > 0 else None,
            "action-heads": self._heads(words.ACTION_HEADS),
            **self._actions(),
        }

    def _groups(self, findings: Iterable[Finding]) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = []
        for (severity, check), grouped in groupby(findings, lambda one: (one.severity, one.check)):
            info = self._assessment.checks.get(check)
            members = list(grouped)
            failed = members[0].status is Status.FAIL
            rows = [self._row(finding) for finding in members]
            single, bundles = _bundled(rows)
            groups.append(
                {
                    **self._severity(severity),
                    "check": self._line(check),
                    "title": self._title(check),
                    "theme": self._line(theme_name(info.theme, self._language)) if info else "",
                    # Nobody knows that what was not assessed needs mending; its rows say what to grant.
                    "remedy": self._say(info.remediation) if info and failed else "",
                    "count": self._count(len(rows)),
                    "rows": single,
                    "bundles": bundles,
                }
            )
        return groups

    def _row(self, finding: Finding) -> dict[str, Any]:
        resource = finding.resource
        action = self._assessment.actions.get(finding.id)
        name, reason = self._line(resource.name), self._say(finding.reason)
        lines = [self._line(line) for line in parts(finding, self._language)]
        account = resource.account if resource.account != self._assessment.target.account else ""
        return {
            "name": name,
            "place": self._line(" · ".join(filter(None, (resource.kind, account, resource.region)))),
            "reason": reason,
            "parts": lines,
            "action": self._action_line(action) if action else None,
            "long": len(name) + len(reason) + sum(map(len, lines)) > _LONG,
        }

    def _action_line(self, action: Action) -> str:
        said = (
            (Text(en="Owner", ja="担当"), action.owner),
            (Text(en="due", ja="期限"), action.due),
            (Text(en="progress", ja="状況"), self._progress(action)),
            (Text(en="action", ja="是正処置"), action.action),
            (Text(en="note", ja="備考"), action.note),
        )
        joint = Text(en="; ", ja=" / ").in_(self._language)
        return joint.join(
            f"{name.in_(self._language)}: {self._line(' '.join(text.split()))}" for name, text in said if text
        )

    def _progress(self, action: Action) -> str:
        return PROGRESS[action.progress].in_(self._language) if action.progress else ""

    def _blind(self, blind: Blind) -> dict[str, str]:
        checks = sorted(blind.checks)
        rest = len(checks) - _CHECKS_NAMED
        names = ", ".join(checks[:_CHECKS_NAMED]) + (f" +{rest}" if rest > 0 else "")
        return {
            "missing": self._missing(blind),
            "count": f"{blind.count:,}",
            "checks": self._line(names),
            **self._severity(blind.severity),
        }

    def _gap(self, gap: Gap) -> list[str]:
        detail = detail_in(gap.detail, self._language)
        why = [CAUSES[gap.cause].in_(self._language), detail, gap.permission or gap.operation]
        place = " ".join(filter(None, (gap.account, gap.region)))
        return [self._line(gap.of), self._line(place), self._line(" · ".join(filter(None, why)))]

    def _actions(self) -> dict[str, Any]:
        """Return what people wrote, with what this result says about it."""
        actions = self._assessment.actions
        found = {one.id: one for one in self._assessment.findings() if one.id in actions} if actions else {}
        rows = [self._action(action, found.get(action.finding)) for action in islice(actions.values(), ROWS)]
        tally = Counter(confirmation(found[each].status if each in found else None) for each in actions)
        said_en = ", ".join(f"{CONFIRMATIONS[each].en}: {tally[each]:,}" for each in sorted(tally))
        said_ja = "、".join(f"{CONFIRMATIONS[each].ja} {tally[each]:,} 件" for each in sorted(tally))
        note = Text(
            en=f"Corrective actions that were carried over: {len(actions):,}. {said_en}",
            ja=f"引き継いだ是正処置は {len(actions):,} 件です。{said_ja}",
        )
        return {"actions": rows, "actions-note": self._say(note)}

    def _action(self, action: Action, finding: Finding | None) -> list[str]:
        if finding is None:
            about = f"{action.resource} · {action.requirement}"
        else:
            about = f"{finding.resource.name} · {self._title(finding.check)}"
        wrote = " / ".join(
            " ".join(text.split()) for text in (action.cause, action.action, action.note) if text
        )
        due = " ".join(filter(None, (action.due, self._progress(action), action.done_on)))
        return [
            self._say(CONFIRMATIONS[confirmation(finding.status if finding else None)]),
            self._line(about),
            self._line(wrote),
            self._line(action.owner),
            self._line(due),
        ]

    # -------------------------------------------------------------------------------------------------------- lists

    def _lists(self) -> dict[str, Any]:
        assessment = self._assessment
        shares = assessment.sharing
        excluded = assessment.scope.excluded
        excluded_rest = len(excluded) - _LISTED
        more = Text(
            en=f"and {excluded_rest:,} more, in result.json",
            ja=f"ほか {excluded_rest:,} 件は result.json を参照",
        )
        return {
            "share-heads": self._heads(words.SHARE_HEADS),
            "sharing": [self._share(share) for share in shares[:_LISTED]],
            "sharing-note": self._sharing_note(len(shares)),
            "check-heads": self._heads((words.CHECK, *(STATUSES[status] for status in _COLUMNS))),
            **self._checks(),
            "excluded-heads": self._heads(words.EXCLUDED_HEADS),
            "excluded": [
                [self._line(word(WHATS, one.what, self._language)), self._line(one.id), self._say(one.reason)]
                for one in excluded[:_LISTED]
            ],
            "excluded-more": self._say(more) if excluded_rest > 0 else None,
            "outside": self._say(words.OUTSIDE),
            "attached": self._say(self._attached_note()),
            "waiver-heads": self._heads(waiver_words.HEADS),
            "waivers": [
                {
                    "wrong": entry.wrong,
                    "cells": [self._line(cell) for cell in waiver_words.cells(entry, self._language)],
                }
                for entry in waiver_words.urgent_first(assessment)
            ],
            "waivers-note": self._line(
                f"{waiver_words.LEAD.in_(self._language)} {waiver_words.sources(assessment)}"
            ),
        }

    def _ledger(self, check: LedgerCheck) -> dict[str, Any]:
        """Return the differences between the ledger of personal data and what was found."""
        file = " / ".join(filter(None, (check.file, check.sheet)))
        note = Text(
            en=f"Ledger: {file} (SHA-256 {check.sha256 or '—'})",
            ja=f"台帳: {file}(SHA-256 {check.sha256 or '—'})",
        )
        unlisted, differences = check.unlisted[:_LISTED], check.differences[:_LISTED]
        return {
            "file": self._line(note.in_(self._language)),
            "summary": self._say(summary(check)),
            "incomplete": self._say(check.incomplete) if check.incomplete else None,
            "unlisted-title": self._say(UNLISTED),
            "unlisted-note": self._say(WHAT_TO_DO if check.unlisted else ALL_LISTED),
            "unlisted-heads": self._heads(words.STORE_HEADS),
            "unlisted": [
                [self._line(store.name), self._line(store.kind), self._line(store.region)]
                for store in unlisted
            ],
            "unlisted-more": self._rest(len(check.unlisted)),
            "rows-title": self._say(UNMATCHED),
            "rows-note": None if differences else self._say(ALL_FIT),
            "rows-heads": self._heads(words.LEDGER_HEADS),
            "rows": [self._ledger_row(entry) for entry in differences],
            "rows-more": self._rest(len(check.differences)),
        }

    def _rest(self, count: int) -> str | None:
        rest = count - _LISTED
        more = Text(en=f"and {rest:,} more, in result.json", ja=f"ほか {rest:,} 件は result.json を参照")
        return self._say(more) if rest > 0 else None

    def _ledger_row(self, entry: Entry) -> list[str]:
        row = entry.row
        people = " / ".join(filter(None, (row.owner, row.contractor)))
        names = Text(en=", ", ja="、").in_(self._language).join(shown_stores(entry))
        return [
            self._say(STANDINGS[entry.standing]),
            f"{row.row}",
            self._line(_cut(row.name)),
            self._line(_cut(" ".join(row.location.split()))),
            self._line(_cut(people)),
            self._line(" ".join(filter(None, (entry.reason.in_(self._language), names)))),
        ]

    def _sharing_note(self, count: int) -> str:
        missing = [one.reason for one in self._assessment.scope.excluded if one.what == "sharing"]
        said = [self._say(reason) for reason in missing]
        if count:
            shown = min(count, _LISTED)
            text = Text(
                en=f"Open to the public or to outsiders: {count:,}; printed here: {shown:,}. "
                "All are in the second sheet of the spreadsheet.",
                ja=f"公開または外部に共有されているもの {count:,} 件のうち {shown:,} 件を掲載しています"
                "(全件は是正処置一覧の「外部共有一覧」シートに記載)。",
            )
        else:
            text = Text(
                en="Nothing is open to the public or to outsiders, as far as it was read.",
                ja="読み取れた範囲では、公開または外部に共有されているものはありません。",
            )
        return " ".join((self._say(text), *said))

    def _share(self, share: Share) -> list[str]:
        unknown = Text(en="since: not known", ja="開始不明")
        since = moment(share.since, self._language) if share.since else self._say(unknown)
        forever = Text(en="no end", ja="期限なし")
        until = moment(share.expires, self._language) if share.expires else self._say(forever)
        return [
            self._line(word(SCOPES, share.scope, self._language)),
            self._line(" ".join(filter(None, (share.resource.name, share.item)))),
            self._line(recipient(share, self._language)),
            self._line(word(RIGHTS, share.right, self._language)),
            self._line(detail_in(share.via, self._language)),
            f"{since} / {until}",
        ]

    def _checks(self) -> dict[str, Any]:
        tally = Counter((one.check, one.status) for one in self._assessment.findings())
        names = sorted(self._assessment.checks.keys() | {check for check, _ in tally})
        note = Text(
            en="How many resources passed, failed and so on, by check. Passes are printed as counts only.",
            ja="チェックごとの資源数です。適合は件数のみを記載しています。",
        )
        return {
            "checks-note": self._say(note),
            "checks": [
                {
                    "title": self._title(check),
                    "check": self._line(check),
                    "figures": [f"{tally[check, status]:,}" for status in _COLUMNS],
                }
                for check in names
            ],
        }

    def _attached_note(self) -> Text:
        if self._attached is None:
            return Text(
                en="result.json is too long to be attached; the report json (--format json) holds it.",
                ja="結果データ(result.json)はサイズが大きいため添付していません(--format json で出力できます)。",
            )
        return Text(
            en=f"result.json ({self._attached:,} bytes), which this report was made from, is attached to this PDF. "
            "PDF/A-3a is declared.",
            ja=f"本書の元となった結果データ result.json({self._attached:,} バイト)を、この PDF に添付しています。"
            "本 PDF は PDF/A-3a を宣言しています。",
        )


_COLUMNS = (Status.PASS, Status.FAIL, Status.NOT_ASSESSED, Status.WAIVED, Status.NOT_APPLICABLE)


def _bundled(rows: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part rows into those that stand alone, and those of which several say the very same, once with all names."""
    alike: dict[object, list[dict[str, Any]]] = {}
    for place, row in enumerate(rows):
        own = row["parts"] or row["action"] or row["long"]
        alike.setdefault(place if own else row["reason"], []).append(row)
    single = [row for group in alike.values() if len(group) < _ALIKE for row in group]
    bundles = [
        {
            "reason": group[0]["reason"],
            "rows": [{"name": row["name"], "place": row["place"]} for row in group],
        }
        for group in alike.values()
        if len(group) >= _ALIKE
    ]
    return single, bundles


def _bar(measure: Measure) -> dict[str, float | None]:
    return {"guaranteed": measure.guaranteed, "best": measure.best}


def _figure(figure: float | None) -> str:
    return "—" if figure is None else number(figure)


def _share_of(printed: int, count: int, language: Language) -> str:
    if printed == count:
        return f"{count:,}" if language == "en" else f"{count:,} 件"
    return f"{printed:,} of {count:,}" if language == "en" else f"{count:,} 件のうち {printed:,} 件"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - what a line of the first page has room for


def _several(names: Sequence[str]) -> str:
    shown = ", ".join(names[:6])
    return f"{shown} +{len(names) - 6}" if len(names) > 6 else shown or "—"  # noqa: PLR2004 - as above
