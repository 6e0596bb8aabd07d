"""``[notify]``: who is told of a change. The address itself is a secret and never stands in the file."""

from typing import Annotated, Literal

from pydantic import Field

from cloudaudit.config.fields import JUDGING, Section, Setting


class Notify(Section):
    """``[notify]``."""

    variable: Annotated[
        str | None,
        Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"),
        Setting(
            "environment variable that holds the address of the webhook",
            "Webhook の URL を設定した環境変数の名前",
            "CLOUDAUDIT_WEBHOOK",
            "notify",
            JUDGING,
        ),
    ] = None
    kind: Annotated[
        Literal["slack", "teams"] | None,
        Setting("whose webhook it is", "Webhook の種類", "slack", "notify_as", JUDGING),
    ] = None
