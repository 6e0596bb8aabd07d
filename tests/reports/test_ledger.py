"""個人情報管理台帳との突合: both differences, and nothing called missing that was only not looked at."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openpyxl import Workbook, load_workbook

from cloudaudit import discovery
from cloudaudit.assessment import Assessment
from cloudaudit.errors import UsageError
from cloudaudit.facts import Cause
from cloudaudit.ledger import Column, Ledger, LedgerCheck, Row, Standing, parse_columns, reconcile
from cloudaudit.ledger_file import read_ledger
from cloudaudit.mask import Masker
from cloudaudit.model import Gap, ResourceRef
from cloudaudit.reporting import ReportOptions
from cloudaudit.result import open_result

Compare = Callable[..., LedgerCheck]


def store(name: str, kind: str = "aws-s3-bucket", identity: str = "") -> ResourceRef:
    provider = kind.partition("-")[0]
    return ResourceRef(
        provider=provider,
        account="123456789012",
        region="ap-northeast-1",
        kind=kind,
        id=identity or f"arn:aws:s3:::{name}",
        name=name,
    )


BUCKETS = (store("acme-invoices"), store("acme-logs"), store("backup"))
DRIVES = (
    store("営業部/ドキュメント", "m365-drive", "b!one"),
    store("営業部/契約", "m365-drive", "b!two"),
    store("hanako@acme.example", "m365-drive", "b!three"),
)
URLS = {
    "b!one": "https://acme.sharepoint.com/sites/sales/shared documents",
    "b!two": "https://acme.sharepoint.com/sites/sales/contracts",
    "b!three": "https://acme-my.sharepoint.com/personal/hanako_acme_example/documents",
}


def ledger(*locations: str) -> Ledger:
    rows = tuple(
        Row(row=number, name=f"個人情報{number}", location=location)
        for number, location in enumerate(locations, start=2)
    )
    return Ledger(file="台帳.csv", sheet="", sha256="77" * 32, rows=rows)


@pytest.fixture
def compare(sample: Any) -> Compare:
    def compared(*locations: str, stores: Any = BUCKETS, **fields: Any) -> LedgerCheck:
        provider = stores[0].provider
        target = msgspec.structs.replace(sample.assessment.target, provider=provider)
        urls = fields.pop("addresses", lambda: iter(URLS.items()))
        given: dict[str, Any] = {
            "target": target,
            "gaps": (),
            "resources": lambda: iter((*stores, store("somebody", "aws-iam-user", "user"))),
            "addresses": urls,
            "scope": msgspec.structs.replace(sample.assessment.scope, narrowed=False),
            **fields,
        }
        return reconcile(ledger(*locations), replace(sample.assessment, **given))

    return compared


@pytest.mark.parametrize(
    "location",
    [
        "acme-invoices",
        "ACME-Invoices",
        "s3://acme-invoices/2026/",
        "S3: acme-invoices",
        "arn:aws:s3:::acme-invoices",
        "https://acme-invoices.s3.ap-northeast-1.amazonaws.com/list.csv",
        "https://s3.amazonaws.com/acme-invoices/list.csv",
        "https://s3.console.aws.amazon.com/s3/buckets/acme-invoices?region=ap-northeast-1",
        "AWS(東京リージョン ap-northeast-1) acme-invoices",
        "経理部共有「acme-invoices」",
    ],
)
def test_a_bucket_is_found_however_it_is_written(compare: Compare, location: str) -> None:
    (entry,) = compare(location).entries
    assert entry.standing is Standing.FOUND
    assert [each.name for each in entry.stores] == ["acme-invoices"]
    assert [each.name for each in compare(location).unlisted] == ["acme-logs", "backup"]


@pytest.mark.parametrize(
    ("location", "names"),
    [
        ("営業部/ドキュメント", ["営業部/ドキュメント"]),
        ("hanako@acme.example の OneDrive", ["hanako@acme.example"]),
        (
            "https://acme.sharepoint.com/sites/sales/Shared%20Documents/Forms/AllItems.aspx?view=7",
            ["営業部/ドキュメント"],
        ),
        ("https://acme.sharepoint.com/sites/sales/Contracts/2026/a.xlsx", ["営業部/契約"]),
        ("https://acme.sharepoint.com/sites/sales", ["営業部/契約", "営業部/ドキュメント"]),
        ("b!three", ["hanako@acme.example"]),
    ],
)
def test_a_drive_is_found_by_name_id_and_address(compare: Compare, location: str, names: list[str]) -> None:
    (entry,) = compare(location, stores=DRIVES).entries
    assert entry.standing is Standing.FOUND
    assert [each.name for each in entry.stores] == names


@pytest.mark.parametrize(
    ("location", "standing"),
    [
        ("s3://acme-members", Standing.NOT_FOUND),
        ("acme-members", Standing.NOT_FOUND),
        ("S3 acme-invoices, acme-invoices-2024", Standing.NOT_FOUND),
        ("gs://acme-survey", Standing.ELSEWHERE),
        ("OneDrive(人事部)", Standing.ELSEWHERE),
        ("本社 3 階キャビネット", Standing.UNKNOWN),
        ("社内 backup サーバー", Standing.UNKNOWN),
        ("AWS", Standing.UNKNOWN),
        ("", Standing.UNKNOWN),
    ],
)
def test_what_is_not_there_is_told_apart_from_what_nobody_can_tell(
    compare: Compare, location: str, standing: Standing
) -> None:
    (entry,) = compare(location).entries
    assert entry.standing is standing


def test_nothing_is_missing_where_the_stores_were_not_all_listed(compare: Compare, sample: Any) -> None:
    gap = Gap(of="aws-s3-bucket", region="global", cause=Cause.DENIED, operation="s3:ListBuckets")
    narrowed = msgspec.structs.replace(sample.assessment.scope, narrowed=True)
    for hidden in ({"gaps": (gap,)}, {"scope": narrowed}):
        check = compare("s3://acme-members", "gs://elsewhere", **hidden)
        assert [entry.standing for entry in check.entries] == [Standing.UNKNOWN, Standing.ELSEWHERE]
        assert check.incomplete is not None
    other = msgspec.structs.replace(gap, of="aws-iam-user")
    assert compare("s3://acme-members", gaps=(other,)).entries[0].standing is Standing.NOT_FOUND


def test_an_address_of_a_drive_cannot_be_looked_up_in_a_result_alone(compare: Compare) -> None:
    where = "https://acme.sharepoint.com/sites/sales/contracts"
    (entry,) = compare(where, stores=DRIVES, addresses=None).entries
    assert entry.standing is Standing.UNKNOWN
    assert "--ledger" in entry.reason.en


def test_a_name_that_several_stores_have_is_not_guessed(compare: Compare) -> None:
    twins = (*BUCKETS, store("acme-invoices", identity="arn:other"))
    check = compare("acme-invoices", stores=twins)
    assert check.entries[0].standing is Standing.AMBIGUOUS
    assert len(check.entries[0].stores) == 2
    assert [each.name for each in check.unlisted] == ["acme-logs", "backup"]


HEAD = "No.,個人情報の名称,利用目的,保管場所(クラウド含む),管理部署,委託先"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv_is_read_in_the_encodings_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "台帳.csv"
    path.write_bytes(
        f"個人情報管理台帳\r\n\r\n{HEAD}\r\n1,顧客,販売,s3://a-b,営業部,㈱印刷\r\n,,,,,\r\n".encode(encoding)
    )
    read = read_ledger(path, {})
    assert read.rows == (Row(row=4, name="顧客", location="s3://a-b", owner="営業部", contractor="㈱印刷"),)


def test_a_workbook_is_read_wherever_the_ledger_stands_in_it(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["表紙"])  # type: ignore[union-attr]
    sheet = book.create_sheet("台帳")
    for row in (["会社名", "Acme"], ["業務名", "格納先サーバ"], ["受注", "acme-invoices"], ["数", 12.0]):
        sheet.append(row)
    book.save(tmp_path / "l.xlsx")
    read = read_ledger(tmp_path / "l.xlsx", parse_columns("name=業務名, location=格納先サーバ"))
    assert (read.sheet, [(row.row, row.name, row.location) for row in read.rows]) == (
        "台帳",
        [(3, "受注", "acme-invoices"), (4, "数", "12")],
    )
    assert read_ledger(tmp_path / "l.xlsx", {}).rows == tuple(
        msgspec.structs.replace(row, name="") for row in read.rows
    )


def test_a_workbook_that_is_broken_inside_is_refused_with_a_sentence(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("台帳").append(["名称", "保管場所"])
    book.save(tmp_path / "good.xlsx")
    with zipfile.ZipFile(tmp_path / "good.xlsx") as good, zipfile.ZipFile(tmp_path / "cut.xlsx", "w") as cut:
        for name in good.namelist():
            content = good.read(name)
            cut.writestr(name, content[: len(content) // 2] if "sheet2" in name else content)
    with pytest.raises(UsageError, match="no workbook"):
        read_ledger(tmp_path / "cut.xlsx", {})
    book.create_chartsheet("グラフ")
    book.save(tmp_path / "chart.xlsx")
    with pytest.raises(UsageError, match="no workbook"):
        read_ledger(tmp_path / "chart.xlsx", {})


def test_what_is_no_ledger_is_refused_with_a_sentence(tmp_path: Path) -> None:
    cases = {
        "none.csv": None,
        "binary.csv": b"\x81\x00\xff\xfe\x00",
        "fake.xlsx": b"no workbook",
        "headless.csv": b"a,b\n1,2\n",
        "empty.csv": b"",
    }
    for name, content in cases.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError) as refused:
            read_ledger(tmp_path / name, {})
        assert name in refused.value.diagnostics().ja
    (tmp_path / "other.csv").write_text(f"{HEAD}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="業務名"):
        read_ledger(tmp_path / "other.csv", {Column.NAME: "業務名"})
    for wrong in ("name", "nam=x", "name="):
        with pytest.raises(UsageError):
            parse_columns(wrong)


@pytest.fixture
def hostile(compare: Compare, sample: Any) -> Assessment:
    check = compare("s3://acme-members", '=HYPERLINK("http://evil","x")', "acme-invoices")
    rows = tuple(
        msgspec.structs.replace(
            entry,
            row=msgspec.structs.replace(
                entry.row, name=sample.hostile, owner="+cmd|' /C calc'!A0", contractor="@SUM(1)"
            ),
        )
        for entry in check.entries
    )
    found: Assessment = sample.with_(ledger=msgspec.structs.replace(check, entries=rows))
    return found


def rendered(name: str, assessment: Assessment, language: Any) -> bytes:
    out = io.BytesIO()
    discovery.report(name).render(assessment, ReportOptions(languages=(language,), width=80), out)
    return out.getvalue()


@pytest.mark.parametrize(("language", "title"), [("ja", "台帳との突合"), ("en", "Ledger of personal data")])
@pytest.mark.parametrize("name", ["terminal", "markdown", "html"])
def test_reports_tell_both_differences_and_hostile_cells_do_nothing(
    hostile: Assessment, name: str, language: str, title: str
) -> None:
    page = rendered(name, hostile, language).decode()
    assert title in page
    assert "\x1b[31m" not in page
    if name != "terminal":
        assert "<script>alert(1)</script>" not in page
        assert "acme-logs" in page
        assert "acme-members" in page


def test_the_sheet_has_a_row_for_everything_and_no_formula(hostile: Assessment) -> None:
    book = load_workbook(io.BytesIO(rendered("xlsx", hostile, "ja")))
    cells = [cell for row in book["台帳突合"].iter_rows() for cell in row if cell.value is not None]
    told = [cell.value for cell in cells]
    for wanted in ("acme-logs", "backup", "保管先が見つからない", "台帳に記載なし", "一致"):
        assert wanted in told
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_it_is_in_the_result_and_masked_there(hostile: Assessment, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(rendered("json", hostile, "ja"))
    with open_result(path) as again:
        assert again.ledger is not None
        assert hostile.ledger is not None
        assert again.ledger.counts == hostile.ledger.counts
        assert again.ledger.unlisted == hostile.ledger.unlisted
        masked = rendered("json", Masker(b"k" * 32).mask(again), "ja").decode()
    for name in ("acme-members", "acme-logs", "acme-invoices", "台帳.csv", "calc", "77" * 32):
        assert name not in masked
    assert json.loads(masked)["ledger"]["entries"][0]["standing"] == "not-found"
