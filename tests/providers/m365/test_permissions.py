"""The printed permissions are those of the list of requests, and only reads but for the opt-in."""

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from cloudaudit.cli.root import cli
from cloudaudit.providers.m365.operations import OPERATIONS
from cloudaudit.providers.m365.permissions import ROLE_IDS
from cloudaudit.providers.m365.session import scopes

PLAIN = scopes(sharing_changes=False)


def printed(*more: str) -> str:
    result = CliRunner().invoke(cli, ["permissions", "m365", *more])
    assert result.exit_code == 0, result.output
    return result.stdout


def as_json(*more: str) -> Any:
    return json.loads(printed("--format", "json", *more))


def test_every_permission_of_every_request_is_printed_and_no_other() -> None:
    document = as_json()
    assert tuple(line["name"] for line in document["permissions"]) == PLAIN
    used = {label for line in document["permissions"] for label in line["used_by"]}
    assert used == {operation.label for operation in OPERATIONS if not operation.optional}


def test_nothing_but_reads_is_asked_for_unless_opted_in() -> None:
    assert not [name for name in PLAIN if re.search(r"Write|FullControl|\.Manage", name)]
    opted = {line["name"] for line in as_json("--sharing-changes")["permissions"]}
    assert opted - set(PLAIN) == {"Sites.FullControl.All"}


def test_the_address_of_consent_names_tenant_and_application() -> None:
    address = as_json("--tenant", "contoso.onmicrosoft.com", "--client-id", "abc")["admin_consent"]
    assert address == "https://login.microsoftonline.com/contoso.onmicrosoft.com/adminconsent?client_id=abc"
    assert "login.microsoftonline.us" in as_json("--cloud", "usgov")["admin_consent"]


def test_ids_are_those_of_the_global_cloud_and_of_no_other() -> None:
    ids = {line["name"]: line["app_role_id"] for line in as_json()["permissions"]}
    assert ids["User.Read.All"] == "df021288-bdef-4463-88db-98f22de89214"
    assert ids["SensitivityLabel.Read"] is None
    assert {line["app_role_id"] for line in as_json("--cloud", "china")["permissions"]} == {None}
    assert all(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ROLE_IDS.values())
    assert len(set(ROLE_IDS.values())) == len(ROLE_IDS)


def test_a_manifest_holds_the_known_ids_and_names_the_rest() -> None:
    result = CliRunner().invoke(cli, ["permissions", "m365", "--format", "manifest", "--lang", "en"])
    (resource,) = json.loads(result.stdout)
    assert resource["resourceAppId"] == "00000003-0000-0000-c000-000000000000"
    assert {each["type"] for each in resource["resourceAccess"]} == {"Role"}
    known = {each["id"] for each in resource["resourceAccess"]}
    left_out = [name for name in PLAIN if ROLE_IDS.get(name) not in known]
    assert left_out
    assert all(name in result.stderr for name in left_out)


@pytest.mark.parametrize(("language", "word"), [("en", "administrator"), ("ja", "管理者")])
def test_the_text_is_in_both_languages(language: str, word: str) -> None:
    text = printed("--lang", language, "--sharing-changes")
    assert word in text
    assert all(name in text for name in (*PLAIN, "Sites.FullControl.All", "adminconsent"))
