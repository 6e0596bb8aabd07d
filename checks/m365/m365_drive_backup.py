"""The provider keeps its service running; bringing a file back is the customer's part."""

from cloudaudit.check import Audit, Severity, Text, Theme, Verdict, check, failed, passed, value
from cloudaudit.providers.m365.model import Drive, Tenant


@check(
    "m365-drive-backup",
    title=Text(
        en="The drive is covered by an active Microsoft 365 Backup policy",
        ja="有効な Microsoft 365 Backup ポリシーで保護されている",
    ),
    theme=Theme.BACKUP,
    severity=Severity.MEDIUM,
    on=Drive,
    uses=(Tenant,),
    rationale=Text(
        en="Versions and the recycle bin end after days and can be emptied; ransomware writes over both. Microsoft "
        "does not restore what a customer lost.",
        ja="バージョン履歴やごみ箱には期限があり、ランサムウェアや誤操作で失われます。"
        "失ったデータの復旧は Microsoft ではなく利用者の責任です。",
    ),
    remediation=Text(
        en="Add the site or account to an active policy in the Microsoft 365 admin center, under Backup. Where another "
        "product backs it up, record that in a waiver.",
        ja="Microsoft 365 管理センターの「バックアップ」で、サイトまたはアカウントを有効なポリシーに追加してください。"
        "他製品でバックアップしている場合は、その旨を例外(waiver)として記録してください。",
    ),
    references=(
        "https://learn.microsoft.com/microsoft-365/backup/backup-overview",
        "https://learn.microsoft.com/graph/api/resources/protectionunitbase",
    ),
)
def drive_backup(drive: Drive, audit: Audit) -> Verdict:
    """Protected means: a unit with status protected, under a policy that is active."""
    unit = value(drive.protection)
    if unit is None:
        return failed(
            Text(
                en="No Microsoft 365 Backup policy covers it. Other products' backups cannot be seen from here.",
                ja="Microsoft 365 Backup の対象になっていません(他製品によるバックアップはここからは確認できません)。",
            ),
            {"protection": None},
        )
    evidence: dict[str, object] = {
        "status": unit.status,
        "policy": unit.policy or None,
        "since": unit.since or None,
    }
    if unit.status.casefold() != "protected":
        return failed(
            Text(
                en=f"Its protection is not in force (status {unit.status or 'none'}).",
                ja=f"保護が有効になっていません(状態: {unit.status or 'なし'})。",
            ),
            evidence,
        )
    policies = {policy.id: policy for policy in value(audit.only(Tenant).backup_policies)}
    policy = policies.get(unit.policy)
    evidence["policy_name"] = policy.name if policy else None
    evidence["policy_status"] = policy.status if policy else None
    if policy is None or policy.status.casefold() not in {"active", "activewitherrors"}:
        return failed(
            Text(
                en="The backup policy that covers it is not active.",
                ja="対象となっているバックアップポリシーが有効ではありません。",
            ),
            evidence,
        )
    return passed(
        Text(
            en=f"It is protected by {policy.name}.",
            ja=f"バックアップポリシー「{policy.name}」で保護されています。",
        ),
        evidence,
    )
