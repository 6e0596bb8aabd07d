"""Names that a user typed: known ones, or an error with a suggestion."""

from collections.abc import Iterable
from difflib import get_close_matches

from cloudaudit.errors import UsageError
from cloudaudit.text import Text


def require_known(given: Iterable[str], known: Iterable[str], what: Text, where: Text) -> None:
    """Accept names that are known.

    Args:
        given: what the user typed.
        known: every name there is.
        what: what the names are of, e.g. "check".
        where: a sentence that says where the names are listed.

    Raises:
        UsageError: for the first that is not known, with the nearest that is.
    """
    names = sorted(known)
    for name in given:
        if name in names:
            continue
        near = get_close_matches(name, names, n=1)
        hint_en = f"did you mean {near[0]}? " if near else ""
        hint_ja = f"{near[0]} ではありませんか。" if near else ""
        raise UsageError(
            Text(
                en=f"There is no {what.en} {name}; {hint_en}{where.en}",
                ja=f"{what.ja} {name} はありません。{hint_ja}{where.ja}",
            )
        )
