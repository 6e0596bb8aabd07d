"""Every way in which a bucket or what lies in it is granted to somebody, told apart by where it stands. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct, structs

from cloudaudit.facts import Read, Unread
from cloudaudit.providers.gcs.model import AclEntry, Binding, Bucket, IamPolicy, Project
from cloudaudit.providers.gcs.policy_conditions import ALWAYS, Holds, Outcome, outcome
from cloudaudit.providers.gcs.policy_members import PROJECT_ROLES, Member, entity, member
from cloudaudit.providers.gcs.policy_roles import ALL_RIGHTS, Right, Roles, permitted
from cloudaudit.providers.gcs.trust import belongs, is_own
from cloudaudit.text import Text

# The ACL of a bucket gives no right to read its objects; READER lists them.
# https://cloud.google.com/storage/docs/access-control/lists#permissions
BUCKET_ACL = {
    "READER": (Right.LIST,),
    "WRITER": (Right.LIST, Right.WRITE),
    "OWNER": (Right.LIST, Right.WRITE, Right.ADMINISTER),
}
OBJECT_ACL = {"READER": (Right.READ,), "OWNER": (Right.READ, Right.ADMINISTER)}
BUCKET_POLICY = Text(en="the bucket's IAM policy", ja="バケットの IAM ポリシー")
PROJECT_POLICY = Text(en="the project's IAM policy", ja="プロジェクトの IAM ポリシー")
BUCKET_ACL_NAME = Text(en="the bucket's ACL", ja="バケット ACL ")
OBJECT_ACL_NAME = Text(
    en="the default object ACL, which every new object gets,",
    ja="新しいオブジェクトに適用される既定のオブジェクト ACL ",
)


_VIA_BUCKET = Text(en="bucket IAM policy", ja="バケットの IAM ポリシー")
_VIA_PROJECT = Text(en="project IAM policy", ja="プロジェクトの IAM ポリシー")


class Grant(Struct, frozen=True, kw_only=True):
    """One right that somebody is given.

    Attributes:
        via: what gives it, in the provider's words, e.g. ``bucket IAM policy, roles/storage.objectViewer``.
        path: the steps that lead to it, in order.
        permissions: those of the role that amount to the right; empty where an ACL or only the documentation tells.
        never: the condition of the binding never holds, so the grant is worth nothing.
        until: when the condition ends; empty when it does not.
    """

    right: Right
    member: Member
    via: Text
    path: tuple[Text, ...]
    permissions: tuple[str, ...] = ()
    never: bool = False
    until: str = ""


class Blind(Struct, frozen=True, kw_only=True):
    """Something unread that may grant rights.

    Attributes:
        member: to whom; None when it may be anybody.
    """

    unread: Unread
    rights: frozenset[Right]
    member: Member | None = None


Found = Grant | Blind
PolicyFact = Read[IamPolicy] | Unread


class _Place(Struct, frozen=True):
    """Where a policy stands: for a sentence, and for a column of a table."""

    words: Text
    via: Text

    def gives(self, role: str) -> Text:
        """Return what gives a role here, for a column of a table."""
        return Text(en=f"{self.via.en}, {role}", ja=f"{self.via.ja}、{role}")


class Reach(Struct, frozen=True, kw_only=True):
    """What is granted on a whole project, here and above, to others than the own people. The same for all its buckets.

    Attributes:
        project: the project without its policies, so that thousands of these can be kept.
        bindings: each with where it stands; members who are certainly of the own organisation are left out.
        unread: what was not read of it.
    """

    project: Project
    bindings: tuple[tuple[Binding, _Place], ...]
    unread: tuple[Unread, ...]


def reach_of(project: Project) -> Reach:
    """Return what is granted on a whole project to others than the own people."""
    bindings: list[tuple[Binding, _Place]] = []
    unread: list[Unread] = []
    for found in bindings_of(project):
        if isinstance(found, Unread):
            unread.append(found)
            continue
        binding, place = found
        others = tuple(text for text in binding.members if _counts(member(text), project))
        if others:
            bindings.append((structs.replace(binding, members=others), place))
    return Reach(project=_slim(project), bindings=tuple(bindings), unread=tuple(unread))


def _slim(project: Project) -> Project:
    above = project.ancestors
    if isinstance(above, Read):
        names = tuple(structs.replace(each, policy=Read(IamPolicy(), above.source)) for each in above.value)
        above = Read(names, above.source)
    return structs.replace(project, policy=Read(IamPolicy(), project.policy.source), ancestors=above)


def _counts(who: Member, project: Project) -> bool:
    return who.public or not (who.nobody or belongs(who, project) is True)


def grants(bucket: Bucket, reach: Reach, roles: Roles, at: datetime) -> Iterator[Found]:
    """Yield every grant on a bucket to others than the own people, and every unread place where one may stand.

    Args:
        bucket: the bucket.
        reach: what is granted on the project that it belongs to.
        roles: what each role permits.
        at: the time at which conditions are judged.
    """
    for fact, place in _policies(bucket):
        if isinstance(fact, Unread):
            yield Blind(unread=fact, rights=ALL_RIGHTS)
            continue
        for binding in fact.value.bindings:
            yield from _bound(binding, place, bucket, reach, roles, at)
    for unread in reach.unread:
        yield Blind(unread=unread, rights=ALL_RIGHTS)
    for binding, place in reach.bindings:
        yield from _bound(binding, place, bucket, reach, roles, at)
    yield from _acls(bucket, reach)


def _policies(bucket: Bucket) -> Iterator[tuple[PolicyFact, _Place]]:
    yield bucket.policy, _Place(BUCKET_POLICY, _VIA_BUCKET)
    folders = bucket.managed_folders
    if isinstance(folders, Unread):
        yield folders, _Place(BUCKET_POLICY, _VIA_BUCKET)
    else:
        for folder in folders.value:
            words = Text(
                en=f"the IAM policy of managed folder {folder.name}",
                ja=f"マネージド フォルダ {folder.name} の IAM ポリシー",
            )
            via = Text(
                en=f"managed folder {folder.name} IAM policy",
                ja=f"マネージド フォルダ {folder.name} の IAM ポリシー",
            )
            yield folder.policy, _Place(words, via)


def project_policies(project: Project) -> Iterator[tuple[PolicyFact, _Place]]:
    """Yield the policies that apply to all of a project: its own, and those above it."""
    yield project.policy, _Place(PROJECT_POLICY, _VIA_PROJECT)
    above = project.ancestors
    if isinstance(above, Unread):
        yield above, _Place(PROJECT_POLICY, _VIA_PROJECT)
        return
    for ancestor in above.value:
        words = Text(
            en=f"the IAM policy of {ancestor.name}, above the project,",
            ja=f"上位の {ancestor.name} の IAM ポリシー",
        )
        via = Text(en=f"{ancestor.name} IAM policy", ja=f"{ancestor.name} の IAM ポリシー")
        yield ancestor.policy, _Place(words, via)


def bindings_of(project: Project) -> Iterator[tuple[Binding, _Place] | Unread]:
    """Yield the bindings that apply to all of a project, each with where it stands, and what was not read of them."""
    for fact, place in project_policies(project):
        if isinstance(fact, Unread):
            yield fact
        else:
            for binding in fact.value.bindings:
                yield binding, place


def _bound(
    binding: Binding, place: _Place, bucket: Bucket, reach: Reach, roles: Roles, at: datetime
) -> Iterator[Found]:
    people = list(_expanded(binding.members, reach))
    if not people:
        return
    worth = ALWAYS
    steps: tuple[Text, ...] = ()
    if binding.condition is not None:
        worth = outcome(binding.condition.expression, bucket.name, at)
        steps = (_condition_step(binding.condition.expression, worth),)
    known = permitted(binding.role, roles(binding.role))
    for who, more in people:
        first = Text(
            en=f"{place.words.en} grants {binding.role} to {who.words.en}",
            ja=f"{place.words.ja}で {binding.role} が{who.words.ja}に付与されています",
        )
        for right, permissions in known.rights.items():
            yield Grant(
                right=right,
                member=who,
                via=place.gives(binding.role),
                path=(first, *more, *steps),
                permissions=permissions,
                never=worth.holds is Holds.NEVER,
                until=worth.until,
            )
        if known.unread is not None and worth.holds is not Holds.NEVER:
            yield Blind(unread=known.unread, rights=ALL_RIGHTS - known.rights.keys(), member=who)


def _condition_step(expression: str, worth: Outcome) -> Text:
    if worth.holds is Holds.NEVER:
        return Text(
            en=f"under a condition that never holds: {expression}",
            ja=f"ただし、成立しない条件が付いています: {expression}",
        )
    return Text(en=f"under the condition {expression}", ja=f"条件: {expression}")


def _expanded(members: Iterable[str], reach: Reach) -> Iterator[tuple[Member, tuple[Text, ...]]]:
    """Yield who is not of the own people, and for a convenience value of the own project those whom it stands for."""
    for text in members:
        who = member(text)
        if who.kind in PROJECT_ROLES and is_own(who.name, reach.project):
            yield from _standing_for(who, reach)
        elif _counts(who, reach.project):
            yield who, ()


def _standing_for(who: Member, reach: Reach) -> Iterator[tuple[Member, tuple[Text, ...]]]:
    role = PROJECT_ROLES[who.kind]
    for binding, place in reach.bindings:
        if binding.role == role:
            step = Text(
                en=f"{who.text} stands for whoever has {role}, which {place.words.en} grants",
                ja=f"{who.text} は {role} を持つ全員を指し、{place.words.ja}で付与されています",
            )
            yield from ((member(text), (step,)) for text in binding.members)


def _acls(bucket: Bucket, reach: Reach) -> Iterator[Found]:
    uniform = bucket.uniform_access
    if isinstance(uniform, Read) and uniform.value.enabled:
        return
    tables = (
        (bucket.acl, BUCKET_ACL, BUCKET_ACL_NAME, Text(en="bucket ACL", ja="バケット ACL")),
        (
            bucket.default_object_acl,
            OBJECT_ACL,
            OBJECT_ACL_NAME,
            Text(en="default object ACL", ja="既定のオブジェクト ACL"),
        ),
    )
    for fact, table, words, via in tables:
        every = frozenset(right for rights in table.values() for right in rights)
        if isinstance(fact, Unread):
            yield Blind(unread=fact, rights=every)
            continue
        found = list(_entries(fact.value or (), table, _Place(words, via), reach))
        if isinstance(uniform, Read):
            yield from found
        else:
            # With uniform access these entries would count for nothing, and whether it is on was not read.
            for grant in found:
                yield Blind(unread=uniform, rights=frozenset({grant.right}), member=grant.member)


def _entries(
    entries: Sequence[AclEntry], table: dict[str, tuple[Right, ...]], place: _Place, reach: Reach
) -> Iterator[Grant]:
    for entry in entries:
        # A role that is not known here counts as all that an ACL can give.
        rights = table.get(entry.role, table["OWNER"])
        for who, more in _expanded((entity(entry.entity).text,), reach):
            step = Text(
                en=f"{place.words.en} grants {entry.role} to {who.words.en}",
                ja=f"{place.words.ja}で {entry.role} が{who.words.ja}に付与されています",
            )
            for right in rights:
                yield Grant(right=right, member=who, via=place.gives(entry.role), path=(step, *more))
