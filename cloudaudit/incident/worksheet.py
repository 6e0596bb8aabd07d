"""漏えい等事案 対応ワークシート for one finding."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Cell, Column, Document, Field, Fields, Form, Note, Signs, Table
from cloudaudit.frameworks.loading import framework
from cloudaudit.incident import words
from cloudaudit.incident.dates import deadlines
from cloudaudit.incident.exposure import shares_of
from cloudaudit.incident.logs import changes_of, logs_for, reach
from cloudaudit.model import Finding, Share
from cloudaudit.reporting import MASKED, SEVERITIES, STATUSES, detail_in, moment, who
from cloudaudit.share_words import RIGHTS, recipient
from cloudaudit.text import Language, Text
from cloudaudit.visible import encodable_tree, shortened

_SHARES = 50
_EVIDENCE = 20
_LONG = 400
_CHANGES = 20
_EMPTY: tuple[Any, ...] = (None, [], {}, (), "")
_LAWS = ("第26条", "施行規則第7条", "施行規則第8条")


def worksheet(assessment: Assessment, finding: Finding, entered: date | None, language: Language) -> Document:
    """Return the worksheet as a document of one form.

    Args:
        assessment: the result.
        finding: one that tells of an exposure.
        entered: the day on which somebody learnt of it (知った日); without it no deadline is shown.
        language: of the labels.
    """
    writer = _Writer(assessment, finding, language)
    return Document(
        language=language,
        title=writer.say(words.TITLE),
        target=who(assessment.target),
        moment=moment(assessment.taken_at, language),
        day=assessment.taken_at,
        footer=writer.say(words.FOOTER),
        masked=writer.say(MASKED) if assessment.masked else "",
        lead=writer.say(words.LEAD),
        forms=(
            Form(
                name=writer.say(words.TITLE),
                title=writer.say(words.TITLE),
                blocks=tuple(writer.blocks(entered)),
            ),
        ),
    )


class _Writer:
    def __init__(self, assessment: Assessment, finding: Finding, language: Language) -> None:
        self._assessment = assessment
        self._finding = finding
        self._language: Language = language
        self._shares = shares_of(assessment, finding)

    def say(self, text: Text) -> str:
        return text.in_(self._language)

    def _two(self, en: str, ja: str) -> str:
        return ja if self._language == "ja" else en

    def _when(self, stamp: str) -> str:
        return moment(stamp, self._language) if stamp else self.say(words.UNKNOWN)

    def blocks(self, entered: date | None) -> Iterator[Block]:
        yield self._about(entered)
        yield self._reach()
        yield self._evidence()
        yield self._shared()
        yield self._since()
        yield self._logs()
        yield self._steps()
        yield self._cases()
        yield Note(text=self.say(words.ENCRYPTED), loud=True)
        yield self._deadlines(entered)
        yield self._items()
        yield self._people()
        yield Signs(boxes=tuple(map(self.say, words.SIGNED[0])), lines=tuple(map(self.say, words.SIGNED[1])))
        yield self._sources()

    def _about(self, entered: date | None) -> Fields:
        return Fields(
            title=self._two("The case", "事案"),
            fields=(
                Field(self._two("Case number", "事案番号")),
                Field(self._two("Learnt on", "知った日"), entered.isoformat() if entered else None),
                Field(self._two("By whom, how", "発見者・発見の経緯")),
                Field(
                    self._two("Found by the scan of", "検出した点検"), self._when(self._assessment.taken_at)
                ),
                Field(self._two("Target", "対象"), who(self._assessment.target)),
                Field(self._two("Finding", "検出事項 ID"), f"{self._finding.id}({self._finding.check})"),
            ),
        )

    def _reach(self) -> Fields:
        resource, finding = self._finding.resource, self._finding
        info = self._assessment.checks.get(finding.check)
        fields = [
            Field(self._two("Resource", "資源"), resource.name),
            Field(self._two("Id", "識別子"), resource.id),
            Field(
                self._two("Where", "所在"),
                " ".join(filter(None, (resource.provider.upper(), resource.account, resource.region))),
            ),
            Field(self._two("Should be", "あるべき状態"), self.say(info.title) if info else finding.check),
            Field(
                self._two("Result", "判定"),
                f"{self.say(STATUSES[finding.status])} / "
                f"{self._two('severity', '重要度')} {self.say(SEVERITIES[finding.severity])}",
            ),
            Field(self._two("How it is reachable", "到達できる経路"), self.say(finding.reason)),
            *(
                Field(self._two("Part", "内訳"), f"{part.key}: {self.say(part.reason)}")
                for part in finding.sub_findings[:_EVIDENCE]
                if part.status is finding.status
            ),
            Field(
                self._two("Kinds of personal data in it", "保管している個人データ(台帳 ID・項目)"), lines=2
            ),
        ]
        return Fields(
            title=self._two("What is reachable, and how", "到達できる範囲と経路"), fields=tuple(fields)
        )

    def _evidence(self) -> Table:
        told = [(name, value) for name, value in self._finding.evidence.items() if value not in _EMPTY]
        rows = tuple(
            (name, shortened(_plain(value, self._language), _LONG)) for name, value in told[:_EVIDENCE]
        )
        return Table(
            title=self._two("Evidence (settings that were read)", "証跡(読み取った設定値)"),
            columns=(
                Column(self._two("Setting", "設定項目(内部名)"), 30),
                Column(self._two("Value", "値"), 90),
            ),
            rows=rows,
            nothing=self._two("None was kept.", "記録された設定値はありません。"),
        )

    def _shared(self) -> Table:
        rest = len(self._shares) - _SHARES
        return Table(
            title=self._two("Shares of this resource", "この資源の共有先"),
            columns=(
                Column(self._two("Shared with", "共有先"), 34),
                Column(self._two("Right", "権限"), 14),
                Column(self._two("Granted by", "許可している設定"), 44),
                Column(self._two("Since", "開始日時"), 18),
                Column(self._two("Until", "期限"), 18),
            ),
            rows=tuple(self._share(share) for share in self._shares[:_SHARES]),
            nothing=self._two(
                "The inventory has no line on it.",
                "共有の一覧に該当する行はありません(一覧が不完全な場合があります)。",
            ),
            more=self._two(f"and {rest:,} more in result.json", f"他 {rest:,} 件は result.json に記載")
            if rest > 0
            else "",
        )

    def _share(self, share: Share) -> tuple[Cell, ...]:
        right = self.say(RIGHTS[share.right]) if share.right in RIGHTS else share.right
        until = self._when(share.expires) if share.expires else self._two("none", "期限なし")
        return (
            " / ".join(filter(None, (recipient(share, self._language), share.item))),
            right,
            detail_in(share.via, self._language),
            self._when(share.since),
            until,
        )

    def _since(self) -> Fields:
        since = min((share.since for share in self._shares if share.since), default="")
        seen = min((share.first_seen for share in self._shares if share.first_seen), default="")
        known = next(
            (each.since for each in self._assessment.failing_since() if each.id == self._finding.id), ""
        )
        changed = max((share.changed for share in self._shares if share.changed), default="")
        events = changes_of(self._assessment, self._finding)[:_CHANGES]
        told = tuple(f"{self._when(at)} {event}" for at, event in events)
        return Fields(
            title=self._two("Since when", "いつから"),
            fields=(
                Field(
                    self._two("Open since (logs and settings)", "公開の開始(ログ・設定による)"),
                    self._when(since),
                ),
                Field(self._two("Last change of the share", "共有の最終更新"), self._when(changed)),
                Field(self._two("Changes in the event history", "変更履歴"), told or self.say(words.UNKNOWN)),
                Field(
                    self._two("Known to fail since (earlier runs)", "不適合の継続(過去の点検による)"),
                    self._when(known or seen),
                ),
                Field(self._two("Closed on", "公開を停止した日時")),
            ),
        )

    def _logs(self) -> Table:
        found = logs_for(self._assessment, self._finding)
        titles = self._assessment.checks
        return Table(
            title=self._two("Logs, and how far back they reach", "調査に使えるログと遡れる範囲"),
            columns=(
                Column(self._two("Looked at", "確認した項目"), 34),
                Column(self._two("Of", "対象"), 24),
                Column(self._two("Result", "判定"), 12),
                Column(self._two("What was seen", "確認した内容"), 44),
                Column(self._two("Reaches back", "遡れる範囲"), 14),
            ),
            rows=tuple(
                (
                    self.say(titles[each.check].title) if each.check in titles else each.check,
                    each.resource.name,
                    self.say(STATUSES[each.status]),
                    self.say(each.reason),
                    self.say(reach(each)),
                )
                for each in found
            ),
            nothing=self._two(
                "The result has no finding about logs: not assessed. Ask whoever runs the logs.",
                "結果にログに関する判定がありません(判定不能)。ログの管理者に、ログの有無と保存期間を確認してください。",
            ),
        )

    def _steps(self) -> Table:
        info = self._assessment.checks.get(self._finding.check)
        close = 2
        rows: list[tuple[Cell, ...]] = []
        for number, step in enumerate(words.STEPS):
            what = self.say(step)
            if number == close and info:
                what += (
                    f"({self.say(info.remediation)})"
                    if self._language == "ja"
                    else f" ({self.say(info.remediation)})"
                )
            rows.append((str(number + 1), what, None, None))
        return Table(
            title=self._two("First steps", "初動対応"),
            columns=(
                Column("No.", 5),
                Column(self._two("What to do", "行うこと"), 80),
                Column(self._two("By whom", "実施者"), 18),
                Column(self._two("When", "日時"), 20),
            ),
            rows=tuple(rows),
        )

    def _cases(self) -> Table:
        box = tuple(map(self.say, words.BOXES))
        return Table(
            title=self._two(
                "The four cases of article 7 of the enforcement rules",
                "報告対象事態に当たるか(施行規則7条。担当者が判断)",
            ),
            columns=(
                Column(self._two("No.", "号"), 7),
                Column(self._two("Question", "事態"), 64),
                Column(self._two("Answer", "判断"), 17),
                Column(self._two("Why, by whom", "判断の根拠・判断者"), 36),
            ),
            rows=tuple((number, self.say(question), box, None) for number, question in words.CASES),
        )

    def _deadlines(self, entered: date | None) -> Table:
        days = deadlines(entered) if entered else None
        first = f"{days.first_from.isoformat()} – {days.first_until.isoformat()}" if days else None
        return Table(
            title=self._two(
                "Deadlines (a guide, counted with the day as the first)",
                "報告期限の目安(知った日を1日目として計算)",
            ),
            columns=(
                Column(self._two("Report", "区分"), 34),
                Column(self._two("Within", "期限"), 44),
                Column(self._two("Guide", "目安の日付"), 26),
                Column(self._two("Reported on", "報告した日"), 20),
            ),
            rows=(
                (
                    self._two("First report", "速報"),
                    self._two("at once, about 3 to 5 days", "速やかに(おおむね3〜5日以内)"),
                    first,
                    None,
                ),
                (
                    self._two("Full report", "確報"),
                    self._two("30 days", "30日以内"),
                    days.full.isoformat() if days else None,
                    None,
                ),
                (
                    self._two(
                        "Full report, dishonest purpose", "確報(3号: 不正の目的によるおそれがある場合)"
                    ),
                    self._two("60 days", "60日以内"),
                    days.dishonest.isoformat() if days else None,
                    None,
                ),
            ),
            more=self._two(
                "How days and holidays are counted must be confirmed with the Commission."
                + ("" if days else " Give the day with --entered YYYY-MM-DD."),
                "日数の数え方と閉庁日の扱いは、個人情報保護委員会に確認してください。"
                + ("" if days else "知った日を --entered YYYY-MM-DD で指定すると、日付を記入します。"),
            ),
        )

    def _items(self) -> Table:
        known = {"一": self._outline(), "四": self._cause(), "八": self._measures()}
        return Table(
            title=self._two("The nine items of article 8 (1)", "報告事項(施行規則8条1項各号)"),
            columns=(
                Column(self._two("No.", "号"), 7),
                Column(self._two("Item", "報告事項"), 30),
                Column(self._two("What the tool knows", "ツールで分かる事項"), 48),
                Column(self._two("To be written", "記入欄"), 40),
            ),
            rows=tuple(
                (number, self.say(item), known.get(number, "—"), None) for number, item in words.ITEMS
            ),
        )

    def _outline(self) -> str:
        taken = self._when(self._assessment.taken_at)
        name = self._finding.resource.name
        return self._two(
            f"Seen on {taken}: {name}. {self._finding.reason.en}",
            f"{taken} の点検で検出。対象: {name}。{self._finding.reason.ja}",
        )

    def _cause(self) -> str:
        return self._two(
            f"Setting: {self._finding.reason.en} (why it was set so is not known)",
            f"設定上の要因: {self._finding.reason.ja}(設定に至った経緯は不明)",
        )

    def _measures(self) -> str:
        info = self._assessment.checks.get(self._finding.check)
        remedy = self.say(info.remediation) if info else self.say(words.UNKNOWN)
        return self._two(
            f"Recommended: {remedy} Confirm by a new scan.",
            f"推奨する対処: {remedy} 是正後の再スキャンで確認。",
        )

    def _people(self) -> Fields:
        return Fields(
            title=self._two("Notice to people, and contacts", "本人への通知・連絡先"),
            fields=(
                Field(self._two("Notice (how, when)", "本人への通知(方法・時期)"), lines=2),
                Field(self._two("Desk for questions", "問い合わせ窓口")),
                Field(self._two("Experts, forensics", "専門機関(調査の要否・連絡先)")),
                Field(self._two("Other authorities", "業界の監督機関など、ほかの報告先")),
                Field(self._two("Where the evidence is kept", "保全した証拠の保管場所・保管者")),
            ),
        )

    def _sources(self) -> Table:
        law = framework("appi")
        controls = [control for item in _LAWS if (control := law.control(item)) is not None]
        return Table(
            title=self._two("Sources", "根拠・出典"),
            columns=(
                Column(self._two("Article", "条項"), 30),
                Column(self._two("What", "題名"), 34),
                Column(self._two("Source", "出典"), 44),
                Column(self._two("As of", "確認日"), 14),
            ),
            rows=tuple(
                (
                    f"{law.short.in_(self._language)} {control.shown(self._language)}",
                    self.say(control.title),
                    control.source or law.source,
                    law.as_of,
                )
                for control in controls
            ),
        )


def _plain(value: object, language: Language) -> str:
    told = _in_one(value, language)
    return told if isinstance(told, str) else msgspec.json.encode(encodable_tree(told)).decode()


def _in_one(value: object, language: Language) -> object:
    """Return plain JSON in which what stands there in both languages stands in one."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        if set(members) == {"en", "ja"}:
            return members[language]
        return {name: _in_one(item, language) for name, item in members.items()}
    if isinstance(value, list | tuple):
        return [_in_one(item, language) for item in cast("Sequence[object]", value)]
    return value
