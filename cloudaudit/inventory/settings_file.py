"""The file that sets up the engines: TOML with the table ``[objects.engine]``."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cloudaudit.errors import UsageError
from cloudaudit.inventory.settings import EngineSettings
from cloudaudit.policy import fault_ja
from cloudaudit.text import Text


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
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _File.model_validate(data).objects.engine
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The settings {path} cannot be read ({error.strerror}); check --objects-settings.",
                ja=f"設定ファイル {path} を読み込めません({error.strerror})。--objects-settings の指定を確認してください。",
            )
        ) from error
    except ValidationError as error:
        faults = [(".".join(map(str, fault["loc"])), fault) for fault in error.errors()]
        raise UsageError(
            Text(
                en=f"The settings {path} have faults: "
                + "; ".join(f"{place}: {fault['msg']}" for place, fault in faults)
                + ".",
                ja=f"設定ファイル {path} に誤りがあります: "
                + "".join(f"{place}: {fault_ja(fault)}。" for place, fault in faults),
            )
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Text(
                en=f"The settings {path} are not valid TOML ({error}); mend that place and run again.",
                ja=f"設定ファイル {path} は正しい TOML ではありません({error})。該当箇所を修正してください。",
            )
        ) from error
