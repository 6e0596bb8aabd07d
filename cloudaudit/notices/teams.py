"""A notice as an Adaptive Card for a webhook of Teams' Workflows. Pure.

Source: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
Text runs take no Markdown, so that names in them are shown as they are:
https://adaptivecards.io/explorer/TextRun.html
"""

from typing import Any

from cloudaudit.notices.change import Notice
from cloudaudit.visible import shortened, visible

_NAME = 120
_LINE = 400


def payload(notice: Notice) -> dict[str, Any]:
    """Return the body of the request, plain JSON data."""
    body: list[dict[str, Any]] = [
        _text((notice.title, {"weight": "Bolder", "size": "Large", "color": _color(notice)})),
        _text((shortened(visible(notice.target), _NAME), {"weight": "Bolder"})),
        *(_text((line, {})) for line in notice.lines),
        *(_text((f"{said}: {count}", {})) for said, count in notice.counts.items()),
        *(
            _text(
                (f"{one.what} ({one.severity}): ", {}),
                (f"{one.check} ", {"fontType": "Monospace"}),
                (shortened(visible(one.name), _NAME), {"weight": "Bolder"}),
            )
            for one in notice.examples
        ),
        *([_text((notice.more, {}))] if notice.more else []),
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if notice.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": notice.link_words, "url": notice.link}]
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _color(notice: Notice) -> str:
    return "Attention" if notice.worse else "Default"


def _text(*runs: tuple[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "type": "RichTextBlock",
        "inlines": [
            {"type": "TextRun", "text": shortened(visible(said), _LINE), **look} for said, look in runs
        ],
    }
