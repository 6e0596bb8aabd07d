"""What the forms hold: nothing is hidden, nothing is signed, nothing is certified, and a big tenant stays usable."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.actions import Action
from cloudaudit.assessment import Assessment, Counts
from cloudaudit.diff import comparison
from cloudaudit.forms import Document, Field, Fields, Form, Note, Signs, Table
from cloudaudit.history import Run
from cloudaudit.model import Finding, Status, Theme
from cloudaudit.pmark.options import PackOptions
from cloudaudit.pmark.pack import pack
from cloudaudit.pmark.renewal import earlier
from cloudaudit.pmark.tally import NAMED
from cloudaudit.pmark.thresholds import NAMES
from cloudaudit.policy import AuditPolicy, describe

NOBODY = PackOptions()


def made(assessment: Assessment, options: PackOptions = NOBODY, rows: int = 50) -> Document:
    return pack(assessment, options, rows=rows)


def form(document: Document, name: str) -> Form:
    return next(each for each in document.forms if each.name == name)


def text(part: Any) -> str:
    return msgspec.json.encode(part).decode()


def fields(of: Form) -> dict[str, Any]:
    return {one.label: one.value for block in of.blocks if isinstance(block, Fields) for one in block.fields}


def tables(of: Form) -> list[Table]:
    return [block for block in of.blocks if isinstance(block, Table)]


def test_the_pack_holds_every_form_in_the_order_of_an_assessor(saved: Assessment) -> None:
    names = list(dict.fromkeys(each.name for each in made(saved).forms))
    assert names == [
        "運用の確認記録",
        "是正処置票",
        "受容(例外)票",
        "外部共有一覧",
        "保存国一覧",
        "アクセス権限見直し票",
        "手動確認票",
        "内部監査チェックリスト",
        "PDCA",
        "更新カレンダー",
    ]


def test_what_failed_and_what_is_unknown_stand_in_the_summary_even_at_zero(saved: Assessment) -> None:
    said = fields(form(made(saved), "運用の確認記録"))
    assert said["結果(件数)"] == "不適合 5、判定不能 4、適合 1、受容 1、対象外 1"
    assert said["評価できなかった範囲"].startswith("判定不能 4 件、一覧を取得できなかった種別 1 件")
    clean = replace(saved, counts=Counts(pass_=3), findings=lambda: iter(()), gaps=())
    assert fields(form(made(clean), "運用の確認記録"))["結果(件数)"] == "不適合 0、判定不能 0、適合 3"


def test_what_was_left_out_or_unread_stands_there_with_its_reason(saved: Assessment) -> None:
    rows = tables(form(made(saved), "運用の確認記録"))[0].rows
    said = text(rows)
    assert "aws-backup-vault us-east-1" in said
    assert "s3:GetEncryptionConfiguration" in said
    assert "オブジェクト単位の確認は行いません" in said
    assert [row[0] for row in rows].count("判定不能") == 2


def test_an_item_is_never_called_met_where_something_is_unknown(saved: Assessment) -> None:
    document = made(saved)
    by_item = {row[0]: row for table in tables(form(document, "運用の確認記録")) for row in table.rows}
    assert by_item["J.9.2"][3:] == (
        "5",
        "4",
        "1",
        "1",
        "1",
        "不適合あり、判定不能あり、未実施のチェックあり、受容あり",
    )
    unknown = [each for each in saved.findings() if each.status is not Status.FAIL]
    unfailed = replace(saved, findings=lambda: iter(unknown))
    by_item = {row[0]: row for table in tables(form(made(unfailed), "運用の確認記録")) for row in table.rows}
    assert str(by_item["J.9.2"][8]).startswith("判定不能あり")


def test_without_an_earlier_result_it_says_so(saved: Assessment) -> None:
    assert fields(form(made(saved), "運用の確認記録"))["前回"].startswith("前回結果なし")


def test_with_an_earlier_result_it_compares(saved: Assessment) -> None:
    passed = [
        msgspec.structs.replace(each, status=Status.PASS) if each.status is Status.FAIL else each
        for each in saved.findings()
    ]
    before = replace(saved, findings=lambda: iter(passed), taken_at="2026-08-01T00:00:00Z")
    with comparison(before, saved) as changes:
        document = made(replace(saved, changes=changes))
    said = fields(form(document, "運用の確認記録"))
    assert said["前回の実施日時"] == "2026-08-01 09:00:00 JST (+09:00)"
    assert said["新たな不適合"] == "5 件"
    assert "前回から是正を確認 0 件" in text(form(document, "PDCA"))


def test_one_ticket_for_each_check_that_fails_the_most_severe_first(saved: Assessment) -> None:
    tickets = [each for each in made(saved).forms if each.name == "是正処置票"]
    assert [fields(each)["チェック ID"] for each in tickets] == [
        "aws-s3-bucket-public-access",
        "aws-iam-user-mfa",
        "aws-s3-bucket-versioning",
    ]
    first = fields(tickets[0])
    assert first["票番号"] == "20261122-01"  # the day in Japan
    assert first["不適合の件数"] == "3 件"
    assert "J.9.2" in first["該当項番"]
    assert "J.6.2" not in first["該当項番"]
    for label in ("応急処置", "原因", "是正処置", "担当", "期限", "完了日"):
        assert first[label] is None, label
    assert any(
        isinstance(block, Note) and "漏えい等のおそれの判定" in block.text for block in tickets[0].blocks
    )
    assert not any(isinstance(block, Note) for block in tickets[1].blocks)


def test_what_people_wrote_before_stands_in_the_ticket(saved: Assessment) -> None:
    action = Action(finding=f"{8:032x}", cause="設定漏れ", owner="鈴木", due="2026-12-31")
    document = made(replace(saved, actions={action.finding: action}))
    ticket = fields([each for each in document.forms if each.name == "是正処置票"][2])
    assert (ticket["原因"], ticket["担当"], ticket["期限"], ticket["是正処置"]) == (
        "設定漏れ",
        "鈴木",
        "2026-12-31",
        None,
    )


def test_a_tenant_of_fifty_thousand_failures_makes_a_pack_that_stays_usable(saved: Assessment) -> None:
    first = next(iter(saved.findings()))

    def many() -> Iterator[Finding]:
        for number in range(50_000):
            resource = msgspec.structs.replace(
                first.resource, id=f"arn:{number:05}", name=f"bucket-{number:05}"
            )
            yield msgspec.structs.replace(first, id=f"{number:032x}", resource=resource)

    document = made(
        replace(saved, findings=many, counts=Counts(fail=50_000), shares=lambda: saved.sharing * 5_000),
        rows=300,
    )
    tickets = [each for each in document.forms if each.name == "是正処置票"]
    assert len(tickets) == 1
    (table,) = tables(tickets[0])
    assert len(table.rows) == NAMED
    assert table.more.startswith("他 49,980 件は result.json")
    (inventory,) = tables(form(document, "外部共有一覧"))
    assert len(inventory.rows) == 300
    assert re.fullmatch(r"他 [\d,]+ 件は result.json に記載", inventory.more)
    assert len(text(document)) < 400_000


def test_waivers_become_slips_and_an_approver_who_is_the_owner_is_told(saved: Assessment) -> None:
    slips = form(made(saved), "受容(例外)票")
    assert [block.title for block in slips.blocks if isinstance(block, Fields)] == [
        "受容 01",
        "受容 02",
        "受容 03",
    ]
    assert "装置の更新待ち" in text(slips)
    assert "責任者と承認者が同一です" in text(slips)
    assert "受容(例外)はありません" in text(form(made(replace(saved, waivers=())), "受容(例外)票"))


def test_the_inventory_is_never_complete_where_it_is_not(saved: Assessment) -> None:
    unread = [
        msgspec.structs.replace(each, status=Status.NOT_ASSESSED) if each.theme is Theme.SHARING else each
        for each in saved.findings()
    ]
    document = made(replace(saved, findings=lambda: iter(unread), shares=tuple))
    for name in ("外部共有一覧", "アクセス権限見直し票"):
        notes = [
            block.text for block in form(document, name).blocks if isinstance(block, Note) and block.loud
        ]
        assert "共有に関する判定不能が 3 件あり" in notes[0], name


def test_the_review_lists_outsiders_and_people_inside(saved: Assessment) -> None:
    (table,) = tables(form(made(saved), "アクセス権限見直し票"))
    by_name = {row[2]: row for row in table.rows}
    assert by_name["すべての人(*)"][1] == "社外"
    assert by_name["tanaka"][4] == "不適合: コンソール利用者全員が多要素認証を使用している"
    assert by_name["tanaka"][6:] == (None, None)


def test_countries_come_from_the_data_and_the_providers_country_from_a_person(saved: Assessment) -> None:
    first = next(iter(saved.findings()))
    evidence: list[dict[str, object]] = [
        {"region": "ap-northeast-1", "country": "JP"},
        {"location": "EU", "countries": ["DE", "FR"]},
        {"countries": {"JPN": ["JP"]}},
        {"region": "mars-1", "country": None},
    ]
    findings = [
        msgspec.structs.replace(first, theme=Theme.RESIDENCY, status=Status.PASS, evidence=each)
        for each in evidence
    ]
    data, provider = tables(form(made(replace(saved, findings=lambda: iter(findings))), "保存国一覧"))
    assert {row[0] for row in data.rows} == {"日本(JP)", "ドイツ(DE)、フランス(FR)", "判定不能"}
    assert provider.rows == (("Amazon Web Services", None, None, None, None, None),)
    nothing = tables(form(made(replace(saved, findings=lambda: iter(()))), "保存国一覧"))[0]
    assert (nothing.rows, "判定不能" in nothing.nothing) == ((), True)


@pytest.mark.parametrize(
    ("performer", "auditor", "warned"),
    [("山田 太郎", "山田太郎", True), ("山田", "佐藤", False), ("", "", False), ("山田", "", False)],
)
def test_who_ran_the_check_must_not_audit_it(
    saved: Assessment, performer: str, auditor: str, *, warned: bool
) -> None:
    checklist = form(made(saved, PackOptions(performer=performer, auditor=auditor)), "内部監査チェックリスト")
    loud = [block.text for block in checklist.blocks if isinstance(block, Note) and block.loud]
    assert any("実施者と監査員が同一です" in each for each in loud) is warned
    assert fields(checklist)["監査員(氏名・部署)"] == (auditor or None)


def run(at: str, failed: int) -> Run:
    return Run(
        at=at, checks="x", guaranteed=60.0, best=80.0, coverage=90.0, grade="D", passed=1, failed=failed, not_assessed=2,
        not_applicable=0, waived=0, critical=1, high=2, medium=0, low=0, info=0,
    )  # fmt: skip


def test_the_cycle_shows_the_last_run_of_each_month_of_a_year(saved: Assessment) -> None:
    assert "--history" in text(form(made(saved), "PDCA"))
    runs = tuple(
        run(f"202{5 + month // 12}-{month % 12 + 1:02}-{day}T00:00:00Z", month)
        for month in range(15)
        for day in (10, 20)
    )
    trend = tables(form(made(replace(saved, trend=runs)), "PDCA"))[1]
    assert len(trend.rows) == 12
    assert trend.rows[-1][0] == "2026-03-20 09:00:00 JST (+09:00)"
    assert trend.more == "ほか 3 か月分は履歴ファイルに記載"


def test_the_calendar_counts_back_from_the_last_day(saved: Assessment) -> None:
    calendar = form(made(saved, PackOptions(expires=date(2027, 6, 30))), "更新カレンダー")
    said = fields(calendar)
    assert said["更新申請の受付期間(満了の8か月前から4か月前まで)"] == "2026-10-30 から 2027-02-28 まで(目安)"
    assert said["点検日時点の状況"].startswith("申請の受付期間内です(期限まで 98 日)")
    rows = {row[0]: row[2] for row in tables(calendar)[0].rows}
    assert (rows["有効期間の開始"], rows["3か月ごと"]) == ("2025-06-30", None)


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        (date(2028, 6, 30), "申請の受付開始前です"),
        (date(2027, 1, 1), "申請の期限を過ぎています"),
        (date(2026, 11, 21), "満了日を過ぎています"),
    ],
)
def test_the_calendar_says_where_one_stands(saved: Assessment, expires: date, said: str) -> None:
    assert (
        said in fields(form(made(saved, PackOptions(expires=expires)), "更新カレンダー"))["点検日時点の状況"]
    )


def test_without_the_last_day_dates_are_left_blank_and_the_option_is_named(saved: Assessment) -> None:
    calendar = form(made(saved), "更新カレンダー")
    assert all(row[2] is None for row in tables(calendar)[0].rows)
    assert "--pmark-expires" in text(calendar)


@given(st.dates(date(1990, 1, 1), date(2999, 1, 1)), st.integers(0, 60))
def test_months_are_counted_as_people_do(day: date, months: int) -> None:
    before = earlier(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    # A day that the month has not becomes its last.
    assert before.day == day.day or (before.day < day.day and (before + timedelta(days=1)).day == 1)


def test_every_box_for_a_signature_is_empty_and_nothing_is_certified(saved: Assessment) -> None:
    document = made(saved, PackOptions(performer="山田", auditor="佐藤"))
    record = form(document, "運用の確認記録")
    signs = next(block for block in record.blocks if isinstance(block, Signs))
    assert signs.boxes == (
        "作成(実施者)",
        "確認(個人情報保護管理者)",
        "監査(個人情報保護監査責任者)",
        "承認(トップマネジメント)",
    )
    assert set(Signs.__struct_fields__) == {"boxes", "lines"}  # there is no place for a name
    said = text(document)
    assert "適合証明" not in said
    assert "適合を証明するものではありません" in said


def test_manual_confirmation_asks_for_what_no_interface_tells(saved: Assessment) -> None:
    said = text(form(made(saved), "手動確認票"))
    for what in ("利用規約", "責任分界", "契約プラン", "復元テスト", "再委託先", "事業者の所在国"):
        assert what in said
    assert "J.9.3(未検証)" in said


def test_every_setting_of_the_policy_has_a_japanese_name() -> None:
    assert {line.name for line in describe(AuditPolicy())} == set(NAMES)


def test_a_masked_result_says_so(saved: Assessment) -> None:
    assert made(replace(saved, masked=True)).masked
    assert not made(saved).masked


def test_a_field_that_a_person_fills_in_is_none_and_not_empty(saved: Assessment) -> None:
    for each in made(saved).forms:
        for block in each.blocks:
            if isinstance(block, Fields):
                assert all(one.value != "" for one in block.fields), each.name
    assert Field("x").value is None
