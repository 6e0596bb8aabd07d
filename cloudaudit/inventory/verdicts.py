"""What is known of a bucket's objects, judged for one question: the same rules for every provider.

A look at all of them decides both ways. A uniform sample passes only where its bound is at or under the policy's limit. An
indicative look can find a failure and never passes. Neither does an inventory that is too old, or one without the old
versions that the bucket keeps: a version can be read, and lie unencrypted, as well as what replaced it.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from msgspec import Struct

from cloudaudit.answers import shown
from cloudaudit.check import Audit, Verdict, failed, not_applicable, passed
from cloudaudit.clock import age_days
from cloudaudit.facts import Cause, Fact, Read, Source, Unread, not_read, value
from cloudaudit.inventory.model import (
    EncryptionCount,
    EncryptionState,
    Mode,
    Objects,
    Offender,
    PublicCount,
)
from cloudaudit.inventory.sampling import needed, upper_bound
from cloudaudit.text import Text
from cloudaudit.visible import shortened

NAMED = 20
"""How many objects a verdict names at most."""

LONGEST_NAME = 120
"""Characters of a key in a sentence; the evidence has all of it."""


class Found(Struct, frozen=True, kw_only=True):
    """What was found among the objects that were looked at.

    Attributes:
        bad: how many are not as they should be.
        undecided: how many of them nobody can tell it of.
        offenders: the first of the bad ones.
    """

    bad: int
    undecided: int = 0
    offenders: tuple[Offender, ...] = ()


class Question(Struct, frozen=True, kw_only=True):
    """One question about the objects of a bucket.

    Attributes:
        found: returns what was found; Unread where the source does not tell.
        bad: what a bad object is. English: what follows "3 of 300 objects are"; Japanese: a noun, as in 暗号化されていないもの.
    """

    found: Callable[[Objects], Fact[Found]]
    bad: Text


def unencrypted(objects: Objects) -> Fact[Found]:
    """Return what was found without any encryption; a state that this version does not know is undecided."""
    return by_encryption(
        objects,
        bad=lambda count: count.state is EncryptionState.NONE,
        undecided=lambda count: count.state is EncryptionState.OTHER,
        offenders=objects.unencrypted,
    )


def by_encryption(
    objects: Objects,
    *,
    bad: Callable[[EncryptionCount], bool],
    undecided: Callable[[EncryptionCount], bool],
    offenders: tuple[Offender, ...] = (),
) -> Fact[Found]:
    """Return what was found by the objects' encryption; what is bad is not asked whether it is undecided."""
    if isinstance(objects.encryption, Unread):
        return objects.encryption
    counts = objects.encryption.value
    worse = [count for count in counts if bad(count)]
    unknown = [count for count in counts if not bad(count) and undecided(count)]
    return Read(
        Found(
            bad=sum(count.tally.objects for count in worse),
            undecided=sum(count.tally.objects for count in unknown),
            offenders=offenders,
        ),
        objects.encryption.source,
    )


def exposed(objects: Objects, effective: Callable[[PublicCount], bool]) -> Fact[Found]:
    """Return what was found to be open to the public, where the bucket's blocks leave such a grant in force.

    An object with several public grants counts for each of them, so ``bad`` may count it more than once; none is none.
    """
    if isinstance(objects.public, Unread):
        return objects.public
    return Read(
        Found(
            bad=sum(count.tally.objects for count in objects.public.value if effective(count)),
            offenders=objects.exposed,
        ),
        objects.public.source,
    )


def judge(
    objects: Fact[Objects],
    question: Question,
    audit: Audit,
    *,
    old_versions: Fact[bool],
    evidence: Mapping[str, Any] | None = None,
) -> Verdict:
    """Return the verdict on a bucket's objects.

    Args:
        objects: what is known of them.
        question: what is asked.
        audit: its policy's ``object_sample_max_share`` and ``inventory_max_age_days`` are the limits.
        old_versions: whether the bucket may hold versions besides the current ones.
        evidence: what the check adds to the evidence.

    Raises:
        NotRead: nobody looked, the source does not tell, or what was seen is not enough for a pass.
    """
    known = value(objects)
    source = objects.source
    found = value(question.found(known))
    proof = {**_evidence(known, found), **(evidence or {})}
    if found.bad:
        return failed(_failure(known, question, found), proof)
    if found.undecided:
        not_read(Unread(Cause.UNSUPPORTED, source, detail=_undecided(found.undecided)))
    _fresh(known, source, audit)
    total = value(known.total).objects
    if not known.versions and value(old_versions):
        not_read(Unread(Cause.UNSUPPORTED, source, detail=_NO_VERSIONS))
    if known.mode is Mode.INDICATIVE:
        not_read(Unread(Cause.TOO_SMALL, source, detail=_indicative(known.examined)))
    if known.examined + known.vanished >= total:
        return _of_all(known, question, proof)
    if known.mode is not Mode.SAMPLE:
        # It calls itself a look at all of them, and is not.
        not_read(Unread(Cause.MALFORMED, source, detail=_not_all(known.examined, total)))
    return _of_sample(known, total, question, audit, source, proof)


def _of_all(known: Objects, question: Question, proof: Mapping[str, Any]) -> Verdict:
    if not known.examined:
        return not_applicable(
            Text(en="The bucket holds no objects.", ja="バケットにオブジェクトがありません。"), proof
        )
    return passed(
        Text(
            en=f"Of all {known.examined:,} objects none is {question.bad.en}.",
            ja=f"全{known.examined:,}件のオブジェクトに、{question.bad.ja}はありません。",
        ),
        proof,
    )


def _of_sample(
    known: Objects, total: int, question: Question, audit: Audit, source: Source, proof: Mapping[str, Any]
) -> Verdict:
    limit = audit.policy.object_sample_max_share / 100
    bound = upper_bound(0, known.examined, total)
    sentence = _bound(known.examined, total, bound)
    if bound > limit:
        enough = min(total, needed(limit)) if limit else total
        not_read(
            Unread(
                Cause.TOO_SMALL,
                source,
                detail=Text(
                    en=f"{sentence.en}; the policy asks for at most {_percent(limit)} %, for which {enough:,} would do",
                    ja=f"{sentence.ja}。基準は最大{_percent(limit)} %で、{enough:,}件の確認が必要です",
                ),
            )
        )
    return passed(
        Text(
            en=f"In a random sample no object is {question.bad.en}: {sentence.en}.",
            ja=f"無作為標本に{question.bad.ja}はありません({sentence.ja})。",
        ),
        {**proof, "at_most_percent": _percent(bound), "limit_percent": _percent(limit)},
    )


def _failure(known: Objects, question: Question, found: Found) -> Text:
    are = "is" if found.bad == 1 else "are"
    first = first_ja = ""
    if found.offenders:
        name = shortened(found.offenders[0].key, LONGEST_NAME)
        first, first_ja = f", such as {name}", f"(例: {name})"
    when = when_ja = ""
    if known.mode is Mode.INVENTORY:
        when, when_ja = f" (inventory of {known.as_of})", f"({known.as_of} のインベントリ)"
    return Text(
        en=f"{found.bad:,} of {known.examined:,} objects {are} {question.bad.en}{first}{when}.",
        ja=f"オブジェクト{known.examined:,}件中、{question.bad.ja}が{found.bad:,}件あります{first_ja}{when_ja}。",
    )


def _bound(examined: int, total: int, bound: float) -> Text:
    share = _percent(bound)
    return Text(
        en=f"0 of {examined:,} (of {total:,}); at most {share} % with 95 % confidence",
        ja=f"{total:,}件から抽出した{examined:,}件中0件。信頼度95 %で最大{share} %",
    )


def _percent(share: float) -> str:
    """Return a share in percent with one decimal, or two digits where it is small; rounded up, so that "at most" is true."""
    # The rounding of binary fractions is far below this, and must not turn 1 into 1.1.
    percent = (Decimal(share) * 100).quantize(Decimal("1e-12"))
    small = 0 < percent <= Decimal("0.9")
    step = Decimal(1).scaleb(percent.adjusted() - 1) if small else Decimal("0.1")
    return f"{percent.quantize(step, ROUND_CEILING):f}"


def _fresh(known: Objects, source: Source, audit: Audit) -> None:
    """Raise where what is known was written down too long ago to pass."""
    limit = audit.policy.inventory_max_age_days
    try:
        age = age_days(known.as_of, audit.taken_at)
    except ValueError:
        not_read(Unread(Cause.MALFORMED, source, detail=known.as_of[:40]))
    if known.mode is Mode.INVENTORY and age >= limit:
        not_read(
            Unread(
                Cause.UNSUPPORTED,
                source,
                detail=Text(
                    en=f"the newest complete inventory is {age} days old and the policy asks for one younger than {limit}",
                    ja=f"最新の完全なインベントリは{age}日前のもので、基準({limit}日未満)より古くなっています",
                ),
            )
        )


def _evidence(known: Objects, found: Found) -> dict[str, Any]:
    return {
        "mode": str(known.mode),
        "why": {"en": known.why.en, "ja": known.why.ja},
        "source": known.source,
        "as_of": known.as_of,
        "total": shown(known.total, lambda tally: tally.objects),
        "examined": known.examined,
        "vanished": known.vanished,
        "versions_included": known.versions,
        "found": found.bad,
        "undecided": found.undecided,
        "first": [_offender(each) for each in found.offenders[:NAMED]],
    }


def _offender(offender: Offender) -> dict[str, str]:
    said = {"key": offender.key, "what": offender.what}
    if offender.version:
        said["version"] = offender.version
    if offender.client_encrypted:
        said["client_encrypted"] = offender.client_encrypted
    return said


_NO_VERSIONS = Text(
    en="old versions are not among what was looked at, and the bucket may hold some; include all versions",
    ja="旧バージョンが確認対象に含まれていません(バケットに残っている可能性があります)。全バージョンを対象にしてください",
)


def _undecided(objects: int) -> Text:
    return Text(
        en=f"it cannot be told for {objects:,} of the objects",
        ja=f"オブジェクト{objects:,}件について判別できません",
    )


def _indicative(examined: int) -> Text:
    return Text(
        en=f"0 of {examined:,}, which are no uniform sample and bound nothing; look at all, or raise the limit or the budget",
        ja=f"{examined:,}件中0件。ただし無作為標本ではないため全体については判断できません。"
        "上限またはリクエスト予算を増やすか、全件を確認してください",
    )


def _not_all(examined: int, total: int) -> Text:
    return Text(
        en=f"only {examined:,} of {total:,} objects were looked at",
        ja=f"オブジェクト{total:,}件中{examined:,}件しか確認できていません",
    )
