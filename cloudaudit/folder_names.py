"""Names that people choose and that become folders: safe on every system, Windows with its Japanese code page too. Pure."""

import re
import unicodedata

from cloudaudit.text import Text

LONGEST = 64
"""Characters; Windows counts a whole path, and the files of a run lie several folders deeper."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""


def folder_name_fault(name: str) -> Text | None:
    """Return why a name cannot be a folder's, or None for one that can."""
    if not name.strip() or len(name) > LONGEST:
        return Text(
            en=f"a name has 1 to {LONGEST} characters",
            ja=f"名称は 1〜{LONGEST} 文字で指定してください",
        )
    if not name.isprintable() or _FORBIDDEN.search(name):
        return Text(
            en='control characters and < > : " / \\ | ? * cannot stand in it',
            ja='制御文字および < > : " / \\ | ? * は使用できません',
        )
    if name[0] in ".- " or name[-1] in ". ":
        return Text(
            en="it cannot begin with a dot, a hyphen or a blank, nor end with a dot or a blank",
            ja="先頭にピリオド・ハイフン・空白、末尾にピリオド・空白は使用できません",
        )
    if _DEVICES.fullmatch(name):
        return Text(en="Windows keeps this name for a device", ja="Windows の予約名のため使用できません")
    return _encoding_fault(name)


def _encoding_fault(name: str) -> Text | None:
    if unicodedata.normalize("NFC", name) != name:
        return Text(
            en="its characters are decomposed; type it anew",
            ja="濁点などが分解された文字を含んでいます。入力し直してください",
        )
    try:
        name.encode("cp932")
    except UnicodeEncodeError as error:
        odd = name[error.start]
        return Text(
            en=f"{odd} (U+{ord(odd):04X}) is not in the code page of Japanese Windows (cp932)",
            ja=f"「{odd}」(U+{ord(odd):04X})は日本語版 Windows の文字コード(cp932)にない文字です",
        )
    return None
