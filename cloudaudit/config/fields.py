"""What is said of a setting beside its type: its words, an example, and the option that it stands for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NamedTuple, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo

from cloudaudit.text import Text

SCANS = ("scan aws", "scan gcs", "scan m365")
JUDGING = (*SCANS, "judge")
WRITING = (*JUDGING, "report")


@dataclass(frozen=True)
class Setting:
    """One setting, for ``init``, the schema and the docs.

    Attributes:
        en: what it says, in English; ``ja`` in Japanese.
        example: what ``cloudaudit init`` shows, a value that the file may have.
        option: the parameter of the command line for which it is the default; empty for none.
        commands: the commands that have it.
    """

    en: str
    ja: str
    example: object
    option: str = ""
    commands: tuple[str, ...] = ()

    @property
    def words(self) -> Text:
        """The words in both languages."""
        return Text(en=self.en, ja=self.ja)


class Section(BaseModel):
    """The base of every section: an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(NamedTuple):
    """A setting of a section and its value; None where the file says nothing."""

    name: str
    setting: Setting
    value: object


def settings(section: Section) -> Iterator[Found]:
    """Yield the settings of a section that have words; sections within it have their own."""
    for name, info in type(section).model_fields.items():
        said = setting_of(type(section), name)
        if said is not None:
            yield Found(info.alias or name, said, getattr(section, name))


def setting_of(model: type[BaseModel], name: str) -> Setting | None:
    """Return what is said of a field; None for one that is a section."""
    return next((one for one in model.model_fields[name].metadata if isinstance(one, Setting)), None)


def from_here(path: Path, info: ValidationInfo) -> Path:
    """Return a path as counted from the folder of the file that names it."""
    context = cast("Mapping[str, object]", info.context or {})
    folder = context.get("folder")
    return folder / path.expanduser() if isinstance(folder, Path) else path


FilePath = Annotated[Path, AfterValidator(from_here)]
"""A path; a relative one is counted from the folder of the file that names it."""


@dataclass(frozen=True)
class Place:
    """Where a section stands in the file, with its words."""

    name: str
    model: type[Section]
    words: Text
    many: bool = field(default=False)
