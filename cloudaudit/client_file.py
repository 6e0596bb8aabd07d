"""The table ``[client]`` of a client's ``cloudaudit.toml``, and the logo that it names."""

import base64
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cloudaudit.client import Authorisation, Client
from cloudaudit.errors import UsageError
from cloudaudit.pictures import JPEG, LONGEST_SIDE, PNG, is_whole
from cloudaudit.text import Text
from cloudaudit.toml_file import read, validated

FILE_NAME = "cloudaudit.toml"
LOGO_LIMIT = 100 * 1024
"""Bytes; the picture stands in every result of the client."""

_KINDS = ((PNG, "image/png"), (JPEG, "image/jpeg"))
_WHAT = Text(en="client's file", ja="顧客の設定ファイル")
_HOW = Text(en="the folder given with --client", ja="--client の指定")
Line = Annotated[str, Field(min_length=1, max_length=400)]


class AuthorisationSection(BaseModel):
    """``[client.authorisation]``."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    by: Line
    scope: Annotated[str, Field(max_length=400)] = ""
    since: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None
    document: Annotated[str, Field(max_length=400)] = ""

    @model_validator(mode="after")
    def _in_order(self) -> "AuthorisationSection":
        if self.since and self.until and self.until < self.since:
            raise PydanticCustomError("period", "until is earlier than from")
        return self


class ClientSection(BaseModel):
    """``[client]``; ``logo`` is a PNG or JPEG file beside the file that names it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Line
    contact: Annotated[str, Field(max_length=400)] = ""
    logo: str | None = None
    authorisation: AuthorisationSection | None = None


class _File(BaseModel):
    """The client of a file; its other tables are not looked at."""

    client: ClientSection


def load_client(folder: Path) -> Client:
    """Read the client of a folder.

    Raises:
        UsageError: there is none, or what stands there has faults; all faults are told at once.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        raise UsageError(
            Text(
                en=f"{folder} is no client's folder (there is no {FILE_NAME} in it); make one with "
                "`cloudaudit client new`, or check --client.",
                ja=f"{folder} は顧客フォルダーではありません({FILE_NAME} がありません)。"
                "cloudaudit client new で作成するか、--client の指定を確認してください。",
            )
        )
    document = read(path, _WHAT, _HOW)
    if "client" not in document.data:
        raise UsageError(
            Text(
                en=f"{path} has no table [client] with name; add it, or make the folder with `cloudaudit client new`.",
                ja=f"{path} に [client](name)がありません。追記するか、cloudaudit client new で作成してください。",
            )
        )
    return client_of(validated(document, _File, _WHAT).client, folder)


def client_of(section: ClientSection, folder: Path) -> Client:
    """Return the client that a table describes, with the picture that it names.

    Raises:
        UsageError: the picture cannot be used.
    """
    return Client(
        name=section.name,
        contact=section.contact,
        logo=read_logo(folder / section.logo) if section.logo else "",
        authorisation=_authorisation(section.authorisation) if section.authorisation else None,
    )


def _authorisation(given: AuthorisationSection) -> Authorisation:
    return Authorisation(
        by=given.by,
        scope=given.scope,
        since=given.since.isoformat() if given.since else "",
        until=given.until.isoformat() if given.until else "",
        document=given.document,
    )


def read_logo(path: Path) -> str:
    """Return a picture as a ``data:`` address.

    A drawing (SVG) can carry scripts and fetch things, so that only PNG and JPEG are taken.

    Raises:
        UsageError: it cannot be read, is broken, of another kind or too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LOGO_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            Text(
                en=f"The logo {path} cannot be read ({error.strerror}); check client.logo.",
                ja=f"ロゴ {path} を読み込めません({error.strerror})。client.logo の指定を確認してください。",
            )
        ) from error
    kind = next((kind for start, kind in _KINDS if content.startswith(start)), None)
    if kind is None or len(content) > LOGO_LIMIT or not is_whole(content):
        limit = LOGO_LIMIT // 1024
        raise UsageError(
            Text(
                en=f"The logo {path} is no PNG or JPEG of at most {limit} KiB and {LONGEST_SIDE} pixels a side; convert it.",
                ja=f"ロゴ {path} は {limit} KiB 以内・一辺 {LONGEST_SIDE} ピクセル以内の正しい PNG または JPEG ではありません。"
                "変換してください。",
            )
        )
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
