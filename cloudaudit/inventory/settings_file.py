"""The file that sets up the engines: TOML with the table ``[objects.engine]``."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cloudaudit.inventory.settings import EngineSettings
from cloudaudit.text import Text
from cloudaudit.toml_file import read, validated

_WHAT = Text(en="settings file", ja="設定ファイル")
_HOW = Text(en="the path given with --objects-settings", ja="--objects-settings の指定")


class _Objects(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    engine: EngineSettings = EngineSettings()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    objects: _Objects = _Objects()


def load_settings(path: Path) -> EngineSettings:
    """Read the settings of the engines.

    Raises:
        UsageError: the file cannot be read, is not TOML, or has faults; all faults are named at once.
    """
    return validated(read(path, _WHAT, _HOW), _File, _WHAT).objects.engine
