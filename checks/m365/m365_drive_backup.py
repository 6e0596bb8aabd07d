"""The provider keeps its service running; bringing a file back is the customer's part."""

from cloudaudit.check import (
    Audit,
    Cause,
    Read,
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
from cloudaudit.providers.m365.model import BackupService, Drive, Tenant


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
        "https://learn.microsoft.com/graph/api/resources/servicestatus",
    ),
)
def drive_backup(drive: Drive, audit: Audit) -> Verdict:
    """Protected means: a unit with status protected, under a policy that is active, in a service that can restore."""
    service = audit.only(Tenant).backup_service
    state = service.value.status.casefold() if isinstance(service, Read) else ""
    if isinstance(service, Read) and (fault := _fault(service.value)):
        return failed(fault, _of_service(service.value))
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
    running = value(service)
    if state not in {"enabled", _LOCKED}:
        not_read(Unread(Cause.MALFORMED, service.source, detail=running.status or "serviceStatus"))
    en = f"It is protected by {policy.name}."
    ja = f"バックアップポリシー「{policy.name}」で保護されています。"
    if state == _LOCKED:
        en += " The service is locked, though: nothing can be added or changed, and after 30 days nothing restored."
        ja += "ただしサービスはロック中です。対象の追加や変更はできず、30日続くと復元もできなくなります。"
    return passed(Text(en=en, ja=ja), evidence | _of_service(running))


def _fault(service: BackupService) -> Text | None:
    """Tell why the service as a whole protects nothing; None where it may.

    For want of billing Microsoft locks the service and stops its policies at once. Source:
    https://learn.microsoft.com/graph/api/resources/servicestatus
    """
    state = service.status.casefold()
    if state == _LOCKED:
        return _STOPPED.get(service.reason.casefold())
    return _USELESS.get(state)


def _of_service(service: BackupService) -> dict[str, object]:
    return {
        "service_status": service.status or None,
        "service_disabled_because": service.reason or None,
        "service_grace_until": service.grace_until or None,
        "service_restorable_until": service.restorable_until or None,
    }


_LOCKED = "protectionchangelocked"
_STOPPED = {
    "invalidbillingprofile": Text(
        en="Microsoft 365 Backup is locked because its billing is not in order: its policies are stopped, so nothing new "
        "is backed up, and after 30 days nothing can be restored.",
        ja="課金設定の不備により Microsoft 365 Backup がロックされています。ポリシーは停止し、新たなバックアップは"
        "取得されません。30日続くと復元もできなくなります。",
    ),
    "userrequested": Text(
        en="Microsoft 365 Backup was switched off by a person; what it holds can be restored for a while only.",
        ja="管理者の操作により Microsoft 365 Backup が停止されています。"
        "既存のバックアップから復元できるのは一定期間のみです。",
    ),
}
_USELESS = {
    "disabled": Text(
        en="Microsoft 365 Backup is switched off for the tenant, so no policy protects anything. Other products' backups "
        "cannot be seen from here.",
        ja="テナントの Microsoft 365 Backup が無効なため、どのポリシーでも保護されません"
        "(他製品によるバックアップはここからは確認できません)。",
    ),
    "restorelocked": Text(
        en="Microsoft 365 Backup is locked, so nothing can be restored from it.",
        ja="Microsoft 365 Backup がロックされており、復元できない状態です。",
    ),
}
