"""A TOML file as a validated model: all its faults at once, each with its line and what was probably meant."""

import re
import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cloudaudit.errors import FaultyFileError, UsageError
from cloudaudit.text import Text

M = TypeVar("M", bound=BaseModel)
Place = tuple[str | int, ...]
"""Where something stands: keys, and positions in arrays."""

FAULTS = {
    "missing": "必須の項目です",
    "extra_forbidden": "そのような設定項目はありません",
    "int_parsing": "整数で指定してください",
    "int_parsing_size": "整数の桁数が多すぎます",
    "int_from_float": "整数で指定してください",
    "int_type": "整数で指定してください",
    "float_type": "数値で指定してください",
    "float_parsing": "数値で指定してください",
    "finite_number": "有限の数値で指定してください",
    "string_type": "文字列で指定してください",
    "path_type": "パスを文字列で指定してください",
    "bool_parsing": "true または false で指定してください",
    "bool_type": "true または false で指定してください",
    "list_type": "配列で指定してください",
    "tuple_type": "配列で指定してください",
    "dict_type": "テーブル([rules] の形式)で指定してください",
    "model_type": "テーブル([...] の形式)で指定してください",
    "date_type": "2026-11-22 の形式で指定してください",
    "date_parsing": "2026-11-22 の形式で指定してください",
    "date_from_datetime_parsing": "2026-11-22 の形式で指定してください",
    "date_from_datetime_inexact": "時刻を付けずに日付で指定してください",
    "literal_error": "{expected} のいずれかを指定してください",
    "enum": "{expected} のいずれかを指定してください",
    "greater_than_equal": "{ge} 以上で指定してください",
    "greater_than": "{gt} より大きい値を指定してください",
    "less_than": "{lt} 未満で指定してください",
    "less_than_equal": "{le} 以下で指定してください",
    "string_too_short": "空にできません",
    "too_short": "空にできません",
    "string_pattern_mismatch": "形式が正しくありません(正規表現: {pattern})",
    "network": "IP アドレス範囲(CIDR、/0 は不可)、VPC の ID(vpc-...)、"
    "VPC エンドポイントの ID(vpce-...)のいずれかで指定してください",
    "own_rule": 'profile が "own-rule" の場合は必須です',
    "unknown_setting": "そのような設定項目はありません({names})",
    "rule_without_value": "規程条項を記載した項目には基準値の設定も必要です({names})",
    "ends_before": "created({created})以降の日付で指定してください",
    "nameless": "対象の名称を示す文字を含めてください",
    "blank": "空にできません",
    "everyone": "特定の相手を 1 つ指定してください(不特定多数への公開は承認できません)",
    "string_too_long": "{max_length} 文字以内で指定してください",
    "folder_name": "フォルダー名として使用できません",
    "role_missing": "organization = true の場合は role(各アカウントのロール名)が必要です",
    "role_alone": "role と exclude は organization = true の場合にのみ指定できます",
    "two_spans": "organization と folder はいずれか一方を指定してください",
    "union_tag_invalid": 'provider は "aws"、"gcs"、"m365" のいずれかを指定してください',
    "union_tag_not_found": 'provider("aws"、"gcs"、"m365")を指定してください',
    "period": "until は from 以降の日付で指定してください",
}
"""What can be wrong, by the validator's name for it, in Japanese."""

_ENGLISH = {
    "missing": "must be given",
    "extra_forbidden": "there is no such setting",
    "path_type": "Input should be a path in quotes",
    "model_type": "Input should be a table of settings",
    "date_type": "Input should be a day such as 2026-11-22",
    "date_parsing": "Input should be a day such as 2026-11-22",
    "date_from_datetime_parsing": "Input should be a day such as 2026-11-22",
    "date_from_datetime_inexact": "Input should be a day without a time",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "union_tag_invalid": 'provider must be "aws", "gcs" or "m365"',
    "union_tag_not_found": 'provider must be given: "aws", "gcs" or "m365"',
}
"""The same in English where the validator's own sentence is about its inside."""


@dataclass(frozen=True)
class Document:
    """A TOML file that was read.

    Attributes:
        raw: its bytes, as they were parsed.
    """

    path: Path
    raw: bytes
    data: dict[str, Any]

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """The line, from 1, on which each table, key and item of an array begins."""
        return _lines(self.raw.removeprefix(BOM_UTF8))

    def line(self, place: Sequence[str | int]) -> int | None:
        """Return the line of the innermost thing on the way to a place that the file names."""
        steps = tuple(place)
        for length in range(len(steps), 0, -1):
            if (found := self.lines.get(steps[:length])) is not None:
                return found
        return None


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """A model, and the file from which it was read."""

    value: M
    document: Document


def read(path: Path, what: Text, how: Text) -> Document:
    """Read a TOML file.

    Args:
        path: where it is.
        what: what it is called, e.g. "policy file".
        how: how the user named it, e.g. "the path given with --policy".

    Raises:
        UsageError: it cannot be read or is not TOML.
    """
    try:
        raw = path.read_bytes()
        return Document(path, raw, tomllib.loads(raw.decode("utf-8-sig").replace("\r\n", "\n")))
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The {what.en} {path} cannot be read ({error.strerror}); check {how.en}.",
                ja=f"{what.ja} {path} を読み込めません({error.strerror})。{how.ja}を確認してください。",
            )
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            Text(
                en=f"The {what.en} {path} is not in UTF-8; save it as UTF-8 and run again.",
                ja=f"{what.ja} {path} の文字コードが UTF-8 ではありません。UTF-8 で保存し直してください。",
            )
        ) from error
    except (ValueError, RecursionError) as error:
        # Not TOML, a number of thousands of digits, or brackets nested as deep.
        raise UsageError(
            Text(
                en=f"The {what.en} {path} is not valid TOML ({error}); mend that place and run again.",
                ja=f"{what.ja} {path} は正しい TOML ではありません({error})。該当箇所を修正してください。",
            )
        ) from error


def validated(
    document: Document,
    model: type[M],
    what: Text,
    *,
    context: Mapping[str, object] | None = None,
    also: Sequence[tuple[Place, Text]] = (),
) -> M:
    """Return the model of a document.

    Args:
        document: what was read.
        model: what it must be.
        what: what the file is called.
        context: for the model's validators.
        also: faults that were found otherwise; at their places no other is told.

    Raises:
        FaultyFileError: it has faults; all are named at once, in the order of the file.
    """
    found = dict(also)
    try:
        value = model.model_validate(document.data, context=dict(context or {}))
    except ValidationError as error:
        for fault in error.errors():
            found.setdefault(_place(fault["loc"], document.data), _sentence(fault, model))
    else:
        if not found:
            return value
    placed = sorted(
        ((document.line(place) or 0, place, said) for place, said in found.items()),
        key=lambda one: (one[0], list(map(str, one[1]))),
    )
    raise FaultyFileError(
        what, str(document.path), tuple(_with_place(line, place, said) for line, place, said in placed)
    )


def _place(steps: Sequence[str | int], data: object) -> Place:
    """Return the place in the file without the validator's own steps: the mark of a key, and the kind of a table.

    The kind is a value of the table itself, as ``provider`` is.
    """
    place: list[str | int] = []
    inner, kind_is_told = data, False
    for step in steps:
        if step == "[key]":
            continue
        table: Mapping[str | int, object] = (
            cast("Mapping[str | int, object]", inner)
            if isinstance(inner, dict)
            else dict[str | int, object]()
        )
        if not kind_is_told and step not in table and step in table.values():
            kind_is_told = True
            continue
        place.append(step)
        kind_is_told = False
        if isinstance(inner, list) and isinstance(step, int):
            items = cast("list[object]", inner)
            inner = items[step] if step < len(items) else None
        else:
            inner = table.get(step)
    return tuple(place)


def _with_place(line: int, place: Place, said: Text) -> Text:
    name = ".".join(map(str, place))
    en, ja = (f"line {line}", f"{line} 行目") if line else ("", "")
    return Text(
        en=": ".join(filter(None, (", ".join(filter(None, (en, name))), said.en))),
        ja=": ".join(filter(None, ("、".join(filter(None, (ja, name))), said.ja))),
    )


def _sentence(fault: ErrorDetails, model: type[BaseModel]) -> Text:
    kind = fault["type"]
    context = {
        name: str(said).replace(" or ", ", ").replace(", ", "、")
        for name, said in fault.get("ctx", {}).items()
    }
    said = Text(
        en=_ENGLISH.get(kind, fault["msg"]),
        ja=FAULTS[kind].format_map(context) if kind in FAULTS else fault["msg"],
    )
    near = _meant(fault, model)
    if near is None:
        return said
    return Text(en=f"{said.en}; did you mean {near}?", ja=f"{said.ja}({near} ではありませんか)")


def _meant(fault: ErrorDetails, model: type[BaseModel]) -> str | None:
    if fault["type"] in {"enum", "literal_error"} and isinstance(fault["input"], str):
        allowed = re.findall(r"'([^']+)'", str(fault.get("ctx", {}).get("expected", "")))
        return next(iter(get_close_matches(fault["input"], allowed, n=1)), None)
    if fault["type"] != "extra_forbidden":
        return None
    place = fault["loc"]
    inner = model_at(model, place[:-1])
    known = [field.alias or name for name, field in inner.model_fields.items()] if inner else []
    return next(iter(get_close_matches(str(place[-1]), known, n=1)), None)


def model_at(model: type[BaseModel], place: Sequence[str | int]) -> type[BaseModel] | None:
    """Return the model that stands at a place within another, the first of several; None where there is none."""
    return next(iter(models_at(model, place)), None)


def models_at(model: type[BaseModel], place: Sequence[str | int]) -> tuple[type[BaseModel], ...]:
    """Return every model that may stand at a place within another, or the one whose kind the place names."""
    found: tuple[type[BaseModel], ...] = (model,)
    for step in place:
        if isinstance(step, int):
            continue
        fields = [
            field for one in found for name, field in one.model_fields.items() if step in {name, field.alias}
        ]
        of_kind = tuple(
            one
            for one in found
            if any(
                get_origin(field.annotation) is Literal and get_args(field.annotation) == (step,)
                for field in one.model_fields.values()
            )
        )
        inner = tuple(dict.fromkeys(each for field in fields for each in _models(field.annotation)))
        found = inner if fields else of_kind
    return found


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _lines(raw: bytes) -> dict[Place, int]:
    """Return where everything begins; tomllib, which decides what a file says, does not tell."""
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    found: dict[Place, int] = {}
    root = Parser(Language(tree_sitter_toml.language())).parse(raw).root_node
    _Walk(found).document(root)
    return found


class _Walk:
    """Goes over a syntax tree of TOML and notes the first line of each place."""

    def __init__(self, found: dict[Place, int]) -> None:
        self._found = found
        self._counts: dict[Place, int] = {}

    def document(self, root: Any) -> None:  # noqa: ANN401 - a node of the syntax tree
        """Note everything in a file."""
        for node in root.named_children:
            match node.type:
                case "pair":
                    self._pair(node, ())
                case "table":
                    place = self._resolved(_keys(node.named_children[0]))
                    self._table(node, place)
                case "table_array_element":
                    array = self._resolved(_keys(node.named_children[0]))
                    self._note(array, node)
                    number = self._counts[array] = self._counts.get(array, -1) + 1
                    self._table(node, (*array, number))
                case _:
                    pass

    def _table(self, node: Any, place: Place) -> None:  # noqa: ANN401 - a node of the syntax tree
        self._note(place, node)
        for child in node.named_children[1:]:
            if child.type == "pair":
                self._pair(child, place)

    def _pair(self, node: Any, base: Place) -> None:  # noqa: ANN401 - a node of the syntax tree
        key, value = (child for child in node.named_children if child.type != "comment")
        place = (*base, *_keys(key))
        self._note(place, node)
        self._value(value, place)

    def _value(self, node: Any, place: Place) -> None:  # noqa: ANN401 - a node of the syntax tree
        if node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self._pair(child, place)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for number, child in enumerate(items):
                self._note((*place, number), child)
                self._value(child, (*place, number))

    def _resolved(self, keys: tuple[str, ...]) -> Place:
        """Return the place of a header: within an array of tables it means the last one so far."""
        place: Place = ()
        for key in keys[:-1]:
            place = (*place, key)
            if place in self._counts:
                place = (*place, self._counts[place])
        return (*place, keys[-1])

    def _note(self, place: Place, node: Any) -> None:  # noqa: ANN401 - a node of the syntax tree
        line = node.start_point[0] + 1
        for length in range(1, len(place) + 1):
            self._found.setdefault(place[:length], line)


def _keys(node: Any) -> tuple[str, ...]:  # noqa: ANN401 - a node of the syntax tree
    if node.type == "dotted_key":
        return tuple(key for child in node.named_children for key in _keys(child))
    written: str = node.text.decode()
    if node.type == "bare_key":
        return (written,)
    return cast("tuple[str]", tuple(tomllib.loads(f"{written} = 0")))
