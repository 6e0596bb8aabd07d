"""A label that encrypts goes with the file wherever it is taken."""

from cloudaudit.check import (
    Audit,
    Cause,
    Severity,
    Text,
    Theme,
    Unread,
    Verdict,
    check,
    failed,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.model import Tenant


@check(
    "m365-sensitivity-label",
    title=Text(
        en="Sensitivity labels with encryption are published",
        ja="暗号化を伴う秘密度ラベルが発行されている",
    ),
    theme=Theme.ENCRYPTION,
    severity=Severity.LOW,
    on=Tenant,
    rationale=Text(
        en="Encryption of the provider's disks does not help once a file was downloaded or sent on; a label that "
        "encrypts does.",
        ja="クラウド側の保存時暗号化は、ファイルが持ち出された後には効きません。"
        "暗号化付きの秘密度ラベルであれば、持ち出し後も保護が続きます。",
    ),
    remediation=Text(
        en="In Microsoft Purview, make a label with access control (encryption) and publish it to the people who "
        "handle personal data.",
        ja="Microsoft Purview でアクセス制御(暗号化)を設定した秘密度ラベルを作成し、"
        "個人データを扱う利用者に発行してください。",
    ),
    references=(
        "https://learn.microsoft.com/purview/encryption-sensitivity-labels",
        "https://learn.microsoft.com/graph/api/resources/security-sensitivitylabel",
    ),
)
def sensitivity_label(tenant: Tenant, _audit: Audit) -> Verdict:
    """One label in use that encrypts is enough; a label of which it is not told is no proof either way.

    A listing that tells of no label whether it is in use is one of those that are; once it tells it of some, of the others
    it is not known.
    """
    listed = value(tenant.sensitivity_labels)
    telling = any(label.enabled is not None for label in listed)
    labels = [label for label in listed if label.enabled is not False]
    doubtful = [label for label in labels if telling and label.enabled is None]
    protecting = [label.name for label in labels if label.protects and label not in doubtful]
    evidence = {"labels": [label.name for label in labels], "encrypting": protecting}
    if protecting:
        return passed(
            Text(
                en=f"{len(protecting)} label(s) encrypt: {', '.join(protecting[:5])}.",
                ja=f"暗号化を伴うラベルが{len(protecting)}件あります({'、'.join(protecting[:5])})。",
            ),
            evidence,
        )
    if any(label.protects for label in doubtful):
        not_read(Unread(Cause.MALFORMED, tenant.sensitivity_labels.source, detail="isEnabled"))
    if any(label.protects is None for label in labels):
        not_read(Unread(Cause.MALFORMED, tenant.sensitivity_labels.source, detail="hasProtection"))
    return failed(
        Text(
            en="There is no label." if not labels else "No label encrypts.",
            ja="秘密度ラベルがありません。" if not labels else "暗号化を伴う秘密度ラベルがありません。",
        ),
        evidence,
    )
