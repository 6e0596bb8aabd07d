"""Words and boxes that several forms share."""

from collections.abc import Mapping

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Signs
from cloudaudit.frameworks.loading import framework
from cloudaudit.model import Finding, Status, Theme
from cloudaudit.reporting import STATUSES, moment
from cloudaudit.text import Text

TITLE = "Pマーク 運用の確認記録・様式集"
FOOTER = "安全管理措置の実施状況を示す証跡(運用の確認記録)です。個人情報保護に関する適合を証明するものではありません。"
MASKED = "アカウント・名称・人名・アドレスは仮名に置き換えています。"
PICK = ("□適合", "□不適合", "□対象外")
APPROVAL = Signs(
    boxes=(
        "作成(実施者)",
        "確認(個人情報保護管理者)",
        "監査(個人情報保護監査責任者)",
        "承認(トップマネジメント)",
    ),
    lines=("氏名", "日付", "印"),
)
LEFT_EMPTY = "承認欄は空欄のまま出力しています。ツールが記入することはありません。"
UNKNOWN = "不明"
NOT_ASSESSED = "判定不能"
NONE = "なし"
MEASURES = "J.9.2"
"""安全管理措置, to which every theme belongs."""
ORDER = (Status.FAIL, Status.NOT_ASSESSED, Status.PASS, Status.WAIVED, Status.NOT_APPLICABLE)
"""Statuses in the order of the forms: what failed and what is unknown come first."""


def count(figure: int) -> str:
    """Return a number of things."""
    return f"{figure:,} 件"


def when(stamp: str) -> str:
    """Return a time for people, or that nobody knows it."""
    return moment(stamp, "ja") if stamp else UNKNOWN


def counted(statuses: Mapping[Status, int]) -> str:
    """Return counts by status, with those that fail and those that are unknown even where they are none."""
    return "、".join(
        f"{STATUSES[status].ja} {statuses.get(status, 0):,}"
        for status in ORDER
        if statuses.get(status, 0) or status in ORDER[:3]
    )


def title_of(assessment: Assessment, check: str) -> str:
    """Return the title of a check, which states the good state."""
    info = assessment.checks.get(check)
    return info.title.ja if info else check


def place_of(finding: Finding) -> str:
    """Return provider, account and region of a finding."""
    resource = finding.resource
    return " ".join(filter(None, (resource.provider.upper(), resource.account, resource.region)))


def word(words: Mapping[str, Text], value: str) -> str:
    """Return the word for a value of a closed list; a value that a plug-in invented stands for itself."""
    return words[value].ja if value in words else value


def items_for(check: str, theme: str, name: str) -> str:
    """Return the ids of a framework that results of a check are evidence for, as a form prints them."""
    taken = [each for each in framework(name).controls if each.takes(check, theme)]
    # What every result is evidence for (監視, 内部監査 …) says nothing about one failure; the measures themselves do.
    told = [each for each in taken if each.id == MEASURES or len(each.themes) < len(Theme)]
    return "、".join(each.shown("ja") for each in told or taken)


def cited(*items: str) -> str:
    """Return ids of the guideline as a form prints them: marked, where they were not verified."""
    guideline = framework("pmark")
    return "、".join(
        control.shown("ja") for item in items if (control := guideline.control(item)) is not None
    )


def clauses(*items: str) -> str:
    """Return the line below the title of a form that says what it is evidence for."""
    return f"関連項番(Pマーク指針): {cited(*items)}"
