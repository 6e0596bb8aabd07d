"""The ``[[target]]`` list of a TOML file; all faults are told at once."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cloudaudit.errors import UsageError
from cloudaudit.fleet.targets import TARGETS, AwsTarget, GcsTarget, M365Target
from cloudaudit.table_faults import in_japanese
from cloudaudit.text import Text

_FAULTS_JA = {
    "folder_name": "フォルダー名として使用できません",
    "role_missing": "organization = true の場合は role(各アカウントのロール名)が必要です",
    "role_alone": "role と exclude は organization = true の場合にのみ指定できます",
    "two_spans": "organization と folder はいずれか一方を指定してください",
    "union_tag_invalid": 'provider は "aws"、"gcs"、"m365" のいずれかを指定してください',
    "union_tag_not_found": 'provider("aws"、"gcs"、"m365")を指定してください',
}
AnyTarget = AwsTarget | GcsTarget | M365Target


def load_targets(path: Path) -> tuple[AnyTarget, ...]:
    """Read the targets of a file; its other tables are not looked at.

    Raises:
        UsageError: the file cannot be read, is not TOML, names no target, or has faults.
    """
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The targets {path} cannot be read ({error.strerror}); write [[target]] tables into "
                "cloudaudit.toml, or name another file with --targets.",
                ja=f"対象の一覧 {path} を読み込めません({error.strerror})。cloudaudit.toml に [[target]] を記載するか、"
                "--targets で別のファイルを指定してください。",
            )
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Text(
                en=f"The file {path} is not valid TOML ({error}); mend that place and run again.",
                ja=f"ファイル {path} は正しい TOML ではありません({error})。該当箇所を修正してください。",
            )
        ) from error
    return parsed(data.get("target", []), path)


def parsed(given: object, path: Path) -> tuple[AnyTarget, ...]:
    """Return the targets of a decoded list.

    Args:
        given: what stands under ``target``.
        path: the file that it stands in, for messages.

    Raises:
        UsageError: it names no target, or has faults.
    """
    try:
        targets = TARGETS.validate_python(given)
    except ValidationError as error:
        faults = [(_place(given, fault), fault) for fault in error.errors()]
        raise UsageError(
            Text(
                en=f"The targets in {path} have faults: "
                + "; ".join(f"{place}: {fault['msg']}" for place, fault in faults)
                + ".",
                ja=f"{path} の対象に誤りがあります: "
                + "".join(f"{place}: {in_japanese(fault, _FAULTS_JA)}。" for place, fault in faults),
            )
        ) from error
    if not targets:
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


def _place(given: object, fault: ErrorDetails) -> str:
    """Return where a fault is: the target by its name where it has one, and the setting."""
    where = [str(part) for part in fault["loc"] if part not in {"aws", "gcs", "m365"}]
    if isinstance(given, list) and where and where[0].isdigit():
        tables = cast("list[object]", given)
        place = int(where[0])
        table = cast("dict[str, object]", tables[place]) if isinstance(tables[place], dict) else {}
        name = table.get("name")
        where[0] = f"target {name if isinstance(name, str) else place + 1}"
    return ".".join(where) or "target"
