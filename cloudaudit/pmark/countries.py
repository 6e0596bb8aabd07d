"""保存国一覧(外的環境の把握): in which countries the data lies; the country of the provider is for a person."""

from collections.abc import Iterator, Mapping
from typing import cast

from cloudaudit.assessment import Assessment
from cloudaudit.forms import Block, Column, Field, Fields, Form, Note, Table
from cloudaudit.frameworks.loading import framework
from cloudaudit.model import Evidence, Finding, Status, Theme
from cloudaudit.pmark.words import NOT_ASSESSED, clauses
from cloudaudit.providers.aws.regions import COUNTRIES as OF_AWS
from cloudaudit.providers.gcs.locations import COUNTRIES as OF_GOOGLE
from cloudaudit.reporting import STATUSES

PROVIDERS = {"aws": "Amazon Web Services", "gcs": "Google Cloud", "m365": "Microsoft 365"}
_EXAMPLES = 5
_MOST = 200


def countries(assessment: Assessment) -> Form:
    """Return the form."""
    places = list(_places(assessment))
    found: dict[tuple[str, str], tuple[int, list[str], set[Status]]] = {}
    for country, region, finding in places:
        number, names, statuses = found.get((country, region), (0, [], set[Status]()))
        if len(names) < _EXAMPLES:
            names.append(finding.resource.name)
        found[country, region] = number + 1, names, statuses | {finding.status}
    blocks: list[Block] = [
        Note(text="保管先の設定から読み取れた保存国です。アクセスする人の所在国、再委託先の国は含みません。"),
        Table(
            title="データの保存国",
            columns=(
                Column("国", 20),
                Column("リージョン", 18),
                Column("保管先", 8),
                Column("例", 44),
                Column("許可国との照合", 16),
                Column("当該国の制度の確認", 26),
                Column("確認日", 12),
            ),
            rows=tuple(
                (country, region, f"{number:,}", _names(number, names), _verdict(statuses), None, None)
                for (country, region), (number, names, statuses) in sorted(found.items())[:_MOST]
            ),
            nothing="保存国を読み取った結果がありません(判定不能)。管理画面または契約で確認し、記入してください。",
            more=f"他 {len(found) - _MOST:,} 件は result.json に記載" if len(found) > _MOST else "",
        ),
    ]
    if any(finding.status is Status.NOT_ASSESSED for _, _, finding in places):
        blocks.append(
            Note(text="保存国を判定できなかった保管先があります。手動で確認してください。", loud=True)
        )
    provider = assessment.target.provider
    blocks.append(
        Table(
            title="クラウド事業者の所在国(手動確認)",
            columns=(
                Column("クラウド", 28),
                Column("契約の相手方(法人名)", 34),
                Column("所在国", 20),
                Column("当該国の制度の確認", 36),
                Column("確認日", 12),
                Column("確認者", 14),
            ),
            rows=((PROVIDERS.get(provider, provider.upper()), None, None, None, None, None),),
        )
    )
    blocks.append(
        Fields(
            title="本人への公表・周知",
            fields=(
                Field("関連項番", _items()),
                Field("公表文面(外国の名称・制度・講じた措置)", lines=3),
                Field("公表の場所・更新日"),
            ),
        )
    )
    return Form(
        name="保存国一覧",
        title="保存国一覧(外的環境の把握)",
        blocks=tuple(blocks),
        items=clauses("J.9.2", "J.10.3"),
    )


def _items() -> str:
    wanted = (("pmark", "J.10.3"), ("ppc", "10-7"), ("appi", "第32条"), ("appi", "第28条"))
    found = ((framework(name), framework(name).control(item)) for name, item in wanted)
    return "、".join(f"{each.short.ja} {control.shown('ja')}" for each, control in found if control)


def _places(assessment: Assessment) -> Iterator[tuple[str, str, Finding]]:
    for finding in assessment.findings():
        if finding.theme is Theme.RESIDENCY:
            told = list(_told(finding.evidence)) or [NOT_ASSESSED]
            place = (
                finding.evidence.get("region") or finding.evidence.get("location") or finding.resource.region
            )
            for country in told:
                yield country, str(place), finding


def _told(evidence: Evidence) -> Iterator[str]:
    """Yield the countries that a finding names, whichever way its check writes them."""
    one, several = evidence.get("country"), evidence.get("countries")
    if isinstance(one, str):
        yield name_of(one)
    if isinstance(several, Mapping):
        listed = cast("Mapping[str, object]", several).values()
        several = sorted(
            {str(each) for group in listed if isinstance(group, list) for each in cast("list[object]", group)}
        )
    if isinstance(several, list | tuple):
        yield "、".join(name_of(str(each)) for each in cast("list[object]", several)) or NOT_ASSESSED


def name_of(code: str) -> str:
    """Return the name of a country with its code; a code that is not known stands for itself."""
    known = OF_AWS.get(code) or OF_GOOGLE.get(code)
    return f"{known.ja}({code})" if known else code


def _names(number: int, names: list[str]) -> str:
    rest = f" ほか {number - len(names):,} 件" if number > len(names) else ""
    return "、".join(names) + rest


def _verdict(statuses: set[Status]) -> str:
    if statuses == {Status.NOT_APPLICABLE}:
        return "許可国の指定なし"
    return "、".join(STATUSES[status].ja for status in Status if status in statuses)
