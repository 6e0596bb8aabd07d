"""What ``--config`` does: the file becomes the defaults of a command's options."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import click

from cloudaudit.cli.client_folder import HISTORY, SIGNING_KEY, client_folder
from cloudaudit.cli.options import CONFIGURED, POLICY
from cloudaudit.client_file import FILE_NAME
from cloudaudit.config.describing import toml
from cloudaudit.config.loading import defaults, load
from cloudaudit.policy import AuditPolicy


def apply(ctx: click.Context, path: Path) -> None:
    """Load a configuration and take it for the defaults of a command.

    Raises:
        UsageError: the file cannot be used.
    """
    loaded = load(path)
    ctx.meta[CONFIGURED] = loaded
    if loaded.value.policy is not None:
        ctx.meta[POLICY] = loaded.value.policy
    found = defaults(loaded.value, command_of(ctx))
    ctx.default_map = {name: default.value for name, default in found.items()}
    languages = ctx.default_map.get("lang")
    if languages:
        one = any(isinstance(each.type, click.Choice) for each in ctx.command.params if each.name == "lang")
        named = list(cast("Iterable[str]", languages))
        ctx.default_map["lang"] = named[0] if one else ",".join(named)


def apply_client(ctx: click.Context, client: Path, config: Path | None) -> None:
    """Take a client's folder for the defaults of a command: its configuration, its history, its signing key.

    Args:
        ctx: of the command.
        client: name or folder of the client.
        config: the configuration that was named in place of the client's; None for none.

    Raises:
        UsageError: there is no such client, or the configuration cannot be used.
    """
    folder = client_folder(client)
    apply(ctx, config or folder / FILE_NAME)
    key = folder / SIGNING_KEY
    own = {"history": folder / HISTORY} | ({"key": key} if key.is_file() else {})
    taken = {one.name for one in ctx.command.params}
    given = {name: str(path) for name, path in own.items() if name in taken}
    ctx.default_map = given | dict(ctx.default_map or {})


def configured_policy(ctx: click.Context) -> str:
    """Return the audit policy of the configuration as the text of a policy file; empty where it has none."""
    policy: AuditPolicy | None = ctx.meta.get(POLICY)
    said = policy.model_dump(mode="json", exclude_unset=True) if policy else {}
    return "".join(f"{name} = {toml(value)}\n" for name, value in said.items() if value is not None)


def command_of(ctx: click.Context) -> str:
    """Return the command without the name of the program: ``scan aws``."""
    return " ".join(ctx.command_path.split()[1:])
