"""Whether an object's own ACL, where it lets in everyone, is in force: blocks, ownership and policies together."""

from msgspec import Struct

from cloudaudit.facts import Read, Unread
from cloudaudit.providers.aws.model import Account, Bucket
from cloudaudit.providers.aws.policy import BUCKET_POLICY, controls, read_policy
from cloudaudit.providers.aws.policy_actions import Right
from cloudaudit.providers.aws.policy_allowances import Allowance, after_denies
from cloudaudit.providers.aws.policy_blocks import ignores_acls, levels
from cloudaudit.providers.aws.policy_conditions import Place
from cloudaudit.providers.aws.policy_document import Document, Selector
from cloudaudit.text import Text

ENFORCED = Text(en="ACLs are disabled (BucketOwnerEnforced)", ja="ACL が無効(BucketOwnerEnforced)です")
ACTIONS: dict[Right, frozenset[str]] = {
    Right.READ: frozenset({"s3:getobject"}),
    Right.WRITE: frozenset({"s3:putobject"}),
    Right.ADMINISTER: frozenset({"s3:putobjectacl"}),
}
"""What a public grant on an object gives, as an action that a Deny can take away.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""


class InForce(Struct, frozen=True, kw_only=True):
    """Whether grants to everyone in the ACLs of a bucket's objects count.

    Attributes:
        shut: why none of them does; None where some may.
        denied: rights that a policy takes from everyone, whatever the ACL says.
        unread: what was not read and may shut them.
    """

    shut: Text | None = None
    denied: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = ()

    def counts(self, right: str) -> bool:
        """Return whether a grant of this right may be in force."""
        return self.shut is None and right not in self.denied


def object_acls_in_force(bucket: Bucket, account: Account) -> InForce:
    """Return whether public ACLs of a bucket's objects are in force.

    A Deny of the bucket's or the organisation's counts where it certainly takes the right from the public for all
    objects; one that spares some principals leaves the object open to those, and to nobody else. Controls of the
    organisation that were not read are left out, as for the bucket itself: they could only shut more.
    """
    if isinstance(bucket.ownership, Read) and bucket.ownership.value == "BucketOwnerEnforced":
        return InForce(shut=ENFORCED)
    ignored = ignores_acls(levels(bucket, account))
    if ignored.reason is not None:
        return InForce(shut=ignored.reason)
    policy = read_policy(bucket.policy)
    found, _ = controls(account)
    documents = [*(((BUCKET_POLICY, policy),) if isinstance(policy, Document) else ()), *found]
    unread = (*_unread(bucket.ownership), *ignored.unread, *((policy,) if isinstance(policy, Unread) else ()))
    denied = frozenset(str(right) for right in ACTIONS if not _public(bucket, right, documents))
    if len(denied) == len(ACTIONS):
        return InForce(
            shut=Text(
                en="a policy denies access to everyone whom an ACL could let in",
                ja="ACL で許可され得る不特定多数のアクセスは、ポリシーにより拒否されます",
            )
        )
    return InForce(denied=denied, unread=unread)


def _public(bucket: Bucket, right: Right, documents: list[tuple[Text, Document]]) -> bool:
    allowance = Allowance(
        right=right,
        actions=ACTIONS[right],
        resource=Selector(negated=False, patterns=(f"{bucket.id}/*",)),
        groups=(),
        via=Text(en="object ACL", ja="オブジェクトの ACL"),
        path=(),
    )
    for label, document in documents:
        allowance = after_denies(allowance, document.denies, Place.BUCKET, label)
    return allowance.public


def _unread(fact: object) -> tuple[Unread, ...]:
    return (fact,) if isinstance(fact, Unread) else ()
