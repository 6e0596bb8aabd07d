"""The audit policy: thresholds as typed data, each with the basis on which it was chosen."""

import hashlib
import json
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Struct
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from cloudaudit.text import Text
from cloudaudit.toml_file import read, validated

Days = Annotated[int, Field(ge=0, le=36500)]
Percent = Annotated[float, Field(ge=0, le=100)]
Profile = Literal["jp-current", "seed-90d", "own-rule"]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Domain = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
SharingCapability = Literal[
    "disabled", "existingExternalUserSharingOnly", "externalUserSharingOnly", "externalUserAndGuestSharing"
]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
_ENDPOINT = re.compile(r"vpce?-[0-9a-z]+")


def _a_network(text: str) -> str:
    # What names no network would be trusted in silence by nothing, and /0 would trust the whole internet.
    if _ENDPOINT.fullmatch(text):
        return text
    try:
        known = "/" in text and ip_network(text, strict=False).prefixlen > 0
    except ValueError as error:
        raise PydanticCustomError("network", _NETWORK_EN) from error
    if not known:
        raise PydanticCustomError("network", _NETWORK_EN)
    return text


_NETWORK_EN = "is no address range (CIDR, not /0), VPC id (vpc-...) or VPC endpoint id (vpce-...)"
Network = Annotated[str, AfterValidator(_a_network)]


class Basis(Struct, frozen=True):
    """Why a threshold has its default: a sentence and where it comes from."""

    text: Text
    source: str = ""


class AuditPolicy(BaseModel):
    """Thresholds and lists that checks compare with. Every field may be set in the file given by ``--policy``.

    Attributes:
        profile: which rule on changing passwords applies: ``jp-current`` (none), ``seed-90d``, or ``own-rule``, which
            needs ``password_max_age_days``.
        object_sample_max_share: the share of objects, in percent, that the bound of a random sample without a finding may
            leave open; 0 lets no sample pass.
        trusted_networks: address ranges (CIDR), VPC ids and VPC endpoint ids.
        trusted_projects: ids or numbers of Google Cloud projects whose service accounts are trusted.
        trusted_members: Google Cloud members as in a binding, e.g. ``group:partner@example.com``.
        approved_storage_admins: Google Cloud members that need wide rights on storage.
        trusted_domains: mail domains of the own company and its partners, besides those that the provider tells.
        trusted_people: mail addresses of approved outside people.
        account_unused_days: days without sign-in after which a person's account counts as unused.
        allowed_sharing_capability: the widest sharing that a SharePoint tenant may allow.
        full_pass_max_age_days: for how long a complete look at a drive's sharing is good.
        stale_share_days: days without a change after which a share with outside people counts as left over.
        sensitive_paths: patterns of addresses (``*/personnel/*``) whose items count as sensitive.
        approved_applications: ids of third-party applications that may hold wide rights on files.
        required_coverage: percent that must be assessed, unless ``--min-coverage`` says otherwise; None for no such rule.
        waiver_max_days: for how long a waiver may be granted; a longer one has no effect.
        waiver_warn_days: days before its end from which on a waiver is said to expire.
        waiver_broad_percent: a pattern that covers more of a check's resources is said to be too broad.
        rules: for each setting, the clause of the company's own rules that asks for it (規程条項); free text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: Profile = "jp-current"
    password_max_age_days: Annotated[Days | None, Field(validate_default=True)] = None
    password_min_length: Annotated[int, Field(ge=1, le=128)] = 15
    password_reuse_prevention: Annotated[int, Field(ge=1, le=24)] = 1
    access_key_max_age_days: Days = 90
    credential_unused_days: Days = 45
    root_unused_days: Days = 90
    legacy_credential_max_age_days: Days = 90
    own_kms_key_required: bool = False
    recovery_point_max_age_days: Days = 2
    noncurrent_retention_days: Days = 30
    backup_retention_days: Days = 35
    inventory_max_age_days: Days = 8
    object_sample_max_share: Annotated[float, Field(ge=0, lt=100)] = 1.0
    allowed_countries: tuple[CountryCode, ...] = ()
    trusted_accounts: tuple[AccountId, ...] = ()
    trusted_organizations: tuple[str, ...] = ()
    trusted_networks: tuple[Network, ...] = ()
    trusted_domains: tuple[Domain, ...] = ()
    trusted_projects: tuple[str, ...] = ()
    trusted_members: tuple[str, ...] = ()
    approved_storage_admins: tuple[str, ...] = ()
    soft_delete_min_days: Days = 7
    retention_lock_required: bool = False
    kms_rotation_max_days: Days = 365
    trusted_people: tuple[str, ...] = ()
    account_unused_days: Days = 90
    allowed_sharing_capability: SharingCapability = "externalUserSharingOnly"
    full_pass_max_age_days: Days = 7
    stale_share_days: Days = 180
    sensitive_paths: tuple[str, ...] = ()
    app_secret_max_age_days: Days = 365
    global_admins_min: Annotated[int, Field(ge=1, le=1000)] = 2
    emergency_accounts: tuple[str, ...] = ()
    global_admins_max: Annotated[int, Field(ge=1, le=1000)] = 4
    approved_applications: tuple[str, ...] = ()
    leaver_retention_days: Days = 30
    log_min_days: Days = 30
    approved_websites: tuple[str, ...] = ()
    sensitive_tags: tuple[str, ...] = ()
    required_coverage: Percent | None = None
    waiver_max_days: Annotated[int, Field(ge=1, le=3650)] = 365
    waiver_warn_days: Days = 14
    waiver_broad_percent: Annotated[int, Field(ge=1, le=100)] = 50
    rules: dict[str, str] = {}

    @field_validator("rules")
    @classmethod
    def _rules_are_for_settings(cls, rules: dict[str, str]) -> dict[str, str]:
        # A misspelt name would leave its clause out of every report without a word.
        unknown = sorted(rules.keys() - cls.model_fields.keys())
        if unknown:
            raise PydanticCustomError(
                "unknown_setting", "no such setting: {names}", {"names": ", ".join(unknown)}
            )
        return rules

    @field_validator("password_max_age_days")
    @classmethod
    def _an_own_rule_names_its_days(cls, days: int | None, info: ValidationInfo) -> int | None:
        if days is None and info.data.get("profile") == "own-rule":
            raise PydanticCustomError("own_rule", 'is required where profile is "own-rule"')
        return days

    @property
    def password_rule_days(self) -> int | None:
        """The age in days at which a password must be changed, or None where no rule asks for it."""
        if self.password_max_age_days is not None:
            return self.password_max_age_days
        return 90 if self.profile == "seed-90d" else None


class PolicyLine(Struct, frozen=True):
    """One setting as a report prints it.

    Attributes:
        origin: ``default`` or ``policy file``.
        rule: the clause of the company's own rules, when the policy names one; else empty.
    """

    name: str
    value: object
    origin: str
    basis: Text
    source: str = ""
    rule: str = ""


OWN_DEFAULT = Basis(
    Text(en="cloudaudit's own default; no law prescribes it", ja="cloudaudit の既定値(法令上の定めなし)")
)

_TWO_TO_FOUR = Text(
    en="CIS Microsoft 365 Foundations: two to four global administrators",
    ja="CIS Microsoft 365: 全体管理者は2人以上4人以下",
)

BASIS: dict[str, Basis] = {
    "profile": Basis(
        Text(
            en="JIPDEC removed expiry from its examples in 2018; NISC and the PPC do not ask for periodic changes",
            ja="JIPDEC は2018年に有効期限の設定を例示から削除。NISC・個人情報保護委員会も定期変更を求めていない",
        ),
        "https://www.ppc.go.jp/all_faq_index/faq1-q10-19/",
    ),
    "password_max_age_days": Basis(
        Text(
            en="no rule unless the profile or the company's own rules set one; a set rule is always audited",
            ja="プロファイルまたは自社規程に定めがある場合のみ適用。定めた場合は必ず照合する",
        ),
        "https://jfpi.or.jp/p-mark/topics/detail/id=3814",
    ),
    "password_min_length": Basis(
        Text(
            en="15 characters where a password stands alone (NIST SP 800-63B-4)",
            ja="パスワード単独で認証する場合は15文字以上(NIST SP 800-63B-4)",
        ),
        "https://pages.nist.gov/800-63-4/sp800-63b.html",
    ),
    "password_reuse_prevention": Basis(
        Text(
            en="the PPC names limits on reuse as an example", ja="個人情報保護委員会Q&Aが再利用の制限を例示"
        ),
        "https://www.ppc.go.jp/all_faq_index/faq1-q10-19/",
    ),
    "access_key_max_age_days": Basis(
        Text(
            en="CIS AWS Foundations: rotate access keys within 90 days",
            ja="CIS AWS: アクセスキーは90日以内に更新",
        ),
        "https://www.cisecurity.org/benchmark/amazon_web_services",
    ),
    "credential_unused_days": Basis(
        Text(
            en="CIS AWS Foundations: disable what is unused for 45 days",
            ja="CIS AWS: 45日間未使用の認証情報は無効化",
        ),
        "https://www.cisecurity.org/benchmark/amazon_web_services",
    ),
    "soft_delete_min_days": Basis(
        Text(
            en="7 days, the default of new Cloud Storage buckets",
            ja="7日間(Cloud Storage の新規バケットの既定値)",
        ),
        "https://cloud.google.com/storage/docs/soft-delete",
    ),
    "kms_rotation_max_days": Basis(
        Text(
            en="365 days; CIS Google Cloud Foundations asks for 90",
            ja="365日(CIS Google Cloud Foundations は90日を推奨)",
        ),
        "https://www.cisecurity.org/benchmark/google_cloud_computing_platform",
    ),
    "allowed_sharing_capability": Basis(
        Text(
            en="CIS Microsoft 365 Foundations: outside people must sign in; no anyone links",
            ja="CIS Microsoft 365: 外部共有はサインインしたゲストに限定(リンクを知る全員への共有は不可)",
        ),
        "https://www.cisecurity.org/benchmark/microsoft_365",
    ),
    "global_admins_min": Basis(_TWO_TO_FOUR, "https://www.cisecurity.org/benchmark/microsoft_365"),
    "global_admins_max": Basis(_TWO_TO_FOUR, "https://www.cisecurity.org/benchmark/microsoft_365"),
    "leaver_retention_days": Basis(
        Text(
            en="30 days, SharePoint's own default for a deleted user's OneDrive",
            ja="30日間(削除されたユーザーの OneDrive に対する SharePoint の既定値)",
        ),
        "https://learn.microsoft.com/sharepoint/set-retention",
    ),
    "log_min_days": Basis(
        Text(
            en="30 days, what Microsoft Entra ID P1 keeps at most by itself",
            ja="30日間(Microsoft Entra ID P1 が標準で保持する上限)",
        ),
        "https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention",
    ),
    "required_coverage": Basis(
        Text(
            en="no rule unless set; every critical check must then be wholly assessed",
            ja="設定時のみ適用。未設定の場合は、重要度「緊急」の全チェックの判定完了を求める",
        ),
    ),
    "waiver_max_days": Basis(
        Text(
            en="365 days, so that each acceptance is decided anew at least in every yearly internal audit; "
            "one without an end is not accepted",
            ja="365日。年1回以上の内部監査で受容の要否を見直すため(無期限の受容は認めない)",
        ),
    ),
    "waiver_warn_days": Basis(
        Text(
            en="two weeks to mend it or to have the waiver renewed",
            ja="是正または更新の承認に要する期間として2週間",
        ),
    ),
    "waiver_broad_percent": Basis(
        Text(
            en="a waiver is an exception; one for more than half of the resources is a rule",
            ja="受容は例外であり、対象の過半に及ぶものは例外とはいえないため",
        ),
    ),
    "object_sample_max_share": Basis(
        Text(
            en="1 %, as 0 of 299 show with 95 % confidence (one-sided exact bound of Clopper and Pearson); no law "
            "prescribes it",
            ja="1 %(299件中0件であれば信頼度95 %でこれを示せる。Clopper-Pearson の片側正確限界。法令上の定めなし)",
        ),
        "https://doi.org/10.1093/biomet/26.4.404",
    ),
    "backup_retention_days": Basis(
        Text(
            en="35 days, as AWS Security Hub control Backup.5 and common audits ask",
            ja="35日間(AWS Security Hub などで一般的な基準)",
        ),
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/controls-and-remediation.html",
    ),
}


_WHAT = Text(en="policy file", ja="ポリシーファイル")
_HOW = Text(en="the path given with --policy", ja="--policy の指定")


def load(path: Path) -> AuditPolicy:
    """Read an audit policy from a TOML file.

    Raises:
        UsageError: the file cannot be read, is not TOML, or has faults; all faults are named at once.
    """
    return validated(read(path, _WHAT, _HOW), AuditPolicy, _WHAT)


def policy_of(given: Path | AuditPolicy | None) -> AuditPolicy:
    """Return the policy of a file, a policy as it is, or the defaults.

    Raises:
        UsageError: the file cannot be used.
    """
    if given is None:
        return AuditPolicy()
    return given if isinstance(given, AuditPolicy) else load(given)


def describe(policy: AuditPolicy) -> list[PolicyLine]:
    """Return every setting with its value, origin and basis, in the order of the fields."""
    lines: list[PolicyLine] = []
    for name in type(policy).model_fields:
        if name == "rules":
            continue
        basis = BASIS.get(name, OWN_DEFAULT)
        lines.append(
            PolicyLine(
                name=name,
                value=policy.password_rule_days if name == "password_max_age_days" else getattr(policy, name),
                origin="policy file" if name in policy.model_fields_set else "default",
                basis=basis.text,
                source=basis.source,
                rule=policy.rules.get(name, ""),
            )
        )
    return lines


def digest(policy: AuditPolicy) -> str:
    """Return the SHA-256 of the policy's values, in hexadecimal; equal policies have equal digests."""
    canonical = json.dumps(policy.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


PROFILES: tuple[str, ...] = get_args(Profile)
