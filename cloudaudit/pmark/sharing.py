"""外部共有一覧 and アクセス権限見直し票: who outside gets in, who inside has an account, and who still should."""

from collections.abc import Iterator
from itertools import islice

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Cell, Column, Form, Note, Table
from cloudaudit.model import Status, Theme
from cloudaudit.pmark.words import clauses, count, title_of, when, word
from cloudaudit.reporting import detail_in
from cloudaudit.share_words import RIGHTS, SCOPES, recipient

_KEEP = ("□残す", "□外す")
_PEOPLE = ("-user", "-guest", "-admin", "-role", "-application", "-service-principal", "-service-account")
_CHECKS = 3


def sharing(assessment: Assessment, rows: int) -> Form:
    """Return the inventory of what is open to whom (a 持ち出し管理簿 of the cloud)."""
    shares = assessment.sharing
    blocks: list[Block] = [Note(text=reason, loud=True) for reason in _incomplete(assessment)]
    blocks.append(
        Table(
            columns=(
                Column("No.", 5),
                Column("区分", 7),
                Column("対象", 32),
                Column("共有先", 32),
                Column("権限", 12),
                Column("許可している設定", 34),
                Column("開始日時", 14),
                Column("期限", 12),
                Column("承認番号", 12),
                Column("業務上の必要性", 16),
            ),
            rows=tuple(
                (
                    str(number),
                    word(SCOPES, share.scope),
                    " / ".join(filter(None, (share.resource.name, share.item))),
                    recipient(share, "ja"),
                    word(RIGHTS, share.right),
                    detail_in(share.via, "ja"),
                    when(share.since)[:10],
                    when(share.expires)[:10] if share.expires else "期限なし",
                    None,
                    None,
                )
                for number, share in enumerate(shares[:rows], start=1)
            ),
            nothing="読み取れた範囲では、公開または外部に共有されているものはありません。",
            more=_more(len(shares) - rows),
        )
    )
    return Form(
        name="外部共有一覧",
        title="外部共有一覧(クラウドの持ち出し管理簿)",
        blocks=tuple(blocks),
        items=clauses("J.9.2", "J.8.8", "J.9.4"),
    )


def review(assessment: Assessment, rows: int) -> Form:
    """Return the sheet on which somebody decides who keeps access."""
    every = list(islice(_people(assessment), rows + 1))
    total = sum(1 for _ in _people(assessment)) if len(every) > rows else len(every)
    return Form(
        name="アクセス権限見直し票",
        title="アクセス権限見直し票",
        items=clauses("J.9.2", "J.6.1"),
        blocks=(
            Note(
                text="社外の共有先と、社内の利用者・権限を一覧にしています。業務上の必要性を確認し、残す・外すを記入してください"
                "(個人情報保護委員会 Q&A 10-18: 権限管理の定期的な審査)。"
            ),
            *(Note(text=reason, loud=True) for reason in _incomplete(assessment)),
            Table(
                columns=(
                    Column("No.", 5),
                    Column("区分", 8),
                    Column("対象者・共有先", 40),
                    Column("対象・権限", 40),
                    Column("点検結果", 40),
                    Column("判断", 10),
                    Column("確認者", 12),
                    Column("確認日", 12),
                ),
                rows=tuple((str(number), *row) for number, row in enumerate(every[:rows], start=1)),
                nothing="読み取れた範囲に、見直しの対象はありません。",
                more=_more(total - rows),
            ),
        ),
    )


def _people(assessment: Assessment) -> Iterator[tuple[Cell, ...]]:
    for share in assessment.sharing:
        name = " / ".join(filter(None, (share.resource.name, share.item)))
        right = word(RIGHTS, share.right)
        yield (
            "社外",
            recipient(share, "ja"),
            f"{name}({right})",
            detail_in(share.via, "ja"),
            _KEEP,
            None,
            None,
        )
    failing: dict[str, list[str]] = {}
    unknown: set[str] = set()
    for finding in assessment.findings():
        if not finding.resource.kind.endswith(_PEOPLE):
            continue
        if finding.status is Status.FAIL:
            failing.setdefault(finding.resource.id, []).append(finding.check)
        elif finding.status is Status.NOT_ASSESSED:
            unknown.add(finding.resource.id)
    for resource in assessment.resources():
        if not resource.kind.endswith(_PEOPLE):
            continue
        yield (
            "社内",
            resource.name,
            f"{resource.provider.upper()} {resource.account}",
            _told(assessment, failing.get(resource.id, []), resource.id in unknown),
            _KEEP,
            None,
            None,
        )


def _told(assessment: Assessment, checks: list[str], unknown: bool) -> str:  # noqa: FBT001 - a fact about the person, one of two
    said = [f"不適合: {title_of(assessment, check)}" for check in checks[:_CHECKS]]
    if len(checks) > _CHECKS:
        said.append(f"ほか {len(checks) - _CHECKS} 件の不適合")
    if unknown:
        said.append("判定不能の項目あり")
    return "。".join(said) or "不適合の検出なし"


def _incomplete(assessment: Assessment) -> Iterator[str]:
    """Yield why a list may be short; a short list must not look like a clean one."""
    yield from (one.reason.ja for one in assessment.scope.excluded if one.what == "sharing")
    unread = sum(
        finding.theme is Theme.SHARING and finding.status is Status.NOT_ASSESSED
        for finding in assessment.findings()
    )
    if unread:
        yield f"共有に関する判定不能が {unread:,} 件あり、その分はこの一覧に含まれていません。"
    if assessment.scope.narrowed:
        yield "対象を絞った実行のため、すべてを確認したものではありません。"


def _more(rest: int) -> str:
    return f"他 {count(rest)}は result.json に記載" if rest > 0 else ""
