"""The chain of a target's nights: each bundle names the SHA-256 of the one before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from cloudaudit import clock
from cloudaudit.assessment import Target
from cloudaudit.errors import EvidenceError, SealError, UsageError
from cloudaudit.evidence.bundle import Bundle, open_bundle, peek
from cloudaudit.evidence.statement import Link, Run
from cloudaudit.text import Text

PATTERN = "evidence-*.zip"
SEAL_WITHIN = timedelta(hours=1)
"""A night is sealed when its scan ends; so that old nights cannot be made up later, a late one is no night."""
SCAN_WITHIN = timedelta(hours=48)
"""A scan may be resumed for a day; one that claims to have taken longer is no night."""

REASONS: dict[str, Text] = {
    "unsigned": Text(en="it is not signed", ja="署名がないため"),
    "narrowed": Text(en="the run was narrowed to a part of the target", ja="対象を限定した実行であるため"),
    "masked": Text(en="names are masked in it", ja="仮名化された証跡であるため"),
    "as-of": Text(
        en="it was judged at another time than that of the scan",
        ja="スキャン時と異なる基準日時で判定したため",
    ),
    "unfinished": Text(en="the scan did not come to its end", ja="スキャンが完了していないため"),
    "late": Text(
        en="it was not sealed within an hour of the scan's end",
        ja="スキャン完了から1時間以内に封印されていないため",
    ),
    "not-newer": Text(en="the chain has a newer night already", ja="連鎖にこれより新しい証跡があるため"),
}
"""Why a run is no night of the chain."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What decides whether a run is a night of its chain.

    Attributes:
        ended_at: when the scan came to its end; empty where it did not.
    """

    target: Target
    taken_at: str
    ended_at: str
    sealed_at: str
    signed: bool
    narrowed: bool
    masked: bool
    as_of: str

    @property
    def refusal(self) -> str:
        """The first reason why it cannot be a night; empty where it can."""
        flags = {
            "unsigned": not self.signed,
            "narrowed": self.narrowed,
            "masked": self.masked,
            "as-of": bool(self.as_of),
            "unfinished": not self.ended_at,
        }
        found = next((reason for reason, holds in flags.items() if holds), "")
        return found or ("" if timely(self.taken_at, self.ended_at, self.sealed_at) else "late")


def timely(taken_at: str, ended_at: str, sealed_at: str) -> bool:
    """Whether a scan took no longer than one may, and was sealed when it ended."""
    try:
        taken, ended, sealed = map(clock.parse, (taken_at, ended_at, sealed_at))
    except ValueError:
        return False
    return timedelta(0) <= ended - taken <= SCAN_WITHIN and timedelta(0) <= sealed - ended <= SEAL_WITHIN


def claim_of(run: Run) -> Claim:
    """Return what a sealed run claims."""
    return Claim(
        target=run.target,
        taken_at=run.taken_at,
        ended_at=run.ended_at,
        sealed_at=run.sealed_at,
        signed=bool(run.signing.key),
        narrowed=run.scope.narrowed,
        masked=run.masked,
        as_of=run.as_of,
    )


def link(claim: Claim, earlier: Iterable[Path]) -> Link:
    """Return where a run stands: behind the newest night of its target, or outside with the reason.

    Args:
        claim: the run.
        earlier: bundles that may hold the night before; those of other targets are passed over.

    Raises:
        SealError: one of them cannot be read, two of them claim to be the same night, or the newest was changed.
    """
    refusal = claim.refusal
    if refusal:
        return Link(joined=False, reason=refusal)
    nights = [bundle for bundle in _peeked(earlier) if is_night_of(bundle.predicate, claim.target)]
    if not nights:
        return Link(joined=True, sequence=1)
    newest = max(nights, key=lambda bundle: _night(bundle).chain.sequence)
    last = _night(newest)
    same = [one.path for one in nights if _night(one).chain.sequence == last.chain.sequence]
    if clock.parse(claim.taken_at) <= clock.parse(last.taken_at):
        return Link(joined=False, reason="not-newer")
    try:
        digests = {_whole_digest(path) for path in same}
    except EvidenceError as error:
        raise _broken(newest.path.name) from error
    if len(digests) != 1:
        raise _broken(", ".join(path.name for path in same))
    return Link(
        joined=True,
        sequence=last.chain.sequence + 1,
        previous=digests.pop(),
        previous_taken_at=last.taken_at,
    )


def is_night_of(predicate: object, target: Target) -> bool:
    """Whether a bundle is a night in the chain of a target."""
    return isinstance(predicate, Run) and predicate.chain.joined and same_target(predicate.target, target)


def same_target(one: Target, other: Target) -> bool:
    """Whether two are of the same target; who read it may differ."""
    return (one.provider, one.account, one.partition) == (other.provider, other.account, other.partition)


def bundles_in(folder: Path) -> tuple[Path, ...]:
    """Return every bundle in a folder and its subfolders, by path.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(
            Text(
                en=f"There is no folder {folder}; name the folder with the earlier bundles.",
                ja=f"フォルダー {folder} がありません。過去の証跡があるフォルダーを指定してください。",
            )
        )
    return tuple(sorted(folder.rglob(PATTERN)))


def _peeked(paths: Iterable[Path]) -> list[Bundle]:
    found: list[Bundle] = []
    for path in paths:
        try:
            found.append(peek(path))
        except EvidenceError as error:
            raise _broken(path.name) from error
    return found


def _whole_digest(path: Path) -> str:
    with open_bundle(path) as bundle:
        wrong = [name for name, digest in bundle.files.items() if bundle.container.digest(name) != digest]
        if wrong:
            raise EvidenceError(Text(en=wrong[0], ja=wrong[0]))
        return bundle.sha256


def _night(bundle: Bundle) -> Run:
    if not isinstance(bundle.predicate, Run):
        raise TypeError
    return bundle.predicate


def _broken(names: str) -> SealError:
    return SealError(
        Text(
            en=f"The chain cannot be continued behind {names}, which is damaged or there twice, so the evidence is not "
            "sealed; run `cloudaudit verify` on it, then name a whole chain with --chain.",
            ja=f"{names} が破損しているか重複しているため連鎖を継続できず、証跡を封印していません。"
            "cloudaudit verify で確認し、--chain で正しいフォルダーを指定してください。",
        )
    )


@dataclass(frozen=True)
class Night:
    """A night as verification found it.

    Attributes:
        waivers: what was accepted that night, as it stands in the result.
    """

    path: Path
    sha256: str
    run: Run
    waivers: tuple[dict[str, str], ...] = ()


def faults(nights: Sequence[Night]) -> list[Text]:
    """Return what is wrong with a chain as a whole: a night that is missing, there twice, or out of order."""
    ordered = sorted(nights, key=lambda night: (night.run.chain.sequence, night.path.name))
    found: list[Text] = []
    if ordered and ordered[0].run.chain.sequence != 1:
        number = ordered[0].run.chain.sequence - 1
        found.append(
            Text(
                en=f"the {number} night(s) before {ordered[0].path.name} are missing",
                ja=f"{ordered[0].path.name} より前の {number} 件の証跡がありません",
            )
        )
    for before, night in pairwise(ordered):
        found += _between(before, night)
    for night in ordered:
        refusal = claim_of(night.run).refusal
        if refusal:
            found.append(
                Text(
                    en=f"{night.path.name} claims to be a night, though {REASONS[refusal].en}",
                    ja=f"{night.path.name} は連鎖に加えられない証跡です({REASONS[refusal].ja})",
                )
            )
    return found


def _between(before: Night, night: Night) -> list[Text]:
    first, second = before.run.chain, night.run.chain
    if second.sequence == first.sequence:
        return [
            Text(
                en=f"{before.path.name} and {night.path.name} both claim to be night {first.sequence}",
                ja=f"{before.path.name} と {night.path.name} がどちらも {first.sequence} 番目の証跡です",
            )
        ]
    if second.sequence != first.sequence + 1:
        return [
            Text(
                en=f"between {before.path.name} and {night.path.name} {second.sequence - first.sequence - 1} "
                "night(s) are missing",
                ja=f"{before.path.name} と {night.path.name} の間の {second.sequence - first.sequence - 1} 件の"
                "証跡がありません",
            )
        ]
    if second.previous != before.sha256:
        return [
            Text(
                en=f"{night.path.name} was sealed behind another bundle than {before.path.name}: "
                "one of them was exchanged",
                ja=f"{night.path.name} に記録された前回の証跡の値が {before.path.name} と一致しません"
                "(差し替えられています)",
            )
        ]
    if second.previous_taken_at != before.run.taken_at or night.run.taken_at <= before.run.taken_at:
        return [
            Text(
                en=f"{night.path.name} is not later than {before.path.name}",
                ja=f"{night.path.name} の日時が {before.path.name} より後ではありません",
            )
        ]
    return []


# A waiver's date is a day, which ends twelve hours later in the last time zone than in UTC.
_END_OF_DAY = timedelta(hours=36)


def waiver_faults(nights: Sequence[Night]) -> list[Text]:
    """Return the waivers that say they are older than a night which did not have them."""
    found: list[Text] = []
    ordered = sorted(nights, key=lambda night: night.run.chain.sequence)
    known: set[tuple[str, str]] = set()
    for before, night in zip([None, *ordered], ordered, strict=False):
        for waiver in night.waivers:
            name = waiver.get("check", ""), waiver.get("resource", "")
            if before is not None and name not in known and _older_than(waiver, before.run.taken_at):
                created = waiver.get("created", "")
                found.append(
                    Text(
                        en=f"the waiver of {name[0]} for {name[1]} says it was created on {created}, but first appears in "
                        f"{night.path.name}: {before.path.name} did not have it (back-dated)",
                        ja=f"{name[0]}({name[1]})の受容は作成日が {created} ですが、{night.path.name} で初めて現れます。"
                        f"{before.path.name} には含まれていません(作成日の遡り)",
                    )
                )
        known |= {(waiver.get("check", ""), waiver.get("resource", "")) for waiver in night.waivers}
    return found


def _older_than(waiver: dict[str, str], moment: str) -> bool:
    try:
        created = clock.parse(f"{waiver.get('created', '')[:10]}T00:00:00Z")
    except ValueError:
        return False
    return created + _END_OF_DAY <= clock.parse(moment)


def days_between(before: datetime, after: datetime) -> int:
    """Return how many days lie between two nights on which nothing was sealed."""
    return max((after.date() - before.date()).days - 1, 0)
