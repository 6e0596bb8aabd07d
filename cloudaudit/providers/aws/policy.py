"""Who gets into a bucket: account and bucket block, policy, ACL, ownership and access points together.

Two questions are answered for each right, each with yes, no or unknown: is it public by AWS's own definition
(and no block or Deny stops it), and what may principals and networks outside the account do. The definition
is the S3 User Guide's:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from cloudaudit.facts import Cause, Fact, Read, Source, Unread
from cloudaudit.providers.aws.model import AccessPoint, Account, Bucket, DirectoryBucket, StorageBucket
from cloudaudit.providers.aws.policy_acl import acl_allowances
from cloudaudit.providers.aws.policy_actions import Right, wildcard_covers
from cloudaudit.providers.aws.policy_allowances import (
    Allowance,
    after_denies,
    allowances,
    document_is_public,
)
from cloudaudit.providers.aws.policy_blocks import (
    Level,
    Switch,
    ignores_acls,
    levels,
    object_acls_count,
    restricts_policies,
)
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
    Closed,
    Doubt,
    Exposure,
    Opening,
    openings_of,
    services_of,
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
    closed: tuple[Closed, ...] = ()
    services: tuple[str, ...] = ()
    undecided: tuple[Unread, ...] = ()


class _Gate(Struct, frozen=True):
    """What stands before the statements of one policy.

    Attributes:
        restricted: whether a block keeps everyone but the own account and AWS services from a public policy.
        definition: whether the policy is public by our reading.
        unconfirmed: why S3, whose own reading decides what the block holds for, may not call it public.
        undecided: why the organisation's block was left out.
    """

    restricted: Switch
    definition: Answer
    unconfirmed: Unread | None
    undecided: tuple[Unread, ...] = ()


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
    def service(self) -> str:
        """Whose actions the bucket knows."""
        return "s3express" if isinstance(self.bucket, DirectoryBucket) else "s3"

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
        access_points: all of the account; only those of the bucket count. They matter only where the result
            without them says so (``asks_access_points``).
    """
    return _exposure(bucket, account, tuple(each for each in access_points if _belongs(each, bucket)))


# Several checks ask about one bucket in turn; the last few answers do for all of them.
@lru_cache(maxsize=16)
def _exposure(bucket: StorageBucket, account: Account, access_points: tuple[AccessPoint, ...]) -> Exposure:
    found_controls, not_considered = controls(account)
    scene = _Scene(
        bucket=bucket,
        account=account,
        levels=levels(bucket, account),
        policy=read_policy(bucket.policy),
        controls=found_controls,
    )
    definition = _definition(scene.policy, Place.BUCKET)
    status = bucket.policy_is_public if isinstance(bucket, Bucket) else None
    gate = _gate(scene.levels, definition, _unconfirmed(status, bucket.policy.source, STATUS))
    direct = _combined((_policy_findings(scene, gate), _acl_findings(scene)))
    compared, disagreement = _compared(scene, definition)
    points = [_access_point_findings(scene, each) for each in access_points]
    found = _combined((direct, compared, *points))
    return Exposure(
        openings=found.openings,
        doubts=found.doubts,
        definition=definition,
        provider_says_public=status.value if isinstance(status, Read) else None,
        provider_silent=status if isinstance(status, Unread) else None,
        disagreement=disagreement,
        closed=tuple(dict.fromkeys(found.closed)),
        not_considered=(*not_considered, *dict.fromkeys((*gate.undecided, *found.undecided))),
        services=tuple(dict.fromkeys(found.services)),
        object_acls=_object_acls(scene),
        restricted=gate.restricted.answer is Answer.YES,
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
        return _malformed(fact.source, document)
    return document


def _definition(policy: Policy, place: Place) -> Answer:
    if isinstance(policy, Unread):
        return Answer.UNKNOWN
    return Answer.NO if policy is None else document_is_public(policy, place)


def controls(account: Account) -> tuple[tuple[tuple[Text, Document], ...], tuple[Unread, ...]]:
    """Return the resource control policies that hold for the account's buckets, and what was left out."""
    found: list[tuple[Text, Document]] = []
    block = account.organization_s3_block
    left_out: list[Unread] = [block] if isinstance(block, Unread) else []
    policies, organization = account.resource_control_policies, account.organization
    if isinstance(policies, Unread):
        return (), (*left_out, policies)
    if not policies.value:
        return (), tuple(left_out)
    if isinstance(organization, Unread):
        return (), (*left_out, organization)
    if organization.value is None or organization.value.management_account == account.account:
        # They do not hold for the management account:
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
        return (), tuple(left_out)
    for each in policies.value:
        document = parse_resource_policy(each.document)
        if isinstance(document, Malformed):
            # It restricts nothing as far as we know, so access stays as open as it looks.
            left_out.append(_malformed(policies.source, document))
        else:
            label = Text(
                en=f"resource control policy {each.name}", ja=f"リソースコントロールポリシー {each.name} "
            )
            found.append((label, document))
    return tuple(found), tuple(left_out)


def _malformed(source: Source, document: Malformed) -> Unread:
    return Unread(
        Cause.MALFORMED,
        source,
        detail=Text(
            en=f"the policy cannot be judged: {document.reason.en}",
            ja=f"ポリシーを判定できません: {document.reason.ja}",
        ),
    )


def _combined(parts: Iterable[_Findings]) -> _Findings:
    every = tuple(parts)
    return _Findings(
        tuple(opening for part in every for opening in part.openings),
        tuple(doubt for part in every for doubt in part.doubts),
        tuple(closed for part in every for closed in part.closed),
        tuple(service for part in every for service in part.services),
        tuple(fact for part in every for fact in part.undecided),
    )


def _doubts(
    unread: Iterable[Unread], scopes: Iterable[str], rights: Iterable[Right] = tuple(Right)
) -> _Findings:
    facts, wanted = tuple(unread), tuple(rights)
    return _Findings(
        doubts=tuple(Doubt(right, scope, fact) for right in wanted for scope in scopes for fact in facts)
    )


def _gate(found: Sequence[Level], definition: Answer, unconfirmed: Unread | None) -> _Gate:
    """Return what stands before a policy's statements.

    Where nobody knows whether S3 holds the organisation's block against a policy, the block counts as one that was not
    read: the verdict tells what everything else says. Else reading it would know less than not reading it.
    """
    restricted = restricts_policies(found)
    if definition is Answer.YES and unconfirmed is not None:
        own = restricts_policies([level for level in found if not level.organization])
        if own.answer is not Answer.YES and restricted.answer is Answer.YES:
            return _Gate(own, definition, unconfirmed, (unconfirmed,))
    return _Gate(restricted, definition, unconfirmed)


def _policy_findings(scene: _Scene, gate: _Gate) -> _Findings:
    restricted = gate.restricted
    if isinstance(scene.policy, Unread):
        # AWS's word alone does not do: it could only make less be known to look better than more.
        return _doubts((scene.policy,), (OUTSIDE,) if restricted.answer is Answer.YES else (PUBLIC, OUTSIDE))
    if scene.policy is None:
        return _Findings()
    found = [
        scene.left_of(each)
        for right in Right
        for each in allowances(
            scene.policy, right, Place.BUCKET, BUCKET_POLICY, scene.resources, scene.service
        )
    ]
    return _combined(_judged(scene, each, gate) for each in found)


def _unconfirmed(status: Fact[bool | None] | None, source: Source, operation: str) -> Unread | None:
    """Return why S3 may not call a policy public that we do; None where it does, or there is no policy."""
    if isinstance(status, Unread):
        return status
    if status is not None and status.value is not False:
        return None
    at = source if status is None else status.source
    says = Text(en="does not say whether it is", ja="公開かどうかを示していません")
    if status is not None:
        says = Text(en="says not public", ja="「非公開」と判定しています")
    return Unread(
        Cause.UNSUPPORTED,
        Source(operation, at.at, at.request_id),
        detail=Text(
            en=f"cloudaudit calls the policy public and AWS {says.en}, so whether the public access block holds for it"
            " is not known",
            ja=f"cloudaudit はポリシーを「公開」と判定しましたが、AWS は{says.ja}。"
            "ブロックパブリックアクセスの制限が適用されるか判断できません",
        ),
    )


def _judged(scene: _Scene, allowance: Allowance, gate: _Gate) -> _Findings:
    """Return what an allowance of a policy means under Block Public Access.

    A policy that is public as a whole lets in nobody from outside where public buckets are restricted,
    not even the accounts that it names. What is public is S3's to say: where it may not call the policy so,
    nobody knows whether the block keeps out those accounts.
    """
    if allowance.empty:
        return _closed(allowance.right, allowance.path)
    restricted, services = gate.restricted, services_of(allowance)
    openings = tuple(openings_of(allowance, scene.bucket, scene.account))
    if allowance.doubtful and allowance.public:
        unread = () if restricted.answer is Answer.YES else (_not_understood(scene),)
        return _doubts(unread, (PUBLIC,), (allowance.right,))
    if not openings or gate.definition is not Answer.YES or restricted.answer is Answer.NO:
        return _Findings(openings, services=services)
    if restricted.reason is None:
        return _doubts(restricted.unread, (openings[0].scope,), (allowance.right,))
    if gate.unconfirmed and openings[0].scope == OUTSIDE:
        return _doubts((gate.unconfirmed,), (OUTSIDE,), (allowance.right,))
    closed = _closed(allowance.right, (*allowance.path[:1], restricted.reason))
    unsure = (gate.unconfirmed,) if gate.unconfirmed else ()
    return _combined((closed, _doubts(unsure, (OUTSIDE,), (allowance.right,))))


def _not_understood(scene: _Scene) -> Unread:
    return Unread(
        Cause.MALFORMED,
        scene.bucket.policy.source,
        detail=Text(
            en="the policy cannot be judged: a condition has a value of no valid form",
            ja="ポリシーを判定できません: 条件の値の形式が正しくありません",
        ),
    )


def _closed(right: Right, path: Sequence[Text]) -> _Findings:
    # What allows it and what stops it in the end; steps between these narrowed it only.
    steps = (path[0], path[-1]) if len(path) > 1 else path
    why = Text(
        en=", but ".join(step.en for step in steps), ja="していますが、".join(step.ja for step in steps)
    )
    return _Findings(closed=(Closed(right, why),))


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
        # It is not asked for where ACLs are disabled; here they are not, or nobody knows.
        missing = bucket.ownership if isinstance(bucket.ownership, Unread) else _no_acl(bucket.acl.source)
        return _doubts((missing,), scopes)
    found = acl_allowances(bucket.acl.value, bucket.id)
    return _combined(_acl_judged(scene, bucket, each, ignored) for each in found)


def _no_acl(source: Source) -> Unread:
    return Unread(
        Cause.MALFORMED,
        source,
        detail=Text(
            en="ACLs are enabled, but the ACL of the bucket is missing",
            ja="ACL が有効なバケットですが、ACL の内容がありません",
        ),
    )


def _object_acls(scene: _Scene) -> bool:
    """Return whether objects may let in everyone by ACLs of their own."""
    bucket = scene.bucket
    if not isinstance(bucket, Bucket):
        return False
    return object_acls_count(bucket.ownership, scene.levels)


def _acl_judged(scene: _Scene, bucket: Bucket, granted: Allowance, ignored: Switch) -> _Findings:
    """Return what a grant means. One to everyone stays one, and is ignored as such, where a Deny spares some."""
    allowance = scene.left_of(granted)
    openings = tuple(openings_of(allowance, bucket, scene.account))
    if allowance.empty:
        return _closed(allowance.right, allowance.path)
    unread: tuple[Unread, ...] = (bucket.ownership,) if isinstance(bucket.ownership, Unread) else ()
    if granted.public:
        if ignored.reason:
            return _closed(allowance.right, (*allowance.path, ignored.reason))
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
    policy = read_policy(point.policy)
    definition = _definition(policy, Place.ACCESS_POINT)
    unconfirmed = _unconfirmed(point.policy_is_public, point.policy.source, ACCESS_POINT_STATUS)
    gate = _gate(own, definition, unconfirmed)
    closed = point.network_origin == "VPC" or gate.restricted.answer is Answer.YES
    scopes = (OUTSIDE,) if closed else (PUBLIC, OUTSIDE)
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
    judged = _combined((*(_judged(scene, each, gate) for each in found), _Findings(undecided=gate.undecided)))
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
        for each in allowances(policy, right, Place.ACCESS_POINT, label, resources, scene.service)
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
    for each in allowances(policy, right, Place.BUCKET, BUCKET_POLICY, scene.resources, scene.service):
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
