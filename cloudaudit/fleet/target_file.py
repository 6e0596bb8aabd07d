"""The ``[[target]]`` list of a TOML file; all faults are told at once."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel

from cloudaudit.errors import UsageError
from cloudaudit.fleet.targets import AwsTarget, GcsTarget, M365Target, Target
from cloudaudit.text import Text
from cloudaudit.toml_file import Document, read, validated

AnyTarget = AwsTarget | GcsTarget | M365Target
_WHAT = Text(en="list of targets", ja="対象の一覧")
_HOW = Text(
    en="--targets, or write [[target]] tables into cloudaudit.toml",
    ja="--targets の指定、または cloudaudit.toml の [[target]] ",
)


class Targets(BaseModel):
    """The targets of a file; its other tables are not looked at."""

    target: tuple[Target, ...] = ()


def load_targets(path: Path) -> tuple[AnyTarget, ...]:
    """Read the targets of a file; its other tables are not looked at.

    Raises:
        UsageError: the file cannot be read, is not TOML, names no target, or has faults.
    """
    return parsed(read(path, _WHAT, _HOW))


def parsed(document: Document) -> tuple[AnyTarget, ...]:
    """Return the targets of a file that was read.

    Raises:
        UsageError: it names no target, or has faults.
    """
    targets = validated(document, Targets, _WHAT).target
    if not targets:
        path = document.path
        raise UsageError(
            Text(
                en=f"There is no target in {path}; write a [[target]] table with name and provider for each.",
                ja=f"{path} に対象がありません。対象ごとに [[target]](name と provider)を記載してください。",
            )
        )
    refuse_twins(target.name for target in targets)
    return targets


def refuse_twins(names: Iterable[str]) -> None:
    """Refuse two targets whose results would lie in one folder.

    Raises:
        UsageError: there are some.
    """
    twins = sorted(name for name, count in Counter(map(str.casefold, names)).items() if count > 1)
    if twins:
        raise UsageError(
            Text(
                en=f"Two targets have one name: {', '.join(twins)}; give each its own (case does not tell them apart).",
                ja=f"対象の name が重複しています: {'、'.join(twins)}。"
                "それぞれ別の名称にしてください(大文字・小文字は区別しません)。",
            )
        )
