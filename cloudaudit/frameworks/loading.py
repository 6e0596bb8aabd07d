"""Reads the frameworks that come with the package. Nothing is read before somebody asks."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec

from cloudaudit.errors import UsageError
from cloudaudit.frameworks.model import Framework
from cloudaudit.text import Language, Text

NAMES: tuple[str, ...] = (
    "pmark",
    "jis-q-15001",
    "ppc",
    "appi",
    "cis-aws",
    "cis-gcp",
    "cis-m365",
    "iso27001",
    "iso27017",
    "nist-csf",
)
"""In the order of lists."""

FRAMEWORK = Text(en="framework", ja="フレームワーク")
WHERE_FRAMEWORKS = Text(
    en="`cloudaudit frameworks` lists them all.", ja="一覧は cloudaudit frameworks で確認できます。"
)


@cache
def framework(name: str) -> Framework:
    """Return one framework.

    Raises:
        UsageError: no framework of this name comes with cloudaudit.
    """
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise UsageError(
            Text(
                en=f"There is no framework {name!r}; choose from {known}.",
                ja=f"フレームワーク「{name}」はありません。次の中から指定してください: {known}",
            )
        )
    text = resources.files("cloudaudit.frameworks").joinpath("data", f"{name}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Framework)


def usual(languages: Sequence[Language]) -> tuple[str, ...]:
    """Return the frameworks that a report of these languages shows when nobody chose any."""
    return ("pmark", "ppc") if "ja" in languages else ("iso27001", "nist-csf")


def chosen(names: Sequence[str], languages: Sequence[Language]) -> tuple[Framework, ...]:
    """Return the frameworks that were asked for, each once, or else the usual ones.

    Raises:
        UsageError: one of the names is unknown.
    """
    return tuple(framework(name) for name in dict.fromkeys(names or usual(languages)))
