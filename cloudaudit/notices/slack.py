"""A notice as Slack's incoming webhooks take it. Pure.

Sources: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
https://docs.slack.dev/messaging/formatting-message-text (what must be escaped),
https://docs.slack.dev/reference/block-kit/blocks (lengths)
"""

import re
from typing import Any

from cloudaudit.notices.change import Notice
from cloudaudit.visible import shortened, visible

_NAME = 120
_HEADER = 150
_SECTION = 3_000
_CALL = re.compile(r"@(?=channel|here|everyone|group)", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def payload(notice: Notice) -> dict[str, Any]:
    """Return the body of the request, plain JSON data."""
    target = escaped(notice.target)
    blocks: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": shortened(notice.title, _HEADER), "emoji": False},
        },
        _section([f"*{target}*", *map(escaped, notice.lines)]),
        _section([f"{escaped(said)}: {count}" for said, count in notice.counts.items()]),
    ]
    if notice.examples:
        lines = [
            f"• {escaped(one.what)} ({escaped(one.severity)}): {code(one.check)} {code(one.name)}"
            for one in notice.examples
        ]
        blocks.append(_section([*lines, *([escaped(notice.more)] if notice.more else [])]))
    if notice.link:
        button = {"type": "plain_text", "text": notice.link_words, "emoji": False}
        blocks.append(
            {"type": "actions", "elements": [{"type": "button", "text": button, "url": notice.link}]}
        )
    return {"text": f"{escaped(notice.title)} · {target}", "blocks": blocks}


def escaped(text: str, limit: int = 400) -> str:
    """Return text that calls nobody and links nowhere."""
    shown = shortened(visible(text), limit)
    plain = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _CALL.sub(f"@{_WORD_JOINER}", plain)


def code(name: str) -> str:
    """Return a name in which no character is taken for a format."""
    return f"`{escaped(name, _NAME).replace('`', 'ˋ')}`"


def _section(lines: list[str]) -> dict[str, Any]:
    # Verbatim: nothing in the text is made a link or a call of its own accord.
    text = "\n".join(lines)[:_SECTION]
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
