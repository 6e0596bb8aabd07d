"""``--notify``: one message to a chat when something changed. The address is a secret and comes from the environment alone."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Literal
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from cloudaudit.assessment import Assessment
from cloudaudit.cli.telling import tell
from cloudaudit.errors import UsageError
from cloudaudit.notices import slack, teams
from cloudaudit.notices.change import Notice, changed, notice_of
from cloudaudit.text import Language, Text

DEFAULT_VARIABLE = "CLOUDAUDIT_WEBHOOK"
PATIENCE = 15.0
"""Seconds in which the chat must answer each step."""

Kind = Literal["slack", "teams"]
_KINDS: Mapping[Kind, Callable[[Notice], dict[str, Any]]] = {"slack": slack.payload, "teams": teams.payload}
_HOSTS: Mapping[str, Kind] = {
    "hooks.slack.com": "slack",
    "hooks.slack-gov.com": "slack",
    ".logic.azure.com": "teams",
    ".api.powerplatform.com": "teams",
    ".webhook.office.com": "teams",
}
"""Whose webhooks they are; one that begins with a point stands for every host below it."""

_MADE_BY_US = (HTTPError, HTTPException, OSError, ValueError)


@dataclass(frozen=True)
class Door:
    """Where a message goes. The address is in no representation of it."""

    url: SplitResult
    kind: Kind

    def __repr__(self) -> str:
        return f"Door({self.url.hostname}, {self.kind})"


class _NoRedirects(HTTPRedirectHandler):
    """A webhook answers itself; an answer that leads elsewhere would carry the message to somebody else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing; urllib then tells the answer as an error."""
        del req, fp, code, msg, headers, newurl


def door(variable: str | None, kind: Kind | None) -> Door | None:
    """Return where to tell of a change; None where nobody asked for it.

    Args:
        variable: the environment variable that holds the address; None for the usual one, which need not be set.
        kind: whose webhook it is; None to go by the host.

    Raises:
        UsageError: a variable was named and is not set, or what it holds is not the address of a webhook.
    """
    name = variable or DEFAULT_VARIABLE
    said = os.environ.get(name, "").strip()
    if not said:
        if variable is None:
            return None
        raise _refused(
            Text(
                en=f"The environment variable {name} is not set; it should hold",
                ja=f"環境変数 {name} が設定されていません。",
            )
        )
    try:
        url = urlsplit(said)
        host = url.hostname or ""
        _ = url.port
    except ValueError:
        url, host = SplitResult("", "", "", "", ""), ""
    if url.scheme != "https" or not host or url.username is not None:
        raise _refused(
            Text(
                en=f"What the environment variable {name} holds is no https address; it should be",
                ja=f"環境変数 {name} の値は https の URL ではありません。",
            )
        )
    known: Kind | None = kind or next(
        (of for end, of in _HOSTS.items() if host == end or (end[0] == "." and host.endswith(end))), None
    )
    if known is None:
        raise UsageError(
            Text(
                en=f"Whose webhook the address in {name} is does not show in its host ({host}); add --notify-as slack or "
                "--notify-as teams.",
                ja=f"{name} のホスト({host})からは通知先の種類を判別できません。"
                "--notify-as slack または --notify-as teams を指定してください。",
            )
        )
    return Door(url, known)


def _refused(said: Text) -> UsageError:
    return UsageError(
        Text(
            en=f"{said.en} the address of a webhook of Slack or Teams.",
            ja=f"{said.ja}Slack または Teams の Webhook の URL を設定してください。",
        )
    )


def notify(assessment: Assessment, to: Door | None, language: Language) -> None:
    """Send one message where something changed since the baseline; a failure is told and changes nothing else."""
    if to is None or assessment.changes is None or not changed(assessment.changes):
        return
    notice = notice_of(assessment, assessment.changes, language, job_link(os.environ))
    failure = _post(to, _KINDS[to.kind](notice))
    host = to.url.hostname
    if failure:
        tell(
            Text(
                en=f"{host} was not told of the change ({failure}); the result is whole and the exit code is the same. "
                "Check the address in the environment variable, and the network.",
                ja=f"{host} へ変化を通知できませんでした({failure})。結果と終了コードに影響はありません。"
                "環境変数の URL とネットワークを確認してください。",
            ),
            level="warning",
        )
    else:
        tell(Text(en=f"{host} was told of the change.", ja=f"{host} へ変化を通知しました。"))


def _post(to: Door, payload: dict[str, Any]) -> str:
    """Send, and return what went wrong without any of the address; empty when it went well."""
    body = json.dumps(payload, ensure_ascii=True).encode("ascii")
    request = Request(  # noqa: S310 - https alone comes through the door
        to.url.geturl(),
        data=body,
        headers={"Content-Type": "application/json", "User-Agent": "cloudaudit"},
        method="POST",
    )
    # A list of its own: without files, FTP and http.
    opener = build_opener(ProxyHandler(), HTTPSHandler(), _NoRedirects())
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            answer.read(1_000)
    except HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except _MADE_BY_US as error:
        reason = getattr(error, "reason", None)
        inner: BaseException = reason if isinstance(reason, BaseException) else error
        return type(inner).__name__
    return ""


def job_link(environ: Mapping[str, str]) -> str:
    """Return the web address of the job in which this runs: GitHub's, GitLab's or Jenkins'; empty outside of one."""
    server, repository, run = (
        environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    github = f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""
    link = github or environ.get("CI_JOB_URL", "") or environ.get("BUILD_URL", "")
    return link if link.startswith(("https://", "http://")) else ""
