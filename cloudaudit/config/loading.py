"""From the file to a configuration, and from that to the defaults of options."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from cloudaudit.config.fields import Section, Setting, settings
from cloudaudit.config.gates_section import GatesSection
from cloudaudit.config.sections import PLACES, Config
from cloudaudit.text import Text
from cloudaudit.toml_file import Document, Loaded, Place, models_at, read, validated

FILE_NAME = "cloudaudit.toml"
ANY = "*"
"""The command of a setting that every command has."""

_SAME = {f"doctor {provider}": f"scan {provider}" for provider in ("aws", "gcs", "m365")}
"""Commands that prepare another, and take what the file says of that one."""

_WHAT = Text(en="configuration file", ja="設定ファイル")
_HOW = Text(en="the path given with --config", ja="--config の指定")
_SECRET_NAME = re.compile(
    r"secret|passw|passphrase|token|private_?key|access_?key|api_?key|webhook|sas_|connection_?string",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN |\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}"
    r"|\bAIza[\w-]{35}|\bya29\.|\beyJ[\w-]{10,}\.[\w-]{10,}\.|hooks\.slack\.com/services/"
    r"|^pkcs11:.*\bpin-value="
)
_FREE = frozenset({("policy", "rules")})
"""Tables whose keys are not their own."""

_INSTEAD: Mapping[str, tuple[tuple[str, str], ...]] = {
    "aws": (
        ("session_token", "AWS_SESSION_TOKEN"),
        ("token", "AWS_SESSION_TOKEN"),
        ("access_key_id", "AWS_ACCESS_KEY_ID"),
        ("", "AWS_SECRET_ACCESS_KEY"),
    ),
    "gcs": (("", "GOOGLE_APPLICATION_CREDENTIALS"),),
    "m365": (("passw", "AZURE_CLIENT_CERTIFICATE_PASSWORD"), ("", "AZURE_CLIENT_SECRET")),
    "seal": (("", "CLOUDAUDIT_KEY_PASSPHRASE"),),
}
"""The environment variable to use instead, by section and by what is in the key; the first that fits."""


class Default(NamedTuple):
    """What a file says of an option, and where."""

    value: object
    place: Place


def load(path: Path) -> Loaded[Config]:
    """Read the configuration.

    Raises:
        UsageError: the file cannot be read, is not TOML, or has faults; all faults are named at once.
    """
    document = read(path, _WHAT, _HOW)
    context = {"folder": path.parent}
    secrets = tuple(_secrets(document.data, ()))
    return Loaded(validated(document, Config, _WHAT, context=context, also=secrets), document)


def _secrets(value: object, place: Place) -> Iterator[tuple[Place, Text]]:
    """Yield what looks like a secret: by its name where there is no such setting, by its value anywhere."""
    if isinstance(value, dict):
        models = models_at(Config, place)
        for key, inner in cast("Mapping[str, object]", value).items():
            if models:
                fields = (field for model in models for field in model.model_fields.items())
                known = any(key in {name, info.alias} for name, info in fields)
            else:
                known = place in _FREE
            if not known and _SECRET_NAME.search(key):
                yield (*place, key), _refusal((*place, key))
            else:
                yield from _secrets(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(cast("Iterable[object]", value)):
            yield from _secrets(inner, (*place, number))
    elif isinstance(value, str) and _SECRET_VALUE.search(value):
        yield place, _refusal(place)


def _refusal(place: Place) -> Text:
    section = next((_INSTEAD[step] for step in place if isinstance(step, str) and step in _INSTEAD), ())
    variable = next((name for part, name in section if part in str(place[-1]).lower()), None)
    if variable is None:
        return Text(
            en="a secret never stands in this file; remove it and give it by an environment variable of your CI",
            ja="秘密情報は設定ファイルに記載できません。削除し、CI などの環境変数で渡してください",
        )
    return Text(
        en=f"a secret never stands in this file; remove it and set the environment variable {variable}",
        ja=f"秘密情報は設定ファイルに記載できません。削除し、環境変数 {variable} を設定してください",
    )


def defaults(config: Config, command: str) -> dict[str, Default]:
    """Return what the file says of a command's options, by the name of the parameter.

    Args:
        config: the configuration.
        command: as ``scan aws``.
    """
    command = _SAME.get(command, command)
    found: dict[str, Default] = {}
    for place, section in sections(config):
        for name, setting, value in settings(section):
            if not setting.option or not {command, ANY} & set(commands_of(place, setting)):
                continue
            said = (
                section.given(name) if isinstance(section, GatesSection) and name != "fail_on_new" else value
            )
            if said is not None and said != []:
                found[setting.option] = Default(plain(said), (*place, name))
    return found


def commands_of(place: Place, setting: Setting) -> tuple[str, ...]:
    """Return the commands whose option a setting stands for; that of a scan concerns its own provider alone."""
    return (" ".join(map(str, place)),) if place[:1] == ("scan",) else setting.commands


def sections(config: Config) -> Iterator[tuple[Place, Section]]:
    """Yield every section with settings, the file's own first."""
    yield (), config
    for place in PLACES:
        steps = tuple(place.name.split("."))
        section: Any = config
        for step in steps:
            section = getattr(section, step)
        yield steps, section


def plain(value: object) -> object:
    """Return a value as an option takes it."""
    if isinstance(value, tuple | list):
        return [plain(item) for item in cast("Iterable[object]", value)]
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        return ",".join(f"{name}={inner}" for name, inner in members.items())
    return str(value) if isinstance(value, str) else value


def line_of(document: Document, place: Place) -> int | None:
    """Return the line on which a setting stands; of a gate for single themes, that of the first theme."""
    if place in document.lines:
        return document.lines[place]
    return document.line((place[0], "themes")) if place[:1] == ("gates",) else document.line(place)
