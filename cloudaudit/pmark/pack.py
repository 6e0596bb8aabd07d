"""All forms of the pack, in the order in which an assessor leafs through them."""

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Document, Form
from cloudaudit.pmark.acceptance import acceptance
from cloudaudit.pmark.countries import countries
from cloudaudit.pmark.cycle import cycle
from cloudaudit.pmark.internal_audit import checklist
from cloudaudit.pmark.manual import manual
from cloudaudit.pmark.options import PackOptions
from cloudaudit.pmark.record import record
from cloudaudit.pmark.renewal import renewal
from cloudaudit.pmark.sharing import review, sharing
from cloudaudit.pmark.tally import tally
from cloudaudit.pmark.tickets import tickets
from cloudaudit.pmark.words import FOOTER, MASKED, TITLE
from cloudaudit.reporting import moment, who

LEAD = (
    "クラウドストレージの点検結果を、Pマークの運用の確認・内部監査・是正処置の記録として使える様式にまとめたものです。"
    "黄色の欄は担当者が記入します。評価できなかった範囲(判定不能)は適合に含めず、運用の確認記録に必ず記載しています。"
)


def pack(assessment: Assessment, options: PackOptions, *, rows: int) -> Document:
    """Return the forms.

    Args:
        assessment: what was found.
        options: what people said.
        rows: of the long lists, at most; the rest is counted.
    """
    found = tally(assessment)
    forms: list[Form] = [
        record(assessment, options),
        *tickets(assessment, found),
        acceptance(assessment),
        sharing(assessment, rows),
        countries(assessment),
        review(assessment, rows),
        manual(assessment),
        checklist(assessment, options),
        cycle(assessment, found),
        renewal(assessment, options),
    ]
    return Document(
        language="ja",
        title=TITLE,
        target=who(assessment.target),
        moment=moment(assessment.taken_at, "ja"),
        day=assessment.taken_at,
        footer=FOOTER,
        forms=tuple(forms),
        contents="様式一覧",
        masked=MASKED if assessment.masked else "",
        lead=LEAD,
    )
