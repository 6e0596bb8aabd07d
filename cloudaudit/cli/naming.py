"""Names that a user typed: known ones, or faults with a suggestion, told all at once."""

from collections.abc import Iterable
from difflib import get_close_matches

from cloudaudit.errors import UsageError
from cloudaudit.text import Text


def unknown(given: Iterable[str], known: Iterable[str], what: Text, where: Text) -> list[Text]:
    """Return a sentence for each name that is not known, with the nearest that is.

    Args:
        given: what the user typed.
        known: every name there is.
        what: what the names are of, e.g. "check".
        where: a sentence that says where the names are listed.
    """
    names = sorted(known)
    return [_fault(name, names, what, where) for name in given if name not in names]


def _fault(name: str, names: list[str], what: Text, where: Text) -> Text:
    near = get_close_matches(name, names, n=1)
    hint_en = f"did you mean {near[0]}? " if near else ""
    hint_ja = f"{near[0]} ではありませんか。" if near else ""
    return Text(
        en=f"There is no {what.en} {name}; {hint_en}{where.en}",
        ja=f"{what.ja} {name} はありません。{hint_ja}{where.ja}",
    )


def refuse(faults: Iterable[Text]) -> None:
    """Tell all faults in one message.

    Raises:
        UsageError: there is one.
    """
    told = list(dict.fromkeys(faults))
    if told:
        raise UsageError(
            Text(en=" ".join(fault.en for fault in told), ja="".join(fault.ja for fault in told))
        )
