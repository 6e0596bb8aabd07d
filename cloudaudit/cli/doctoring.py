"""The work of ``cloudaudit doctor``; apart from it so that ``--help`` need not import the engine."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import click

from cloudaudit import discovery
from cloudaudit.cli.choosing import cut
from cloudaudit.cli.naming import refuse
from cloudaudit.cli.progress import Silent
from cloudaudit.cli.streams import printing
from cloudaudit.errors import Exit, UsageError
from cloudaudit.explain import CAUSES
from cloudaudit.facts import Cause
from cloudaudit.providers import Session
from cloudaudit.providers.trials import CanBeTried, Result, Tried, lost_checks, read_costs
from cloudaudit.reporting import detail_in
from cloudaudit.text import Language, Text
from cloudaudit.visible import visible

_WITH_OBJECTS = frozenset({"aws", "gcs"})
"""Providers whose objects are looked at only where the user asks for it."""

_GRANTABLE = frozenset({Cause.DENIED, Cause.FOREIGN_ACCOUNT})


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was found out.

    Attributes:
        lost: the checks that each blind operation costs, by its label and permission.
        policy: what to grant, ready to be added; empty where no permission would help.
    """

    provider: str
    account: str
    identity: str
    tried: tuple[Tried, ...]
    lost: dict[tuple[str, str], tuple[str, ...]]
    policy: str

    def of(self, result: Result) -> tuple[Tried, ...]:
        """Return the operations of which that came."""
        return tuple(each for each in self.tried if each.result is result)


def examine(
    provider_name: str,
    connect: Callable[[], Session],
    faults: Iterable[Text],
    form: str,
    language: Language,
) -> int:
    """Try everything that a scan of a provider reads, print what came of it; return the exit code.

    Raises:
        CredentialsError: there are no credentials, or the provider refuses them.
        UsageError: an option is wrong, or the provider cannot be tried.
    """
    refuse(faults)
    session = connect()
    if not isinstance(session, CanBeTried):
        raise UsageError(
            Text(
                en=f"The provider {provider_name} cannot be tried; run a scan instead.",
                ja=f"プロバイダー {provider_name} は doctor に対応していません。スキャンを実行してください。",
            )
        )
    tried = session.try_out(discovery.provider(provider_name).kinds, Silent())
    costs = read_costs(provider_name)
    blind = [each for each in tried if each.result is Result.BLIND]
    found = Examination(
        provider=provider_name,
        account=session.account,
        identity=session.identity,
        tried=tried,
        lost={(each.operation, each.permission): lost_checks(costs, each) for each in blind},
        policy=_policy(provider_name, blind, language),
    )
    with printing():
        if form == "json":
            click.echo(_as_json(found, language))
        else:
            for line in _lines(found, language):
                click.echo(line)
    return Exit.INCOMPLETE if blind else Exit.CLEAN


def _policy(provider: str, blind: Sequence[Tried], language: Language) -> str:
    """Return the part of the role that is missing."""
    missing = frozenset(
        name for each in blind if each.cause in _GRANTABLE for name in each.permission.split(", ") if name
    )
    if not missing:
        return ""
    if provider == "aws":
        from cloudaudit.providers.aws import operations as of_aws
        from cloudaudit.providers.aws.permissions import render as for_aws

        return for_aws(cut(of_aws.OPERATIONS, missing), "json")
    if provider == "gcs":
        from cloudaudit.providers.gcs import operations as of_google
        from cloudaudit.providers.gcs.permissions import render as for_google

        return for_google(cut(of_google.OPERATIONS, missing), "yaml", "organization")
    if provider == "m365":
        from cloudaudit.providers.m365 import operations as of_graph
        from cloudaudit.providers.m365.clouds import CLOUDS
        from cloudaudit.providers.m365.permissions import render as for_graph

        return for_graph(
            cut(of_graph.OPERATIONS, missing),
            "text",
            CLOUDS["global"],
            tenant="{tenant}",
            client_id="{client-id}",
            sharing_changes=of_graph.LIST_SHARING_CHANGES.permission in missing,
            language=language,
        )
    return "\n".join(sorted(missing)) + "\n"


def _lines(found: Examination, language: Language) -> Iterator[str]:
    blind, untried = found.of(Result.BLIND), found.of(Result.NOT_TRIED)
    readable = len(found.of(Result.READABLE))
    yield visible(f"{found.provider.upper()} {found.account}")
    yield visible(found.identity)
    counts = Text(
        en=f"readable: {readable}, blind: {len(blind)}, not tried: {len(untried)}",
        ja=f"読み取り可 {readable} 件、読み取り不可 {len(blind)} 件、未確認 {len(untried)} 件",
    )
    yield counts.in_(language)
    if blind:
        yield ""
        yield Text(en="A scan would be blind for:", ja="スキャン時に読み取れない項目:").in_(language)
        for each in blind:
            yield from _blind(each, found.lost[each.operation, each.permission], language)
    if untried:
        yield ""
        head = Text(
            en="Not tried, for there was nothing to try it on, or nobody could say what there is; that does not say that it "
            "works:",
            ja="対象がない、または対象を特定できないため確認できなかった項目(読み取れることを示すものではありません):",
        )
        yield head.in_(language)
        yield from (f"  ? {visible(each.operation)}  {visible(each.permission)}" for each in untried)
    if found.provider in _WITH_OBJECTS:
        yield ""
        objects = Text(
            en="What a scan with --objects needs besides was not tried; see: "
            f"cloudaudit permissions {found.provider} --objects auto",
            ja="オブジェクトの確認(--objects)に必要な権限は確認していません。"
            f"cloudaudit permissions {found.provider} --objects auto を参照してください。",
        )
        yield objects.in_(language)
    if found.policy:
        yield ""
        yield Text(en="To be granted in addition:", ja="追加で付与する権限:").in_(language)
        yield found.policy.rstrip()
    if not blind:
        yield ""
        fine = (
            Text(
                en="Everything that could be tried is readable.",
                ja="確認できた項目は、すべて読み取れます。",
            )
            if untried
            else Text(en="Everything else is readable.", ja="上記以外のすべての項目を読み取れます。")
            if found.provider in _WITH_OBJECTS
            else Text(en="Everything is readable.", ja="すべての項目を読み取れます。")
        )
        yield fine.in_(language)


def _blind(each: Tried, lost: Sequence[str], language: Language) -> Iterator[str]:
    cause = CAUSES[each.cause].in_(language) if each.cause else ""
    detail = visible(detail_in(each.detail, language))
    why = ": ".join(filter(None, (cause, detail)))
    yield f"  x {visible(each.operation)}  {visible(each.permission)}"
    yield f"      {why}"
    names = ", ".join(lost)
    told = (
        Text(
            en=f"not assessed then ({len(lost)}): {names}",
            ja=f"判定不能になるチェック({len(lost)}): {names}",
        )
        if lost
        else Text(en="costs no check of its own", ja="これのみで判定不能になるチェックはありません")
    )
    yield f"      {told.in_(language)}"


def _as_json(found: Examination, language: Language) -> str:
    document = {
        "schema": 1,
        "provider": found.provider,
        "account": found.account,
        "identity": found.identity,
        "operations": [
            {
                "operation": each.operation,
                "permission": each.permission,
                "result": each.result.value,
                "cause": each.cause.value if each.cause else None,
                "detail": detail_in(each.detail, language),
                "checks": list(found.lost.get((each.operation, each.permission), ())),
            }
            for each in found.tried
        ],
        "grant": found.policy,
    }
    return json.dumps(document, indent=2, ensure_ascii=True)
