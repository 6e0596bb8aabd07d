"""An application's secret is a password that nobody types, so nobody misses it."""

from cloudaudit.check import (
    Audit,
    Severity,
    Text,
    Theme,
    Verdict,
    check,
    failed,
    not_applicable,
    not_read,
    passed,
)
from cloudaudit.providers.m365.credentials import judge_secrets
from cloudaudit.providers.m365.model import CredentialHolder


@check(
    "m365-app-secret-age",
    title=Text(
        en="Application secrets and certificates are within the rule",
        ja="アプリのシークレットと証明書が有効期限・更新の基準を満たしている",
    ),
    theme=Theme.CREDENTIALS,
    severity=Severity.MEDIUM,
    on=CredentialHolder,
    rationale=Text(
        en="A copied secret works until it ends, without any second factor. One that lasts for years is rarely "
        "replaced; one that expired shows that nobody looks after the application.",
        ja="流出したシークレットは、期限まで MFA なしで悪用されます。有効期間が長いものは更新されないまま残り、"
        "期限切れのものはアプリの管理者がいないことの兆候です。",
    ),
    remediation=Text(
        en="Use a federated credential or a managed identity where possible; otherwise make a new secret for a year at "
        "most, move the application over, and delete the old one.",
        ja="可能な限りフェデレーション資格情報やマネージド ID に切り替えてください。難しい場合は有効期間1年以内の"
        "新しいシークレットに切り替え、古いものを削除してください。",
    ),
    references=(
        "https://learn.microsoft.com/graph/api/resources/passwordcredential",
        "https://learn.microsoft.com/graph/api/resources/keycredential",
    ),
    settings=("app_secret_max_age_days",),
)
def app_secret_age(holder: CredentialHolder, audit: Audit) -> Verdict:
    """Judge each secret and certificate; the value of a secret is never read."""
    limit = audit.policy.app_secret_max_age_days
    judged = judge_secrets(holder, limit, audit.taken_at)
    evidence = {
        "app_id": holder.app_id,
        "credentials": len(judged.parts) + len(judged.unread),
        "limit_days": limit,
    }
    if judged.bad:
        count = len(judged.bad)
        return failed(
            Text(
                en=f"{count} secret(s) or certificate(s) are expired, or older or longer-lived than {limit} days.",
                ja=f"期限切れ、または{limit}日を超えるシークレット・証明書が{count}件あります。",
            ),
            evidence,
            parts=judged.parts,
        )
    if judged.unread:
        not_read(*judged.unread)
    if not judged.parts:
        return not_applicable(
            Text(en="It has no secret and no certificate.", ja="シークレットも証明書もないアプリです。"),
            evidence,
        )
    return passed(
        Text(
            en=f"All {len(judged.parts)} are within {limit} days.",
            ja=f"{len(judged.parts)}件すべてが{limit}日以内の基準を満たしています。",
        ),
        evidence,
        parts=judged.parts,
    )
