"""An answer that holds nothing is not a good one: no projects, no people, no buckets."""

from cloudaudit.demo.gcs.estate import Estate
from cloudaudit.demo.gcs.server import Denial
from cloudaudit.facts import Cause
from cloudaudit.model import Status
from cloudaudit.providers.gcs.model import Bucket, Project, ServiceAccount, User
from fakes.gcs.build import ROLES, project, user

from .collected import World
from .complete import complete_estate

ORGANIZATION = "900000000001"


def test_an_organisation_without_a_project_is_a_gap_for_all_that_lies_in_projects(world: World) -> None:
    made = complete_estate()
    made.projects.clear()
    world.become(made)
    scanned = world.scan(organization=ORGANIZATION)
    assert {Bucket.of_kind(), Project.of_kind(), ServiceAccount.of_kind()} <= {
        each.of for each in scanned.gaps
    }
    # The people were read and are fine; that must not make a score for the buckets.
    assert {each.status for each in scanned.findings if each.check == "google-user-2sv-enrolled"}
    assert scanned.score.overall.guaranteed is not None
    assert scanned.score.overall.guaranteed < 20
    assert 3 in scanned.exit_codes


def test_projects_that_may_not_be_listed_are_one_gap_a_kind(world: World) -> None:
    world.become(complete_estate())
    world.fake.denials = (Denial("resourcemanager.projects.list"), Denial("resourcemanager.folders.list"))
    scanned = world.scan(organization=ORGANIZATION)
    of_buckets = [each.cause for each in scanned.gaps if each.of == Bucket.of_kind()]
    assert set(of_buckets) == {Cause.DENIED}
    assert 3 in scanned.exit_codes


def test_a_directory_without_a_user_is_a_gap(world: World) -> None:
    world.become(Estate(projects=[project()], roles=dict(ROLES)))
    scanned = world.scan()
    assert [each.of for each in scanned.gaps] == [User.of_kind()]
    assert 3 in scanned.exit_codes


def test_a_project_without_a_bucket_says_nothing_about_buckets(world: World) -> None:
    made = Estate(projects=[project()], roles=dict(ROLES), users=[user("a@sample.example")])
    world.become(made)
    scanned = world.scan()
    assert scanned.gaps == ()
    about_buckets = {each.status for each in scanned.findings if each.check.startswith("gcs-bucket")}
    assert about_buckets <= {Status.NOT_APPLICABLE}
