"""After a leak only the log says what was taken."""

from cloudaudit.answers import shown
from cloudaudit.check import Audit, Severity, Text, Theme, Unread, Verdict, check, failed, not_read, passed
from cloudaudit.providers.gcs.lookups import project_of
from cloudaudit.providers.gcs.model import AuditLogConfig, Bucket, Project
from cloudaudit.providers.gcs.policy_exposure import capped, named
from cloudaudit.providers.gcs.policy_grants import project_policies

SERVICES = {"allServices", "storage.googleapis.com"}
NEEDED = ("DATA_READ", "DATA_WRITE")


@check(
    "gcs-bucket-data-access-log",
    title=Text(
        en="Data Access audit logs record reading and writing of objects",
        ja="オブジェクトの閲覧・書き込みが、データアクセス監査ログに記録される",
    ),
    theme=Theme.LOGGING,
    severity=Severity.MEDIUM,
    on=Bucket,
    uses=(Project,),
    rationale=Text(
        en="Without them nobody can tell after a leak who read which object. They do not record accesses to public "
        "objects; usage logs do.",
        ja="記録がなければ、漏えい発生時に「誰が・いつ・どのデータを」閲覧したかを特定できません。"
        "なお、一般公開されたオブジェクトへのアクセスは対象外で、使用状況ログで記録します。",
    ),
    remediation=Text(
        en="Enable DATA_READ and DATA_WRITE for storage.googleapis.com (or all services) on the project, folder or "
        "organisation, without exempted members.",
        ja="プロジェクト・フォルダ・組織のいずれかで、storage.googleapis.com(または全サービス)の DATA_READ と "
        "DATA_WRITE を、除外メンバーなしで有効にしてください。",
    ),
    references=(
        "https://cloud.google.com/storage/docs/audit-logging",
        "https://cloud.google.com/logging/docs/audit/configure-data-access",
    ),
)
def data_access_log(bucket: Bucket, audit: Audit) -> Verdict:
    """Judge the union of the project's configuration and those above it; an exemption anywhere holds."""
    configs: list[tuple[str, AuditLogConfig]] = []
    unread: list[Unread] = []
    for fact, place in project_policies(project_of(bucket, audit)):
        if isinstance(fact, Unread):
            unread.append(fact)
        else:
            configs += ((place.via.en, each) for each in fact.value.audit_logs if each.service in SERVICES)
    missing = [kind for kind in NEEDED if not any(each.log_type == kind for _, each in configs)]
    exempted = sorted({who for _, each in configs if each.log_type in NEEDED for who in each.exempted})
    evidence = {
        **capped("configurations", [_evidence(via, each) for via, each in configs]),
        "not_logged": missing,
        **capped("exempted", exempted),
        "usage_logs_to": shown(bucket.usage_logging, lambda logging: logging.bucket if logging else None),
    }
    if exempted and not missing:
        names = named(exempted)
        return failed(
            Text(
                en=f"Reading and writing are logged, but not of these members: {names.en}.",
                ja=f"閲覧・書き込みは記録されますが、次のメンバーは記録対象外です: {names.ja}。",
            ),
            evidence,
            severity=Severity.LOW,
        )
    if unread:
        not_read(*unread)
    if missing:
        return failed(
            Text(
                en=f"Data Access audit logs are not on for {' and '.join(missing)}.",
                ja=f"データアクセス監査ログの {'・'.join(missing)} が有効になっていません。",
            ),
            evidence,
        )
    return passed(
        Text(
            en="Data Access audit logs record reading and writing.",
            ja="閲覧・書き込みがデータアクセス監査ログに記録されます。",
        ),
        evidence,
    )


def _evidence(via: str, config: AuditLogConfig) -> dict[str, object]:
    return {
        "at": via,
        "service": config.service,
        "log_type": config.log_type,
        **capped("exempted", config.exempted),
    }
