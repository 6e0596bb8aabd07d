from pathlib import Path

import pytest

from cloudaudit import policy as policies
from cloudaudit.errors import Exit, UsageError
from cloudaudit.policy import PROFILES, AuditPolicy, describe, digest, load


def written(folder: Path, text: str) -> Path:
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_sets_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'access_key_max_age_days = 30\nallowed_countries = ["JP"]\n[rules]\naccess_key_max_age_days = "第5条"\n',
    )
    loaded = load(path)
    assert loaded.access_key_max_age_days == 30
    assert loaded.allowed_countries == ("JP",)
    assert loaded.password_min_length == AuditPolicy().password_min_length


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")) == AuditPolicy()


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'profile = "strict"\naccess_key_max_age_days = -1\npassword_min_length = "long"\n'
        'allowed_countries = ["jp"]\ntrusted_accounts = ["12"]\nno_such_setting = 1\n',
    )
    with pytest.raises(UsageError) as caught:
        load(path)
    for text in (caught.value.text.en, caught.value.text.ja):
        assert str(path) in text
        for name in (
            "profile",
            "access_key_max_age_days",
            "password_min_length",
            "allowed_countries.0",
            "trusted_accounts.0",
            "no_such_setting",
        ):
            assert name in text
    assert caught.value.exit is Exit.USAGE


@pytest.mark.parametrize(
    "content",
    [
        b"profile = \n",
        b"\xff\xfe",
        b"a = 1\na = 2\n",
        b"root_unused_days = " + b"9" * 6_000 + b"\n",
        b"trusted_accounts = " + b"[" * 20_000 + b"]" * 20_000 + b"\n",
    ],
    ids=["cut", "utf-16", "twice", "long", "deep"],
)
def test_what_is_no_toml_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"not valid TOML|not in UTF-8"):
        load(path)


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read") as caught:
        load(tmp_path / "none.toml")
    assert "--policy" in caught.value.text.ja


@pytest.mark.parametrize(
    ("given", "days"),
    [
        (AuditPolicy(), None),
        (AuditPolicy(profile="jp-current"), None),
        (AuditPolicy(profile="seed-90d"), 90),
        (AuditPolicy(profile="own-rule", password_max_age_days=180), 180),
        (AuditPolicy(profile="seed-90d", password_max_age_days=30), 30),
        (AuditPolicy(password_max_age_days=0), 0),
    ],
)
def test_the_rule_on_passwords_follows_the_profile_unless_it_is_set(
    given: AuditPolicy, days: int | None
) -> None:
    assert given.password_rule_days == days


def test_there_are_three_profiles() -> None:
    assert PROFILES == ("jp-current", "seed-90d", "own-rule")


def test_every_setting_is_described_with_its_basis_in_both_languages() -> None:
    lines = describe(AuditPolicy())
    assert [line.name for line in lines] == [name for name in AuditPolicy.model_fields if name != "rules"]
    for line in lines:
        assert line.origin == "default"
        assert line.basis.en.isascii()
        assert line.basis.ja
        assert line.source == "" or line.source.startswith("https://")


def test_no_basis_is_written_for_a_setting_that_is_not_there() -> None:
    assert policies.BASIS.keys() <= AuditPolicy.model_fields.keys()


def test_what_the_file_set_is_described_as_such_with_its_clause() -> None:
    given = AuditPolicy(root_unused_days=30, rules={"root_unused_days": "規程 第8条"})
    by_name = {line.name: line for line in describe(given)}
    assert (by_name["root_unused_days"].value, by_name["root_unused_days"].origin) == (30, "policy file")
    assert by_name["root_unused_days"].rule == "規程 第8条"
    assert by_name["access_key_max_age_days"].origin == "default"
    assert by_name["access_key_max_age_days"].rule == ""


def test_the_rule_in_force_is_described_and_not_the_empty_setting() -> None:
    by_name = {line.name: line for line in describe(AuditPolicy(profile="seed-90d"))}
    assert by_name["password_max_age_days"].value == 90


def test_a_clause_for_a_setting_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    path = written(tmp_path, '[rules]\naccess_key_age = "第5条"\n')
    with pytest.raises(UsageError, match="access_key_age"):
        load(path)


def test_an_own_rule_names_its_days(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="password_max_age_days: is required") as caught:
        load(written(tmp_path, 'profile = "own-rule"\n'))
    assert "必須" in caught.value.text.ja
    loaded = load(written(tmp_path, 'profile = "own-rule"\npassword_max_age_days = 180\n'))
    assert loaded.password_rule_days == 180


@pytest.mark.parametrize(
    "network", ["203.0.113.0/24", "203.0.113.7/24", "2001:db8::/32", "vpc-0a1b", "vpce-0a1b", "10.0.0.1/32"]
)
def test_networks_that_can_be_trusted(tmp_path: Path, network: str) -> None:
    assert load(written(tmp_path, f'trusted_networks = ["{network}"]\n')).trusted_networks == (network,)


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "::/0", "office", "203.0.113.7", "203.0.113.0/33", "vpc-", "vpc-1 ", "", "subnet-1"],
)
def test_networks_that_cannot_be_trusted(tmp_path: Path, network: str) -> None:
    with pytest.raises(UsageError, match=r"trusted_networks\.0: is no address range") as caught:
        load(written(tmp_path, f'trusted_networks = ["{network}"]\n'))
    assert "VPC エンドポイント" in caught.value.text.ja


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("no_such_setting = 1", "そのような設定項目はありません"),
        ('root_unused_days = "long"', "整数で指定"),
        ("root_unused_days = []", "整数で指定"),
        ("root_unused_days = 1.5", "整数で指定"),
        ("root_unused_days = -1", "0 以上で指定"),
        ("root_unused_days = 36501", "36500 以下で指定"),
        ('root_unused_days = "' + "9" * 5_000 + '"', "桁数"),
        ("sensitive_tags = [1]", "文字列で指定"),
        ("sensitive_tags = 1", "配列で指定"),
        ('own_kms_key_required = "perhaps"', "true または false"),
        ("own_kms_key_required = []", "true または false"),
        ('profile = "strict"', "'jp-current'、'seed-90d'、'own-rule' のいずれか"),
        ('trusted_accounts = ["12"]', r"形式が正しくありません(正規表現: ^\d{12}$)"),
        ("rules = 1", "テーブル"),
        ('[rules]\nnone = "x"', "そのような設定項目はありません(none)"),
    ],
)
def test_faults_are_told_in_japanese(tmp_path: Path, setting: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path, setting + "\n"))
    assert said in caught.value.text.ja
    assert "hould" not in caught.value.text.ja
    assert "nput" not in caught.value.text.ja


def test_equal_policies_have_equal_digests() -> None:
    assert digest(AuditPolicy()) == digest(AuditPolicy(access_key_max_age_days=90))
    assert digest(AuditPolicy()) != digest(AuditPolicy(access_key_max_age_days=91))
    assert len(digest(AuditPolicy())) == 64
