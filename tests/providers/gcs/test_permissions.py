"""The role that is printed is the one that a scan needs, in forms that Google's tools take."""

import json
import re

import pytest

from cloudaudit.providers.gcs.operations import CLOUD_SCOPE, OPERATIONS, USERS_SCOPE, Operation
from cloudaudit.providers.gcs.permissions import (
    FORMATS,
    LEVELS,
    Format,
    Level,
    condition_of,
    parts_of,
    permissions_for,
    render,
    scopes_for,
)

SETTINGS = parts_of(OPERATIONS, "off")


def listed(text: str) -> list[str]:
    """The permissions of either form."""
    return re.findall(r'^(?:- |    )"([a-z]+\.[A-Za-z.]+)",?$', text, re.MULTILINE)


@pytest.mark.parametrize("form", FORMATS)
def test_an_organisations_role_holds_exactly_what_the_operations_need(form: Format) -> None:
    needed = {permission for operation in SETTINGS for permission in operation.permissions}
    assert set(listed(render(SETTINGS, form, "organization"))) == needed | {"serviceusage.services.use"}


@pytest.mark.parametrize("form", FORMATS)
def test_looking_at_objects_is_granted_by_who_wants_it_and_explained(form: Format) -> None:
    plain, looking = (
        set(listed(render(parts_of(OPERATIONS, each), form, "project"))) for each in ("off", "list")
    )
    assert looking - plain == {
        "cloudkms.cryptoKeyVersions.get",
        "storage.objects.getIamPolicy",
        "storage.objects.list",
    }
    text = render(parts_of(OPERATIONS, "list"), form, "project")
    assert all(f"#   {permission}" in text for permission in looking - plain)
    assert "オブジェクト単位の確認" in text
    assert 'storage.objects.get"' not in text


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("objects", ["auto", "inventory"])
def test_reading_reports_is_a_role_of_its_own_under_a_condition(form: Format, objects: str) -> None:
    text = render(parts_of(OPERATIONS, objects), form, "project", ("gs://reports/weekly/",))
    first, _, second = text.rpartition("# Only where inventory reports")
    assert 'storage.objects.get"' not in first
    assert '"storage.objects.get"' in second
    assert "resource.name.startsWith(" in second
    assert "必ず次の条件付きで" in second
    if form == "yaml":
        assert '"projects/_/buckets/reports/objects/weekly/"' in second
        assert all(line.startswith("#") for line in second.splitlines()[1:])
        assert "gs://REPORT" not in text
        assert "buckets/REPORT_BUCKET/objects/REPORT_PATH/" in render(
            parts_of(OPERATIONS, objects), form, "project"
        )
    else:
        assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    "place",
    [
        "gs://reports",
        "gs://reports/",
        "reports/weekly",
        "s3://reports/weekly",
        'gs://reports/a")||("',
        "gs://reports///",
    ],
)
def test_a_whole_bucket_is_no_place_of_reports(place: str) -> None:
    assert condition_of(place) is None
    with pytest.raises(ValueError, match="not all places"):
        render(parts_of(OPERATIONS, "inventory"), "yaml", "project", (place,))


@pytest.mark.parametrize("form", FORMATS)
def test_a_projects_role_leaves_out_what_lies_above_and_says_so(form: Format) -> None:
    text = render(SETTINGS, form, "project")
    left_out = set(permissions_for(SETTINGS)) - set(listed(text))
    assert left_out == {
        "accesscontextmanager.policies.list",
        "accesscontextmanager.servicePerimeters.list",
        "resourcemanager.folders.getIamPolicy",
        "resourcemanager.folders.list",
        "resourcemanager.organizations.get",
        "resourcemanager.organizations.getIamPolicy",
        "resourcemanager.projects.list",
    }
    assert all(f"#   {permission}" in text for permission in left_out)
    assert "判定不能" in text


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_workspace_scope_and_how_to_grant_it_stand_in_both_languages(form: Format, level: Level) -> None:
    text = render(SETTINGS, form, level)
    assert f"#   {USERS_SCOPE}" in text
    assert "Domain-wide delegation" in text
    assert "ドメイン全体の委任" in text
    assert scopes_for(SETTINGS) == (USERS_SCOPE,)
    assert CLOUD_SCOPE not in text


def test_the_yaml_is_what_gcloud_takes() -> None:
    lines = [line for line in render(SETTINGS, "yaml", "project").splitlines() if not line.startswith("#")]
    keys = [line.partition(":")[0] for line in lines if not line.startswith("- ")]
    assert keys == ["title", "description", "stage", "includedPermissions"]
    assert json.loads(lines[0].partition(": ")[2])
    items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    assert [json.loads(item) for item in items] == sorted(json.loads(item) for item in items)


@pytest.mark.parametrize(("level", "where"), [("organization", "org_id"), ("project", "project")])
def test_the_module_makes_the_role_and_grants_it(level: Level, where: str) -> None:
    text = render(SETTINGS, "terraform", level)
    kind = f"google_{level}_iam_custom_role"
    assert f'resource "{kind}" "cloudaudit"' in text
    assert f"{kind}.cloudaudit.name" in text
    assert f'variable "{where}"' in text
    assert text.count("{") == text.count("}")
    # As terraform fmt has it: the signs of one block stand below each other.
    for block in text.split("\n}\n"):
        signs = {line.index(" = ") for line in block.splitlines() if re.match(r"  \w+ += ", line)}
        assert len(signs) <= 1


@pytest.mark.parametrize(
    "permission",
    [
        "storage.objects.get",
        "storage.buckets.setIamPolicy",
        "iam.serviceAccounts.getAccessToken",
        "*",
        "storage.*",
    ],
)
def test_nothing_but_reads_of_settings_reaches_the_role(permission: str) -> None:
    operation = Operation("storage", "x.get", "GET", "/x", (permission,))
    with pytest.raises(ValueError, match="not a read of settings"):
        permissions_for([operation])
