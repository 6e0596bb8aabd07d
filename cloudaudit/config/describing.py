"""The configuration described: a commented file to begin with, and the JSON Schema for editors."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from cloudaudit.config.fields import Section, setting_of
from cloudaudit.config.gates_section import ThemeGates
from cloudaudit.config.sections import PLACES, Config
from cloudaudit.policy import BASIS, OWN_DEFAULT, AuditPolicy
from cloudaudit.text import Language, Text

SCHEMA_NAME = "cloudaudit.schema.json"
_HEAD = Text(
    en="Configuration of cloudaudit. An option given on the command line comes before an environment variable "
    "(CLOUDAUDIT_...),\nthat before this file. No secret stands here. Paths are counted from the folder of this file. "
    "Look at the outcome with:\ncloudaudit config show\nFor editors: cloudaudit config schema > cloudaudit.schema.json",
    ja="cloudaudit の設定ファイル。コマンドラインの指定、環境変数(CLOUDAUDIT_...)、本ファイルの順に優先されます。\n"
    "秘密情報は記載できません。相対パスは本ファイルのあるフォルダーを起点とします。\n"
    "有効な値は cloudaudit config show で確認できます。\n"
    "エディター用スキーマ: cloudaudit config schema > cloudaudit.schema.json",
)
_POLICY = Text(
    en="The audit policy: thresholds with their basis. --policy FILE takes the place of this whole section",
    ja="監査ポリシー(判定基準と根拠)。--policy FILE を指定すると、このセクション全体に優先します",
)
_RULES = Text(
    en="For each setting, the clause of your own rules that asks for it",
    ja="設定ごとの、根拠となる自社規程の条項",
)
_THEME = Text(
    en="Gates for one theme, such as sharing, mfa, encryption",
    ja="テーマ別の基準(sharing、mfa、encryption など)",
)
_TARGET = Text(
    en="Several accounts for `cloudaudit fleet`: one table each",
    ja="複数の対象(cloudaudit fleet 用)。対象ごとに 1 つ記載します",
)
_LINE = 110
_RULE_EXAMPLE = {"access_key_max_age_days": "情報システム管理規程 第12条"}
_POLICY_EXAMPLES: Mapping[str, object] = {
    "password_max_age_days": 90,
    "allowed_countries": ["JP"],
    "trusted_accounts": ["111122223333"],
    "trusted_organizations": ["o-exampleorgid"],
    "trusted_networks": ["203.0.113.0/24"],
    "trusted_domains": ["example.co.jp"],
    "approved_shares": [
        {
            "resource": "exchange-*",
            "audience": "111122223333",
            "reason": "契約 2026-12",
            "until": "2027-03-31",
        }
    ],
    "sensitive_tags": ["classification=personal"],
    "sensitive_paths": ["*/personnel/*"],
    "required_coverage": 95.0,
}


def sample(language: Language) -> str:
    """Return a commented file in one language; every setting is in it, none is set but the profile."""
    lines = [
        f"#:schema ./{SCHEMA_NAME}",
        *(f"# {line}" for line in _HEAD.in_(language).splitlines()),
        "",
        *_settings(Config, language),
        "",
        *(f"# {line}" for line in _POLICY.in_(language).splitlines()),
        "[policy]",
        *_policy(language),
        "",
        f"# {_RULES.in_(language)}",
        "# [policy.rules]",
        *(f"# {name} = {toml(clause)}" for name, clause in _RULE_EXAMPLE.items()),
    ]
    for place in PLACES:
        lines += ["", f"# {place.words.in_(language)}", f"[{place.name}]", *_settings(place.model, language)]
        if place.name == "gates":
            lines += ["", f"# {_THEME.in_(language)}", "# [gates.themes.sharing]"]
            lines += _settings(ThemeGates, language)
    lines += ["", f"# {_TARGET.in_(language)}", "# [[target]]", '# name = "production"', '# provider = "aws"']
    return "\n".join(lines) + "\n"


def _settings(model: type[Section], language: Language) -> Iterator[str]:
    for name in model.model_fields:
        said = setting_of(model, name)
        if said is not None:
            yield f"# {name} = {toml(said.example)}  # {said.words.in_(language)}"


def _policy(language: Language) -> Iterator[str]:
    for name, field in AuditPolicy.model_fields.items():
        if name == "rules":
            continue
        basis = BASIS.get(name, OWN_DEFAULT).text.in_(language)
        value = _POLICY_EXAMPLES.get(name, field.default)
        written = f"{name} = {toml(value if value is not None else '')}"
        yield f"# {written}  # {basis}" if name != "profile" else f"{written}  # {basis}"


def toml(value: object) -> str:
    """Return a value as TOML writes it; a string is a JSON string, which TOML takes."""
    if isinstance(value, dict):
        members = cast("Mapping[str, object]", value)
        return (
            "{ " + ", ".join(f"{json.dumps(name)} = {toml(inner)}" for name, inner in members.items()) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, cast("list[object]", value))) + "]"
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


def schema() -> str:
    """Return the JSON Schema of the configuration."""
    made = Config.model_json_schema()
    _describe(made, Config)
    for model in {place.model for place in PLACES} | {ThemeGates}:
        _describe(made["$defs"][model.__name__], model)
    policy = made["$defs"][AuditPolicy.__name__]
    for name, inner in policy["properties"].items():
        basis = BASIS.get(name, OWN_DEFAULT).text
        inner["description"] = f"{basis.en} / {basis.ja}"
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "cloudaudit.toml"
    return json.dumps(_tidied(made), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _describe(made: dict[str, Any], model: type[Section]) -> None:
    for name, inner in made["properties"].items():
        said = setting_of(model, name)
        if said is not None:
            inner["description"] = f"{said.en} / {said.ja}"
            inner["examples"] = [said.example]


def _tidied(value: object) -> object:
    """Leave out what TOML has not (null) and what says nothing to a person (titles and docstrings of models)."""
    if isinstance(value, list):
        return [_tidied(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    members = cast("dict[str, object]", value)
    options = members.get("anyOf")
    if isinstance(options, list):
        given = [option for option in cast("list[object]", options) if option != {"type": "null"}]
        rest = {name: inner for name, inner in members.items() if name != "anyOf"}
        if len(given) == 1 and isinstance(given[0], dict):
            members = {**cast("dict[str, object]", given[0]), **rest}
        else:
            members = {**rest, "anyOf": given}
    return {
        name: _tidied(inner)
        for name, inner in members.items()
        if not (name == "default" and (inner is None or isinstance(inner, dict)))
        and not (name == "title" and isinstance(inner, str) and inner != "cloudaudit.toml")
        and not (name == "description" and isinstance(inner, str) and " / " not in inner)
    }
