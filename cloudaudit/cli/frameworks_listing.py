"""The work of ``cloudaudit frameworks``; apart from it so that ``--help`` need not import the engine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from cloudaudit.check import AnyCheck
from cloudaudit.cli.catalogue import installed
from cloudaudit.cli.naming import refuse, unknown
from cloudaudit.frameworks.loading import FRAMEWORK, NAMES, WHERE_FRAMEWORKS, framework
from cloudaudit.frameworks.model import STRENGTHS, Control, Framework, Strength
from cloudaudit.text import Language, Text

_VERSION = Text(en="Version", ja="版")
_CHECKED = Text(en="checked", ja="確認日")
_COUNT = Text(en="controls in the data, not all of the framework", ja="項番を収録(全項番ではありません)")
_UNVERIFIED = Text(en="unverified ids", ja="未検証の項番")
_BY_HAND = Text(en="To confirm by hand", ja="手動確認が必要な項番")
_CHECKS = Text(en="checks", ja="チェック")


def found(name: str | None) -> list[Framework]:
    """Return the framework of a name, or all.

    Raises:
        UsageError: there is none of this name.
    """
    if name is None:
        return [framework(each) for each in NAMES]
    refuse(unknown([name], NAMES, FRAMEWORK, WHERE_FRAMEWORKS))
    return [framework(name)]


def as_text(
    frameworks: Sequence[Framework], checks_dir: Path | None, language: Language, *, whole: bool
) -> None:
    """Print them for people; ``whole`` prints every control too."""
    checks = installed(checks_dir)
    for each in frameworks:
        click.echo(f"{each.id}  {each.name.in_(language)}")
        version, checked = _VERSION.in_(language), _CHECKED.in_(language)
        click.echo(f"  {version} {each.version} · {checked} {each.as_of} · {each.source}")
        click.echo(f"  {_coverage(each, language)}")
        by_hand = [control.shown(language) for control in each.controls if control.evidence is Strength.NONE]
        if by_hand and not whole:
            click.echo(f"  {_BY_HAND.in_(language)}: {', '.join(by_hand)}")
        if whole:
            click.echo()
            for control in each.controls:
                _print_control(control, checks, language)
        click.echo()


def _coverage(each: Framework, language: Language) -> str:
    tally = Counter(control.evidence for control in each.controls)
    figures = " · ".join(f"{STRENGTHS[one].in_(language)} {tally[one]}" for one in Strength)
    unverified = sum(not control.verified for control in each.controls)
    said = f"{len(each.controls)} {_COUNT.in_(language)}: {figures}"
    return f"{said} · {_UNVERIFIED.in_(language)} {unverified}" if unverified else said


def _print_control(control: Control, checks: Mapping[str, AnyCheck], language: Language) -> None:
    mapped = _mapped(control, checks)
    strength = STRENGTHS[control.evidence].in_(language)
    count = f" · {_CHECKS.in_(language)} {len(mapped)}" if mapped else ""
    click.echo(f"  {control.shown(language)}  {control.title.in_(language)}  [{strength}{count}]")
    if control.note:
        click.echo(f"      {control.note.in_(language)}")


def _mapped(control: Control, checks: Mapping[str, AnyCheck]) -> list[str]:
    return sorted(check.id for check in checks.values() if control.takes(check.id, check.theme))


def as_json(frameworks: Sequence[Framework], checks_dir: Path | None) -> None:
    """Print them as one JSON document, each control with the ids of all checks that are evidence for it."""
    checks = installed(checks_dir)
    content = {"frameworks": [_data(each, checks) for each in frameworks]}
    click.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())


def _data(each: Framework, checks: Mapping[str, AnyCheck]) -> dict[str, Any]:
    tally = Counter(control.evidence for control in each.controls)
    return {
        "id": each.id,
        "name": each.name,
        "version": each.version,
        "source": each.source,
        "as_of": each.as_of,
        "coverage": {one.value: tally[one] for one in Strength},
        "controls": [
            {
                "id": control.id,
                "title": control.title,
                "evidence": control.evidence,
                "verified": control.verified,
                "source": control.source or each.source,
                "note": control.note,
                "themes": control.themes,
                "checks": _mapped(control, checks),
            }
            for control in each.controls
        ],
    }
