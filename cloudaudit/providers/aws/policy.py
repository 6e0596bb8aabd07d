"""Who gets into a bucket: account and bucket block, policy, ACL, ownership and access points together.

Two questions are answered for each right, each with yes, no or unknown: is it public by AWS's own
definition (and no
block or Deny stops it), and what may principals and networks outside the account do. The definition is the
S3 User
Guide's: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.model import AccessPoint, Account, Bucket, StorageBucket
from cloudaudit.providers.aws.policy_acl import acl_allowances
from cloudaudit.providers.aws.policy_actions import Right, wildcard_covers
from cloudaudit.providers.aws.policy_allowances import (
    Allowance,
    after_denies,
    allowances,
    document_is_public,
)
from cloudaudit.providers.aws.policy_blocks import Level, Switch, ignores_acls, levels, restricts_policies
from cloudaudit.providers.aws.policy_conditions import (
    ACCESS_POINT_ACCOUNT,
    ACCESS_POINT_ARN,
    Answer,
    Place,
)
from cloudaudit.providers.aws.policy_document import (
    Document,
    Malformed,
    Party,
    Selector,
    parse_resource_policy,
)
from cloudaudit.providers.aws.policy_exposure import (
    OUTSIDE,
    PUBLIC,
    Doubt,
    Exposure,
    Opening,
    openings_of,
)
from cloudaudit.text import Text

__all__ = [
    "OUTSIDE",
    "PUBLIC",
    "Answer",
    "Exposure",
    "Opening",
    "Right",
    "exposure",
    "is_public_by_definition",
    "read_policy",
]

BUCKET_POLICY = Text(en="bucket policy", ja="バケットポリシー")
DEFINITION_JA = {Answer.YES: "公開", Answer.NO: "非公開", Answer.UNKNOWN: "判定不能"}
STATUS = "s3:GetBucketPolicyStatus"
ACCESS_POINT_STATUS = "s3:GetAccessPointPolicyStatus"

Policy = Document | Unread | None
"""A policy that was read and keeps to the grammar, one that was not or does not, or that there is none."""


class _Findings(Struct, frozen=True):
    """What one source of access adds."""

    openings: tuple[Opening, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    closed: tuple[Text, ...] = ()


class _Scene(Struct, frozen=True, kw_only=True):
    """What all sources of access have in common."""

    bucket: StorageBucket
    account: Account
    levels: tuple[Level, ...]
    policy: Policy
    controls: tuple[tuple[Text, Document], ...]

    def left_of(self, allowance: Allowance) -> Allowance:
        """Return what the bucket policy's and the organisation's denials leave of an allowance."""
        if isinstance(self.policy, Document):
            allowance = after_denies(allowance, self.policy.denies, Place.BUCKET, BUCKET_POLICY)
        for label, document in self.controls:
            allowance = after_denies(allowance, document.denies, Place.BUCKET, label)
        return allowance

    @property
    def resources(self) -> Selector:
        """Every resource of the bucket."""
        return Selector(negated=False, patterns=(self.bucket.id, f"{self.bucket.id}/*"))


def is_public_by_definition(policy_text: str, place: Place = Place.BUCKET) -> Answer:
    """Return whether a policy's text alone is public by AWS's definition; unknown when it is malformed.

    The definition looks at who is allowed, whatever the service, and not at any Deny.
    """
    document = parse_resource_policy(policy_text)
    return Answer.UNKNOWN if isinstance(document, Malformed) else document_is_public(document, place)


def exposure(bucket: StorageBucket, account: Account, access_points: Sequence[AccessPoint] = ()) -> Exposure:
    """Return who gets into a bucket from outside its account.

    Args:
        bucket: general purpose or directory bucket.
        account: the one that owns it.
        access_points: all of the account; only those of the bucket count. They matter only where the
        result without
            them says so (``asks_access_points``).
    """
    return _exposure(bucket, account, tuple(each for each in access_points if _belongs(each, bucket)))


# Several checks ask about one bucket in turn; the last few answers do for all of them.
@lru_cache(maxsize=16)
def _exposure(bucket: StorageBucket, account: Account, access_points: tuple[AccessPoint, ...]) -> Exposure:
    controls, not_considered = _controls(account)
    scene = _Scene(
        bucket=bucket,
        account=account,
        levels=levels(bucket, account),
        policy=read_policy(bucket.policy),
        controls=controls,
    )
    definition = _definition(scene.policy, Place.BUCKET)
    direct = _combined((_policy_findings(scene, definition), _acl_findings(scene)))
    compared, disagreement = _compared(scene, definition)
    points = [_access_point_findings(scene, each) for each in access_points]
    found = _combined((direct, compared, *points))
    status = bucket.policy_is_public if isinstance(bucket, Bucket) else None
    return Exposure(
        openings=found.openings,
        doubts=found.doubts,
        definition=definition,
        provider_says_public=status.value if isinstance(status, Read) else None,
        disagreement=disagreement,
        closed=tuple(dict.fromkeys(found.closed)),
        not_considered=not_considered,
        restricted=restricts_policies(scene.levels).answer is Answer.YES,
        asks_access_points=_delegates(scene),
    )


def read_policy(fact: Fact[str | None]) -> Policy:
    """Return a resource's policy as data; one that is malformed is Unread with that cause."""
    if isinstance(fact, Unread):
        return fact
    if fact.value is None:
        return None
    document = parse_resource_policy(fact.value)
    if isinstance(document, Malformed):
        return Unread(
            Cause.MALFORMED,
            fact.source,
            detail=Text(
                en=f"the policy cannot be judged: {document.reason.en}",
                ja=f"ポリシーを判定できません: {document.reason.ja}",
            ),
        )
    return document


def _definition(policy: Policy, place: Place) -> Answer:
    if isinstance(policy, Unread):
        return Answer.UNKNOWN
    return Answer.NO if policy is None else document_is_public(policy, place)


def _controls(account: Account) -> tuple[tuple[tuple[Text, Document], ...], tuple[Unread, ...]]:
    found: list[tuple[Text, Document]] = []
    policies = account.resource_control_policies
    for each in policies.value if isinstance(policies, Read) else ():
        document = parse_resource_policy(each.document)
        # One that cannot be read restricts nothing as far as we know, so access stays as open as it looks.
        if isinstance(document, Document):
            label = Text(
                en=f"resource control policy {each.name}", ja=f"リソースコントロールポリシー {each.name} "
            )
            found.append((label, document))
    facts = (account.organization_s3_block, policies)
    return tuple(found), tuple(fact for fact in facts if isinstance(fact, Unread))


def _combined(parts: Iterable[_Findings]) -> _Findings:
    every = tuple(parts)
    return _Findings(
        tuple(opening for part in every for opening in part.openings),
        tuple(doubt for part in every for doubt in part.doubts),
        tuple(text for part in every for text in part.closed),
    )


def _doubts(
    unread: Iterable[Unread], scopes: Iterable[str], rights: Iterable[Right] = tuple(Right)
) -> _Findings:
    facts, wanted = tuple(unread), tuple(rights)
    return _Findings(
        doubts=tuple(Doubt(right, scope, fact) for right in wanted for scope in scopes for fact in facts)
    )


def _policy_findings(scene: _Scene, definition: Answer) -> _Findings:
    restricted = restricts_policies(scene.levels)
    if isinstance(scene.policy, Unread):
        # AWS's word alone does not do: it could only make less be known to look better than more.
        return _doubts((scene.policy,), (OUTSIDE,) if restricted.answer is Answer.YES else (PUBLIC, OUTSIDE))
    if scene.policy is None:
        return _Findings()
    found = [
        scene.left_of(each)
        for right in Right
        for each in allowances(scene.policy, right, Place.BUCKET, BUCKET_POLICY, scene.resources)
    ]
    return _combined(_judged(scene, each, restricted, definition) for each in found)


def _judged(scene: _Scene, allowance: Allowance, restricted: Switch, definition: Answer) -> _Findings:
    """Return what an allowance of a policy means under Block Public Access.

    A policy that is public as a whole lets in nobody from outside where public buckets are restricted,
    not even the accounts that it names.
    """
    if allowance.empty:
        return _Findings(closed=(_joined(allowance.path),))
    openings = tuple(openings_of(allowance, scene.bucket, scene.account))
    if allowance.doubtful and allowance.public:
        unread = () if restricted.answer is Answer.YES else (_not_understood(scene),)
        return _doubts(unread, (PUBLIC,), (allowance.right,))
    if not openings or definition is not Answer.YES:
        return _Findings(openings)
    if restricted.reason:
        return _Findings(closed=(_joined((*allowance.path[:1], restricted.reason)),))
    if restricted.unread:
        return _doubts(restricted.unread, (openings[0].scope,), (allowance.right,))
    return _Findings(openings)


def _not_understood(scene: _Scene) -> Unread:
    return Unread(
        Cause.MALFORMED,
        scene.bucket.policy.source,
        detail=Text(
            en="the policy cannot be judged: a condition has a value of no valid form",
            ja="ポリシーを判定できません: 条件の値の形式が正しくありません",
        ),
    )


def _joined(path: Sequence[Text]) -> Text:
    return Text(
        en=", but ".join(step.en for step in path), ja="していますが、".join(step.ja for step in path)
    )


def _acl_findings(scene: _Scene) -> _Findings:
    bucket = scene.bucket
    if not isinstance(bucket, Bucket):
        return _Findings()
    if isinstance(bucket.ownership, Read) and bucket.ownership.value == "BucketOwnerEnforced":
        return _Findings()
    ignored = ignores_acls(scene.levels)
    scopes = (OUTSIDE,) if ignored.answer is Answer.YES else (PUBLIC, OUTSIDE)
    if isinstance(bucket.acl, Unread):
        return _doubts((bucket.acl,), scopes)
    if bucket.acl.value is None:
        # It was not asked for because ACLs are disabled; where that is not known, neither is the ACL.
        return _doubts((bucket.ownership,) if isinstance(bucket.ownership, Unread) else (), scopes)
    found = acl_allowances(bucket.acl.value, bucket.id)
    return _combined(_acl_judged(scene, bucket, scene.left_of(each), ignored) for each in found)


def _acl_judged(scene: _Scene, bucket: Bucket, allowance: Allowance, ignored: Switch) -> _Findings:
    openings = tuple(openings_of(allowance, bucket, scene.account))
    if allowance.empty:
        return _Findings(closed=(_joined(allowance.path),))
    unread: tuple[Unread, ...] = (bucket.ownership,) if isinstance(bucket.ownership, Unread) else ()
    if allowance.public:
        if ignored.reason:
            return _Findings(closed=(_joined((*allowance.path, ignored.reason)),))
        unread = (*unread, *ignored.unread)
    if unread and openings:
        return _doubts(unread, (openings[0].scope,), (allowance.right,))
    return _Findings(openings)


def _compared(scene: _Scene, definition: Answer) -> tuple[_Findings, bool]:
    """Hold our reading of the policy against AWS's; where AWS alone calls it public, nobody knows."""
    bucket = scene.bucket
    if not isinstance(bucket, Bucket) or definition is Answer.YES:
        return _Findings(), False
    if restricts_policies(scene.levels).answer is Answer.YES or isinstance(bucket.policy, Unread):
        return _Findings(), False
    return _second_reading(bucket.policy_is_public, definition, STATUS)


def _second_reading(status: Fact[bool | None], definition: Answer, operation: str) -> tuple[_Findings, bool]:
    if isinstance(status, Unread):
        return _doubts((status,), (PUBLIC,)), False
    if not status.value:
        return _Findings(), False
    disagreement = Unread(
        Cause.UNSUPPORTED,
        Source(operation, status.source.at, status.source.request_id),
        detail=Text(
            en=f"two readings of the policy: AWS says public, cloudaudit's own answer is {definition}",
            ja=f"ポリシーの判定が一致しません: AWS は「公開」、cloudaudit の判定は「{DEFINITION_JA[definition]}」",
        ),
    )
    return _doubts((disagreement,), (PUBLIC,)), True


# --------------------------------------------------------------------------- access points


def _belongs(point: AccessPoint, bucket: StorageBucket) -> bool:
    return bucket.name in point.buckets and point.bucket_account in ("", bucket.account)


def _delegates(scene: _Scene) -> bool:
    """Return whether an access point could let in anyone whom the bucket itself does not."""
    if isinstance(scene.policy, Unread):
        return True
    if scene.policy is None:
        return False
    return any(
        condition.key in (ACCESS_POINT_ACCOUNT, ACCESS_POINT_ARN)
        for statement in scene.policy.statements
        for condition in statement.conditions
    )


def _access_point_findings(scene: _Scene, point: AccessPoint) -> _Findings:
    """Return what an access point opens: only what the bucket's policy gives, or delegates to it."""
    if scene.policy is None or not _delegates(scene):
        return _Findings()
    name = Text(en=f"access point {point.name}", ja=f"アクセスポイント {point.name} ")
    own = (*scene.levels, Level(name, point.public_access_block))
    restricted = restricts_policies(own)
    policy = read_policy(point.policy)
    closed = point.network_origin == "VPC" or restricted.answer is Answer.YES
    scopes = (OUTSIDE,) if closed else (PUBLIC, OUTSIDE)
    definition = _definition(policy, Place.ACCESS_POINT)
    if isinstance(policy, Unread):
        return _doubts((policy,), scopes)
    if isinstance(scene.policy, Unread):
        return _doubts((scene.policy,), scopes)
    label = Text(en=f"policy of {name.en}", ja=f"{name.ja}のポリシー")
    found = [
        both
        for right in Right
        for both in (_through(scene, point, (scene.policy, policy), right, label) if policy else ())
        if not (both.public and point.network_origin == "VPC")
    ]
    judged = _combined(_judged(scene, each, restricted, definition) for each in found)
    if closed or definition is Answer.YES:
        return judged
    second, _ = _second_reading(point.policy_is_public, definition, ACCESS_POINT_STATUS)
    return _combined((judged, second))


def _through(
    scene: _Scene, point: AccessPoint, policies: tuple[Document, Document], right: Right, label: Text
) -> Iterable[Allowance]:
    outer_policy, policy = policies
    resources = Selector(negated=False, patterns=(point.id, f"{point.id}/object/*"))
    inner = [
        after_denies(each, policy.denies, Place.ACCESS_POINT, label)
        for each in allowances(policy, right, Place.ACCESS_POINT, label, resources)
    ]
    for outer in _delegated(scene, point, outer_policy, right):
        for each in inner:
            yield replace(
                each,
                groups=(*each.groups, *outer.groups),
                doubtful=each.doubtful or outer.doubtful,
                path=(*outer.path, *each.path),
            )


def _delegated(scene: _Scene, point: AccessPoint, policy: Document, right: Right) -> Iterable[Allowance]:
    for each in allowances(policy, right, Place.BUCKET, BUCKET_POLICY, scene.resources):
        left = scene.left_of(each)
        groups = tuple(group for group in left.groups if not _admits(group, point))
        if len(groups) < len(left.groups):
            yield replace(left, groups=groups)


def _admits(group: tuple[Party, ...], point: AccessPoint) -> bool:
    return any(
        (party.kind == ACCESS_POINT_ACCOUNT and party.value == point.account)
        or (party.kind == ACCESS_POINT_ARN and wildcard_covers(party.value, point.id))
        for party in group
    )
