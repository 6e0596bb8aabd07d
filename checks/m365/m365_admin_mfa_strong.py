"""A code can be asked for by a false page; a key cannot."""

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
    not_applicable,
    not_read,
    passed,
    value,
)
from cloudaudit.providers.m365.credentials import strong_methods
from cloudaudit.providers.m365.model import Admin, Tenant
from cloudaudit.providers.m365.roles import administers


@check(
    "m365-admin-mfa-strong",
    title=Text(
        en="The administrator has phishing-resistant MFA",
        ja="管理者がフィッシング耐性のある MFA を登録している",
    ),
    theme=Theme.MFA,
    severity=Severity.CRITICAL,
    on=Admin,
    uses=(Tenant,),
    rationale=Text(
        en="Codes and push messages of administrators are stolen by pages that pass them on in real time. Keys, "
        "passkeys and Windows Hello are bound to the true address and cannot be.",
        ja="管理者の確認コードやプッシュ通知は、偽サイトによる中継でそのまま盗まれます。セキュリティキー、パスキー、"
        "Windows Hello は正規のサイトでしか使えないため、この攻撃を防げます。",
    ),
    remediation=Text(
        en="Give each administrator a FIDO2 key or a passkey, and demand the authentication strength "
        "'Phishing-resistant MFA' for directory roles.",
        ja="管理者ごとに FIDO2 セキュリティキーまたはパスキーを登録し、管理者ロールに対して認証強度"
        "「フィッシングに強い MFA」を要求してください。",
    ),
    references=(
        "https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths",
        "https://learn.microsoft.com/graph/api/resources/userregistrationdetails",
    ),
)
def admin_mfa_strong(admin: Admin, audit: Audit) -> Verdict:
    """Certificates are not in the report: where they are allowed, an administrator without a key is not judged."""
    roles = sorted({grant.role_name for grant in admin.grants})
    if not administers(grant.role for grant in admin.grants):
        return not_applicable(
            Text(
                en="The roles held administer nothing.",
                ja="管理権限を伴わないロールのみを持つアカウントです。",
            ),
            {"roles": roles},
        )
    if not value(admin.enabled):
        return not_applicable(
            Text(en="The account is disabled.", ja="無効化されたアカウントです。"), {"roles": roles}
        )
    registration = value(admin.registration)
    strong = strong_methods(registration)
    methods = [method for method in (registration.methods if registration else ()) if method]
    evidence = {"roles": roles, "methods": methods, "phishing_resistant": list(strong)}
    if strong:
        return passed(
            Text(
                en=f"Registered: {', '.join(strong)}.",
                ja=f"フィッシング耐性のある方式が登録されています({'、'.join(strong)})。",
            ),
            evidence,
        )
    _certificates_are_out(audit.only(Tenant))
    if registration is None:
        not_read(Unread(Cause.UNSUPPORTED, admin.registration.source, detail=_NO_LINE))
    if registration.mfa:
        return failed(
            Text(
                en=f"Only methods that can be phished are registered: {', '.join(methods) or 'none named'}.",
                ja=f"フィッシングに弱い方式だけが登録されています({'、'.join(methods) or '方式の記載なし'})。",
            ),
            evidence,
            severity=Severity.HIGH,
        )
    return failed(
        Text(en="The administrator is not registered for MFA.", ja="管理者に MFA が登録されていません。"),
        evidence,
    )


def _certificates_are_out(tenant: Tenant) -> None:
    methods = tenant.authentication_methods
    for method in value(methods):
        if method.id.casefold() == "x509certificate" and method.state.casefold() == "enabled":
            not_read(Unread(Cause.UNSUPPORTED, methods.source, detail=_CERTIFICATES))


_CERTIFICATES = Text(
    en="certificates are allowed for signing in, and the report does not tell who has one",
    ja="証明書によるサインインが許可されていますが、誰が証明書を持つかはレポートに含まれません",
)
_NO_LINE = Text(
    en="the registration report has no line for the administrator",
    ja="登録状況のレポートにこの管理者の行がありません",
)
