"""What every report says of waivers: all of them, whether they have an effect or not."""

from collections.abc import Iterator, Sequence

from cloudaudit.assessment import Assessment
from cloudaudit.model import Finding
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible
from cloudaudit.waivers import IN_FORCE, Problem, State, WaiverEntry

TITLE = Text(en="Waivers", ja="受容の記録")
LEAD = Text(
    en="Failures that somebody accepted for a time. They leave the score and are counted beside it.",
    ja="期限を定めて受け入れた不適合です。スコアから除外し、件数を併記しています。",
)
STATES = {
    State.IN_FORCE: Text(en="in force", ja="有効"),
    State.EXPIRING: Text(en="expires soon", ja="まもなく期限切れ"),
    State.EXPIRED: Text(en="expired: the finding fails again", ja="期限切れ(不適合に戻しました)"),
    State.NOT_YET: Text(en="not yet begun: no effect", ja="開始前(適用していません)"),
    State.TOO_LONG: Text(
        en="longer than the policy allows: no effect", ja="期間がポリシーの上限を超過(適用していません)"
    ),
}
PROBLEMS = {
    Problem.UNUSED: Text(en="unused: nothing that it names fails", ja="該当する不適合なし(不要)"),
    Problem.TOO_BROAD: Text(en="too broad: names more than an exception", ja="対象が広すぎる"),
    Problem.UNKNOWN_CHECK: Text(en="there is no such check", ja="存在しないチェック ID"),
    Problem.OWN_APPROVAL: Text(en="approved by its own owner", ja="承認者と責任者が同一"),
}
HEADS = (
    Text(en="State", ja="状態"),
    Text(en="Check and resource", ja="チェック・対象"),
    Text(en="Reason, and what is done instead", ja="受容の理由・代替策"),
    Text(en="Owner, approver, ticket", ja="責任者・承認者・チケット"),
    Text(en="From, until", ja="開始日・期限"),
    Text(en="Covers", ja="件数"),
)


def standing(entry: WaiverEntry, language: Language) -> str:
    """Return the state and everything that is wrong."""
    said = [STATES[entry.state], *(PROBLEMS[problem] for problem in entry.problems)]
    return Text(en="; ", ja="、").in_(language).join(text.in_(language) for text in said)


def subject(entry: WaiverEntry) -> str:
    """Return what is waived: the check, the pattern, and the account where one is named."""
    return visible(" · ".join(filter(None, (entry.check, entry.resource, entry.account))))


def why(entry: WaiverEntry, language: Language) -> str:
    """Return the reason and the compensating control."""
    lead = Text(en="instead: ", ja="代替策: ").in_(language)
    return visible(f"{entry.reason} / {lead}{entry.compensating_control}")


def people(entry: WaiverEntry, language: Language) -> str:
    """Return who answers for it, who allowed it, and under which ticket."""
    owner, approver = Text(en="owner", ja="責任者"), Text(en="approver", ja="承認者")
    said = (
        f"{owner.in_(language)}: {entry.owner}",
        f"{approver.in_(language)}: {entry.approver}",
        entry.ticket,
    )
    return visible(" / ".join(filter(None, said)))


def days(entry: WaiverEntry, language: Language) -> str:
    """Return the first and the last day."""
    return f"{entry.created} {Text(en='to', ja='~').in_(language)} {entry.expires}"


def covers(entry: WaiverEntry) -> str:
    """Return how many failures it covers, or would, were it in force."""
    return str(entry.waived if entry.state in IN_FORCE else entry.failing)


def cells(entry: WaiverEntry, language: Language) -> tuple[str, ...]:
    """Return a row under ``HEADS``."""
    return (
        standing(entry, language),
        subject(entry),
        why(entry, language),
        people(entry, language),
        days(entry, language),
        covers(entry),
    )


def source(entry: WaiverEntry) -> str:
    """Return the file and the digest of its bytes, by which a change is seen later."""
    return visible(f"{entry.file} SHA-256 {entry.sha256}")


def sources(assessment: Assessment) -> str:
    """Return the files of all waivers."""
    return ", ".join(dict.fromkeys(map(source, assessment.waivers)))


def whole(entry: WaiverEntry, languages: Sequence[Language]) -> str:
    """Return everything about a waiver as one line in each language."""
    return " / ".join(
        " · ".join((*cells(entry, language)[:5], f"{covers(entry)}", source(entry))) for language in languages
    )


def of_finding(finding: Finding, assessment: Assessment) -> Iterator[WaiverEntry]:
    """Yield the waivers that cover a finding or parts of it."""
    named = dict.fromkeys(
        waiver for waiver in (finding.waiver, *(sub.waiver for sub in finding.sub_findings)) if waiver
    )
    yield from (entry for entry in assessment.waivers if entry.id in named)


def urgent_first(assessment: Assessment) -> list[WaiverEntry]:
    """Return the waivers, first those about which somebody has to do something."""
    return sorted(assessment.waivers, key=lambda entry: (not entry.wrong, not entry.remarkable))
