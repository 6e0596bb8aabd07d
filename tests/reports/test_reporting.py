from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cloudaudit.digest import condense
from cloudaudit.facts import Cause
from cloudaudit.flow import breaks
from cloudaudit.model import Severity, Status, Theme
from cloudaudit.reporting import SEVERITIES, STATUSES, THEMES, detail_in, headline, moment, number, theme_name
from cloudaudit.scoring import Measure
from cloudaudit.text import Text
from cloudaudit.visible import encodable, encodable_tree, shortened, visible

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def lines_of(text: str, width: int, hang: int = 0) -> list[str]:
    places = [0, *breaks(text, width, hang), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(places)]


@given(ANY_TEXT)
def test_visible_text_can_be_encoded_and_steers_nothing(text: str) -> None:
    shown = visible(text)
    assert shown.encode().decode() == shown
    assert not set(shown) & set("\n\r\x1b\x07\u202e")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 名前 ", "plain 名前 "),
        ("全角\u3000空白 café 😀", "全角\u3000空白 café 😀"),
        ("\x00\x1b\x7f\x85\n", "\\x00\\x1b\\x7f\\x85\\x0a"),
        ("\u202e\u2066\u200b\u2028\ufeff", "\\u202e\\u2066\\u200b\\u2028\\ufeff"),
        ("\ud800\U000e0041", "\\ud800\\U000e0041"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_encodable_changes_nothing_but_lone_surrogates() -> None:
    assert encodable("a\x1b\ud800") == "a\x1b\\ud800"
    tree = {"\udc00": ["\ud800", ("x", 1, None, {"y": True})]}
    assert encodable_tree(tree) == {"\\udc00": ["\\ud800", ["x", 1, None, {"y": True}]]}


def test_shortened() -> None:
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcde", 4) == "abc…"


@given(
    st.text(alphabet="abc 、。「」日本語カタカナーっ-.", max_size=80), st.integers(4, 40), st.integers(0, 2)
)
def test_no_line_is_wider_than_asked(text: str, width: int, hang: int) -> None:
    lines = lines_of(text, width, hang)
    assert cell_len(lines[0]) <= width
    assert all(cell_len(line) <= width - hang for line in lines[1:])
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_japanese_breaks_between_characters_but_not_before_a_full_stop() -> None:
    assert lines_of("あいうえお。", 10) == ["あいうえ", "お。"]
    assert lines_of("あいう「え」", 8) == ["あいう", "「え」"]
    assert lines_of("s3:Get を許可", 9) == ["s3:Get を", "許可"]


def test_every_member_of_a_closed_list_has_a_word() -> None:
    assert set(THEMES) == set(Theme)
    assert set(SEVERITIES) == set(Severity)
    assert set(STATUSES) == set(Status)


def test_a_theme_of_a_plug_in_keeps_its_name() -> None:
    assert theme_name("mfa", "ja") == "多要素認証"
    assert theme_name("physics", "ja") == "physics"


def test_times_are_jst_in_japanese_and_utc_in_english() -> None:
    assert moment("2026-11-21T15:04:05Z", "ja") == "2026-11-22 00:04:05 JST (+09:00)"
    assert moment("2026-11-21T15:04:05Z", "en") == "2026-11-21 15:04:05 UTC"


def test_numbers_have_no_empty_decimal() -> None:
    assert (number(62.0), number(81.5), number(0.0), number(100.0)) == ("62", "81.5", "0", "100")


def test_a_detail_is_a_code_or_a_sentence() -> None:
    assert detail_in("SCP", "ja") == "SCP"
    assert detail_in(Text(en="denied", ja="拒否"), "ja") == "拒否"
    assert detail_in("", "en") == ""


def test_severities_rank_from_info_to_critical() -> None:
    assert [severity.rank for severity in Severity] == [4, 3, 2, 1, 0]


def test_the_headline() -> None:
    measure = Measure(guaranteed=62.0, best=88.0, coverage=81.0, grade="D")
    assert headline(measure, "en") == "62 guaranteed, up to 88, 81 % assessed"
    assert headline(measure, "ja") == "62 点を保証、最大 88 点、判定率 81 %"
    assert headline(Measure(), "en") == "no score: nothing was assessed"


def test_the_digest_orders_and_counts(sample: Any) -> None:
    digest = condense(sample.assessment.findings(), examples=2)
    assert [(group.check, group.severity, group.count, len(group.examples)) for group in digest.fix] == [
        ("aws-s3-bucket-public-access", Severity.CRITICAL, 3, 2),
        ("aws-iam-user-mfa", Severity.HIGH, 1, 1),
        ("aws-s3-bucket-versioning", Severity.MEDIUM, 1, 1),
    ]
    assert [(blind.cause, blind.permission, blind.count, blind.severity) for blind in digest.blind] == [
        (Cause.DENIED, "s3:GetEncryptionConfiguration", 3, Severity.MEDIUM),
        (Cause.THROTTLED, "", 1, Severity.MEDIUM),
    ]
    assert (digest.failed, digest.not_assessed) == (5, 4)
