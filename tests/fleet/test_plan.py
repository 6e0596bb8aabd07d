from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cloudaudit.cli.bilingual import Words
from cloudaudit.cli.fleet_arguments import FleetCommand, handed_on
from cloudaudit.cli.options import sealing
from cloudaudit.errors import CredentialsError, UsageError
from cloudaudit.fleet.plan import digest, environment, plan, shard_of
from cloudaudit.fleet.target_file import load_targets, parsed
from cloudaudit.fleet.targets import AwsTarget, GcsTarget, M365Target
from cloudaudit.folder_names import folder_name_fault
from cloudaudit.providers.aws.organization import Member, Organization
from cloudaudit.text import Text

NOWHERE = Path("cloudaudit.toml")


def targets(*tables: dict[str, Any]) -> Any:
    return parsed(list(tables), NOWHERE)


def nothing(_target: AwsTarget) -> Organization:
    return Organization("aws-cn", ())


def test_targets_become_the_arguments_of_a_scan() -> None:
    aws, gcs, m365 = plan(
        targets(
            {
                "name": "a",
                "provider": "aws",
                "role_arn": "arn:aws:iam::111122223333:role/x",
                "external_id": "--mask",
                "regions": ["ap-northeast-1"],
                "themes": ["mfa"],
                "concurrency": 4,
            },
            {"name": "g", "provider": "gcs", "organization": "12", "customer": "C0123abcd", "bulk": True},
            {
                "name": "m",
                "title": "M 社",
                "provider": "m365",
                "tenant": "t.example",
                "secret_env": "T_SECRET",
            },
        ),
        nothing,
    )
    assert aws.job is not None
    assert aws.job.arguments == (
        "aws",
        "--role-arn=arn:aws:iam::111122223333:role/x",
        "--external-id=--mask",
        "--region=ap-northeast-1",
        "--theme=mfa",
        "--concurrency=4",
    )
    assert gcs.job is not None
    assert gcs.job.arguments == ("gcs", "--organization=12", "--workspace-customer=C0123abcd", "--bulk")
    assert m365.job is not None
    assert m365.job.arguments == ("m365", "--tenant=t.example", "--cloud=global")
    assert (m365.title, m365.secrets) == ("M 社", {"AZURE_CLIENT_SECRET": "T_SECRET"})


def test_an_organisation_becomes_its_accounts() -> None:
    (target,) = targets(
        {
            "name": "o",
            "provider": "aws",
            "organization": True,
            "role": "/p/r",
            "exclude": ["2" * 12, "9" * 12],
        }
    )
    members = [
        Member("1" * 12, "one", "ACTIVE"),
        Member("2" * 12, "two", "ACTIVE"),
        Member("3" * 12, "three", "PENDING_CLOSURE"),
        Member("4" * 12, "", ""),
    ]
    planned = {one.name: one for one in plan([target], lambda _: Organization("aws-cn", tuple(members)))}
    first, second, third, fourth = (planned[f"o-{number * 12}"] for number in "1234")
    assert first.job is not None
    assert first.job.arguments == ("aws", f"--role-arn=arn:aws-cn:iam::{'1' * 12}:role/p/r")
    assert second.why_not == Text(en="left out by exclude", ja="exclude の指定により対象外")
    assert third.why_not is not None
    assert "PENDING_CLOSURE" in third.why_not.en
    assert fourth.job is not None, "an account whose state AWS does not tell is scanned"
    wrong = planned[f"o-{'9' * 12}"]
    assert (wrong.job, wrong.code) == (None, 2)


def test_an_organisation_that_cannot_be_listed_leaves_the_others() -> None:
    def refuse(_target: AwsTarget) -> Organization:
        raise CredentialsError(Text(en="no", ja="不可"))

    planned = plan(
        targets(
            {"name": "o", "provider": "aws", "organization": True, "role": "r"},
            {"name": "a", "provider": "aws"},
        ),
        refuse,
    )
    assert [(one.name, one.code, one.job is None) for one in planned] == [("o", 2, True), ("a", 0, False)]


def test_no_target_sees_the_secrets_of_another() -> None:
    planned = plan(
        targets(
            {"name": "a", "provider": "m365", "tenant": "a.example", "secret_env": "A_SECRET"},
            {"name": "b", "provider": "m365", "tenant": "b.example", "secret_env": "B_SECRET"},
            {"name": "c", "provider": "aws"},
        ),
        nothing,
    )
    held = {"A_SECRET": "of a", "B_SECRET": "of b", "PATH": "p", "AZURE_CLIENT_CERTIFICATE_PATH": "of nobody"}
    assert environment(planned[0], planned, held) == {"PATH": "p", "AZURE_CLIENT_SECRET": "of a"}
    assert environment(planned[1], planned, held) == {"PATH": "p", "AZURE_CLIENT_SECRET": "of b"}
    assert environment(planned[2], planned, held) == {
        "PATH": "p",
        "AZURE_CLIENT_CERTIFICATE_PATH": "of nobody",
    }
    with pytest.raises(UsageError, match="B_SECRET is not set"):
        environment(planned[1], planned, {"A_SECRET": "of a"})


@given(
    st.sets(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True), max_size=30), st.integers(1, 9)
)
def test_every_target_belongs_to_one_shard_whatever_others_there_are(names: set[str], count: int) -> None:
    assert all(1 <= shard_of(name, count) <= count for name in names)
    assert {name: shard_of(name, count) for name in names} == {
        name: shard_of(name, count) for name in sorted(names)
    }
    assert all(shard_of(name, 1) == 1 for name in names)


def test_the_shards_of_known_names_never_change() -> None:
    assert [shard_of(f"account-{number}", 4) for number in range(8)] == [2, 3, 4, 1, 1, 4, 1, 2]


def test_many_targets_are_spread_evenly() -> None:
    shards = [shard_of(f"org-{number:012d}", 4) for number in range(2_000)]
    assert all(430 <= shards.count(shard) <= 570 for shard in range(1, 5))


def test_the_digest_tells_targets_and_options_apart() -> None:
    one = targets({"name": "a", "provider": "aws"})
    assert digest(one, ["--x"]) == digest(one, ["--x"])
    assert (
        len(
            {
                digest(one, ["--x"]),
                digest(one, []),
                digest(targets({"name": "b", "provider": "aws"}), ["--x"]),
            }
        )
        == 3
    )


FAULTY = [
    ({"name": "a"}, "provider"),
    ({"name": "a", "provider": "azure"}, "provider"),
    ({"name": "../a", "provider": "aws"}, "name"),
    ({"name": "con", "provider": "aws"}, "Windows keeps this name"),
    ({"name": "a.", "provider": "aws"}, "target a..name"),
    ({"name": "a", "provider": "aws", "secret": "x"}, "target a.secret"),
    ({"name": "a", "provider": "aws", "organization": True}, "needs role"),
    ({"name": "a", "provider": "aws", "role": "r"}, "need organization = true"),
    ({"name": "a", "provider": "gcs", "organization": "1", "folder": "2"}, "either organization or folder"),
    ({"name": "a", "provider": "m365", "tenant": "t", "secret_env": "not a name"}, "secret_env"),
    ({"name": "a", "provider": "m365", "tenant": "t", "client_secret": "shh"}, "client_secret"),
]


@pytest.mark.parametrize(("table", "said"), FAULTY)
def test_a_fault_is_told_with_its_place(table: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        targets(table)
    assert "shh" not in caught.value.text.en + caught.value.text.ja


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        targets({"name": "a", "provider": "aws", "x": 1}, {"name": "b", "provider": "m365"})
    assert "target a.x" in caught.value.text.en
    assert "target b.tenant" in caught.value.text.en
    assert "必須の項目です" in caught.value.text.ja


def test_two_targets_never_share_a_folder() -> None:
    with pytest.raises(UsageError, match="one name: a"):
        targets({"name": "a", "provider": "aws"}, {"name": "A", "provider": "aws"})


def test_a_file_is_read_or_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    with pytest.raises(UsageError, match="cannot be read"):
        load_targets(path)
    path.write_text("[[target]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not valid TOML"):
        load_targets(path)
    path.write_text("[policy]\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no target"):
        load_targets(path)
    path.write_text('[policy]\n[[target]]\nname = "a"\nprovider = "aws"\n', encoding="utf-8")
    assert [target.name for target in load_targets(path)] == ["a"]


def test_no_model_of_a_target_has_room_for_a_secret() -> None:
    for model in (AwsTarget, GcsTarget, M365Target):
        for name in model.model_fields:
            assert not any(word in name for word in ("secret", "password", "token", "key")) or name.endswith(
                "_env"
            )


@pytest.mark.parametrize(
    "name", ["acme", "株式会社サンプル", "a b", "データ.2026", "A-1_(x)", "conx", "a" * 64]
)
def test_a_safe_name_of_a_folder(name: str) -> None:
    assert folder_name_fault(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "a" * 65, "a/b", "a\\b", "..", ".a", "-a", " a", "a.", "a ", "a:b", "a*", 'a"', "a<b", "a|b", "a?",
        "NUL", "nul.txt", "Com1", "LPT9.log", "COM¹", "CONIN$", "a\x00", "a\nb", "a\u202eb", "\ud800", "😀", "한국",
        "か\u3099",
    ],
)  # fmt: skip
def test_a_name_that_some_system_does_not_take(name: str) -> None:
    fault = folder_name_fault(name)
    assert fault is not None
    assert fault.en
    assert fault.ja


@pytest.mark.parametrize(("typed", "told"), [("--no-seal", ["--no-seal"]), ("--seal", ["--seal"]), ("", [])])
def test_a_flag_that_is_turned_off_is_handed_on(typed: str, told: list[str]) -> None:
    """Else a key in the environment would seal what was asked not to be sealed."""

    @click.command(cls=FleetCommand, words=Words("x", "x"))
    @sealing
    @click.pass_context
    def command(ctx: click.Context, /, **_: object) -> None:
        click.echo("\n".join(handed_on(ctx, ())))

    done = CliRunner().invoke(command, typed.split(), env={"CLOUDAUDIT_KEY": ""})
    assert done.exit_code == 0, done.output
    assert [line for line in done.output.splitlines() if "seal" in line] == told
