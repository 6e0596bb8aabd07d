"""What changed, in words and as JSON: for ``cloudaudit diff`` and for the reports that tell of it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

import msgspec

from cloudaudit.assessment import Assessment
from cloudaudit.diff import GOT_WORSE, Change, ChangedFinding, Changes
from cloudaudit.reporting import SEVERITIES, headline, moment, who
from cloudaudit.text import Language, Text
from cloudaudit.visible import encoded, visible

CHANGES: dict[Change, Text] = {
    Change.NEW: Text(en="newly failed", ja="新たな不適合"),
    Change.WORSE: Text(en="failed before, and is worse", ja="不適合が悪化"),
    Change.UNCOVERED: Text(
        en="failed, and was not assessed or looked at before", ja="不適合(前回は判定不能または確認対象外)"
    ),
    Change.BLIND: Text(en="no longer assessed", ja="判定できなくなった"),
    Change.FIXED: Text(en="fixed", ja="是正を確認"),
    Change.WAIVED: Text(en="waived", ja="受容"),
    Change.NOT_APPLICABLE: Text(en="no longer applicable", ja="対象外に変更"),
    Change.GONE: Text(en="failed before, the resource is gone", ja="不適合だったリソースが消滅"),
    Change.OUT_OF_SCOPE: Text(
        en="failed before, not looked at this time", ja="前回は不適合(今回は確認対象外)"
    ),
    Change.STILL: Text(en="still failing", ja="不適合が継続"),
}
ALWAYS = frozenset({Change.NEW, Change.FIXED, Change.STILL})
"""Changes that are told even where there is none."""

OTHER_CHECKS = Text(
    en="The checks were changed since, so a difference may come from them.",
    ja="前回からチェックの内容が変わっているため、その影響による差が含まれることがあります。",
)
OTHER_POLICY = Text(
    en="The thresholds were changed since, so a difference may come from them.",
    ja="前回から判定基準が変わっているため、その影響による差が含まれることがあります。",
)
WORSE = Text(
    en="Something got worse, or is not known any more.",
    ja="悪化した項目、または判定できなくなった項目があります。",
)
NOT_WORSE = Text(en="Nothing got worse.", ja="悪化した項目はありません。")
_SHOWN = 20


def blind_warning(count: int) -> Text:
    """Return what must not be overlooked: what could be assessed before and cannot any more."""
    return Text(
        en=f"No longer assessed: {count}. They may be failing; nobody knows.",
        ja=f"判定できなくなった項目が {count} 件あります。適合しているかどうかは不明です。",
    )


def counted(changes: Changes, change: Change) -> Text:
    """Return how many findings changed in this way; of the new ones, how many passed before."""
    count = changes.counts.get(change, 0)
    if change is Change.NEW and changes.regressed:
        return Text(
            en=f"{count} (regressed, that is passed before: {changes.regressed})",
            ja=f"{count}(うち前回は適合: {changes.regressed})",
        )
    return Text(en=str(count), ja=str(count))


def resources(changes: Changes) -> Text:
    """Return how many resources came and went."""
    return Text(
        en=f"Resources: {changes.new_resources} new, {changes.gone_resources} no longer there.",
        ja=f"リソース: 追加 {changes.new_resources} 件、消滅 {changes.gone_resources} 件",
    )


def since_when(since: str, language: Language) -> str:
    """Return since when something is known to fail, in brackets; empty where nobody knows."""
    day = moment(since, language)[:10] if since else ""
    return Text(en=f"(since {day})", ja=f"({day} から)").in_(language) if day else ""


def print_text(now: Assessment, changes: Changes, language: Language) -> Iterator[str]:
    """Yield the lines for a terminal: what got worse first, at most a few of each kind."""
    yield visible(who(now.target))
    since, taken = moment(changes.since, language), moment(now.taken_at, language)
    yield f"{since} → {taken}"
    yield f"{headline(changes.before, language)} → {headline(now.score.overall, language)}"
    for differs, note in ((changes.other_checks, OTHER_CHECKS), (changes.other_policy, OTHER_POLICY)):
        if differs:
            yield note.in_(language)
    yield ""
    if count := changes.counts.get(Change.BLIND, 0):
        yield f"!! {blind_warning(count).in_(language)}"
        yield ""
    for change in Change:
        if change in ALWAYS or change in changes.counts:
            yield from _section(now, changes, change, language)
    yield resources(changes).in_(language)
    for sign, found in (("+", changes.came), ("-", changes.went)):
        names = (
            f"  {sign} {visible(one.name)}  {visible(one.kind)} {visible(one.region)}" for one in found()
        )
        yield from _few(names, changes.new_resources if sign == "+" else changes.gone_resources, language)
    yield ""
    yield (WORSE if changes.got_worse else NOT_WORSE).in_(language)


def _section(now: Assessment, changes: Changes, change: Change, language: Language) -> Iterator[str]:
    yield f"{CHANGES[change].in_(language)}: {counted(changes, change).in_(language)}"
    count = changes.counts.get(change, 0)
    if count:
        lines = (line for line in changes.lines() if line.change is change)
        if count <= _SHOWN:
            shown: Iterable[ChangedFinding] = sorted(lines, key=lambda line: -line.severity.rank)
        else:
            shown = changes.examples[change]
        yield from (text for line in shown for text in _line(now, line, language))
        rest = count - min(count, len(changes.examples[change]) if count > _SHOWN else count)
        if rest:
            yield _more(rest, language)
        yield ""


def _line(now: Assessment, line: ChangedFinding, language: Language) -> Iterator[str]:
    severity = SEVERITIES[line.severity].in_(language)
    info = now.checks.get(line.check)
    title = visible(info.title.in_(language)) if info else ""
    about = "  ".join(filter(None, (visible(line.resource.name), visible(line.check), title)))
    since = since_when(line.since, language)
    yield f"  [{severity}] {about} {since}".rstrip()
    for part in line.parts:
        when = since_when(part.since, language)
        yield f"      {CHANGES[part.change].in_(language)}: {visible(part.key)} {when}".rstrip()


def _few(lines: Iterable[str], count: int, language: Language) -> Iterator[str]:
    yield from islice(lines, _SHOWN)
    if count > _SHOWN:
        yield _more(count - _SHOWN, language)


def _more(rest: int, language: Language) -> str:
    return Text(
        en=f"  … and {rest} more; --format json has them all",
        ja=f"  … ほか {rest} 件(--format json ですべて出力)",
    ).in_(language)


def write_json(now: Assessment, changes: Changes, out: BinaryIO) -> None:
    """Write everything, one finding and one resource a line, holding one at a time."""
    encoder = msgspec.json.Encoder(order="deterministic")
    head = {
        "schema": 1,
        "target": now.target,
        "before": {"taken_at": changes.since, "score": changes.before},
        "now": {"taken_at": now.taken_at, "score": now.score.overall},
        "got_worse": changes.got_worse,
        "worse_by": sorted(change.value for change in GOT_WORSE & changes.counts.keys()),
        "counts": dict(changes.counts),
        "regressed": changes.regressed,
        "other_checks": changes.other_checks,
        "other_policy": changes.other_policy,
    }
    out.write(b"{\n")
    out.writelines(b'"%s": %s,\n' % (name.encode(), encoded(encoder, value)) for name, value in head.items())
    lists: tuple[tuple[str, Iterator[object]], ...] = (
        ("new_resources", iter(changes.came())),
        ("gone_resources", iter(changes.went())),
        ("findings", iter(changes.lines())),
    )
    for number, (name, items) in enumerate(lists):
        out.write((b",\n" if number else b"") + b'"%s": [' % name.encode())
        out.writelines(
            (b",\n" if place else b"\n") + encoded(encoder, item) for place, item in enumerate(items)
        )
        out.write(b"\n]")
    out.write(b"\n}\n")
