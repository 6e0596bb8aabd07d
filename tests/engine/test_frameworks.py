"""The frameworks as data, and the result by control."""

import re
from collections.abc import Iterable
from datetime import date

import pytest

from cloudaudit import discovery
from cloudaudit.errors import UsageError
from cloudaudit.frameworks.loading import NAMES, chosen, framework, usual
from cloudaudit.frameworks.mapping import controls_of
from cloudaudit.frameworks.model import Control, Framework, Strength
from cloudaudit.model import Theme
from cloudaudit.policy import BASIS, BASIS_KINDS, AuditPolicy, BasisKind, describe

CHECKS = discovery.checks()
IDS = {
    "pmark": r"J\.\d+(\.\d+){0,3}",
    "jis-q-15001": r"A\.\d+|\d+(\.\d+){0,2}",
    "ppc": r"10-[1-7](\(\d\))?|Q10-\d+",
    "appi": r"(施行規則)?第\d+条",
    "cis-aws": r"\d+(\.\d+){1,2}",
    "cis-gcp": r"\d+(\.\d+){1,2}",
    "cis-m365": r"\d+(\.\d+){2,3}",
    "iso27001": r"A\.[5-8]\.\d+",
    "iso27017": r"CLD\.\d+(\.\d+){2}",
    "nist-csf": r"(GV|ID|PR|DE|RS|RC)\.[A-Z]{2}-\d{2}",
}


@pytest.fixture(scope="module", params=NAMES)
def one(request: pytest.FixtureRequest) -> Framework:
    return framework(str(request.param))


def texts(one: Framework) -> Iterable[str]:
    for text in (one.name, one.short, *(control.title for control in one.controls)):
        yield from (text.en, text.ja)
    for control in one.controls:
        if control.note:
            yield from (control.note.en, control.note.ja)


def test_a_framework_is_told_in_both_languages_with_its_version_source_and_day(one: Framework) -> None:
    assert all(text.strip() for text in texts(one))
    assert one.version
    assert one.source.startswith("https://")
    date.fromisoformat(one.as_of)


def test_ids_are_strings_that_stand_once_and_have_the_form_of_the_framework(one: Framework) -> None:
    ids = [control.id for control in one.controls]
    assert len(set(ids)) == len(ids)
    assert [each for each in ids if not re.fullmatch(IDS[one.id], each)] == []


def test_every_check_that_is_named_exists_and_is_not_named_beside_its_theme(one: Framework) -> None:
    for control in one.controls:
        assert set(control.checks) <= CHECKS.keys(), control.id
        assert [each for each in control.checks if CHECKS[each].theme in control.themes] == [], control.id
        assert not control.source or re.match(r"https?://", control.source)


def test_what_gives_evidence_says_by_what_and_what_gives_none_maps_nothing(one: Framework) -> None:
    for control in one.controls:
        mapped = bool(control.themes or control.checks)
        if control.evidence is Strength.NONE:
            assert not mapped, control.id
        else:
            # Some evidence is no finding: the comparison with the last run, the thresholds that are printed.
            assert mapped or control.note, control.id


def test_every_check_is_evidence_for_a_control_of_each_general_framework() -> None:
    for name in ("pmark", "jis-q-15001", "ppc", "appi", "iso27001", "nist-csf"):
        controls = framework(name).controls
        lost = [
            each.id for each in CHECKS.values() if not any(c.takes(each.id, each.theme) for c in controls)
        ]
        assert lost == [], name


def test_an_id_that_was_not_verified_is_never_printed_without_saying_so() -> None:
    control = framework("jis-q-15001").control("A.10")
    assert control is not None
    assert (control.shown("ja"), control.shown("en")) == ("A.10(未検証)", "A.10 (unverified)")
    verified = framework("pmark").control("J.9.2")
    assert verified is not None
    assert verified.shown("ja") == "J.9.2"


def test_no_text_says_that_a_control_is_met(one: Framework) -> None:
    said = " ".join(texts(one))
    assert not re.search(r"適合証明|準拠している|compliant|certif", said)


def test_an_unknown_framework_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="choose from pmark"):
        framework("soc2")
    assert [each.id for each in chosen(("ppc", "ppc", "appi"), ("ja",))] == ["ppc", "appi"]
    assert [each.id for each in chosen((), ("en", "ja"))] == list(usual(("ja",)))


def test_takes_by_theme_or_by_name() -> None:
    control = Control(
        id="1",
        title=framework("ppc").name,
        evidence=Strength.WEAK,
        verified=True,
        themes=(Theme.MFA,),
        checks=("acme",),
    )
    assert control.takes("other", "mfa")
    assert control.takes("acme", "backup")
    assert not control.takes("other", "backup")


def test_every_basis_is_of_a_kind_that_has_words_and_no_link_is_a_mere_default_of_a_benchmark() -> None:
    assert BASIS_KINDS.keys() == set(BasisKind)
    for name, basis in BASIS.items():
        if "CIS " in basis.text.en and basis.text.en.startswith("CIS "):
            assert basis.kind is BasisKind.STANDARD, name
    by_name = {line.name: line for line in describe(AuditPolicy())}
    assert by_name["password_reuse_prevention"].kind is BasisKind.GUIDELINE
    assert by_name["root_unused_days"].kind is BasisKind.DEFAULT
    assert BasisKind.OWN_RULE not in {line.kind for line in by_name.values()}


def test_what_the_company_chose_is_its_own_rule_with_a_clause_or_without() -> None:
    given = AuditPolicy(password_min_length=8, rules={"root_unused_days": "規程 第3条"})
    by_name = {line.name: line for line in describe(given)}
    assert by_name["password_min_length"].kind is BasisKind.OWN_RULE
    assert by_name["password_min_length"].basis.ja.startswith("自社で定めた基準(参考: ")
    assert by_name["root_unused_days"].kind is BasisKind.OWN_RULE
    chosen_profile = {line.name: line for line in describe(AuditPolicy(profile="seed-90d"))}
    assert chosen_profile["password_max_age_days"].kind is BasisKind.OWN_RULE


def test_a_finding_names_the_narrowest_controls_and_the_general_ones_only_without_them() -> None:
    two = chosen(("ppc", "iso27001"), ("ja",))
    assert list(controls_of(two, "aws-iam-user-mfa", "mfa", "ja")) == [
        "個情法GL通則編 10-6(2)",
        "ISO/IEC 27001:2022 A.5.17, A.8.5",
    ]
    assert list(controls_of(two, "x", "backup", "ja")) == [
        "個情法GL通則編 10-3(5)(未検証)",
        "ISO/IEC 27001:2022 A.8.13",
    ]
    assert list(controls_of(chosen(("cis-gcp",), ("ja",)), "aws-iam-user-mfa", "mfa", "ja")) == []


def test_every_finding_has_a_control_in_the_frameworks_that_are_shown_by_default() -> None:
    for language in ("ja", "en"):
        frameworks = chosen((), (language,))
        for each in CHECKS.values():
            assert list(controls_of(frameworks, each.id, each.theme, language)), each.id
