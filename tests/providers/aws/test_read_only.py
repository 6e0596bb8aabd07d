"""Nothing that could change or open anything is ever sent, whoever asks for it."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from cloudaudit.inventory.plan import Looking, ObjectsWish
from cloudaudit.providers.aws.connect import SDK_OPERATIONS, AwsOptions, Clients, reads
from cloudaudit.providers.aws.guard import InventoryPlaces, WriteRefusedError, guard
from cloudaudit.providers.aws.operations import OBJECT_OPERATIONS, OPERATIONS
from fakes.aws import Estate

from .collected import World, world_of
from .complete import complete_estate

HOME = "ap-northeast-1"
READS = re.compile(r"(Get|List|Describe|Lookup)[A-Z]\w+")
REPORT = "GenerateCredentialReport"
"""Makes IAM write a report for the caller to fetch; it changes nothing that anyone else can see."""
OPENS = re.compile(
    r"GetObject(?!Lock)|GetSecret|GetParameter|GetPassword|Decrypt|GenerateDataKey|GetSession|GetFederation"
)
WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "accessanalyzer": ("delete_analyzer", {"analyzerName": "a"}),
    "backup": ("delete_backup_vault", {"BackupVaultName": "main"}),
    "cloudtrail": ("stop_logging", {"Name": "main"}),
    "ec2": ("terminate_instances", {"InstanceIds": ["i-1"]}),
    "events": ("delete_rule", {"Name": "findings"}),
    "guardduty": ("delete_detector", {"DetectorId": "d"}),
    "iam": ("create_access_key", {"UserName": "hanako"}),
    "kms": ("schedule_key_deletion", {"KeyId": "k"}),
    "macie2": ("disable_macie", {}),
    "organizations": ("leave_organization", {}),
    "s3": ("delete_bucket_policy", {"Bucket": "invoices"}),
    "s3control": ("delete_public_access_block", {"AccountId": "123456789012"}),
    "sso-admin": ("delete_instance", {"InstanceArn": "i"}),
    "sts": ("get_session_token", {}),
}
MORE: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "get_object", {"Bucket": "invoices", "Key": "k"}),
    ("s3", "put_bucket_policy", {"Bucket": "invoices", "Policy": "{}"}),
    ("s3", "select_object_content", {"Bucket": "invoices", "Key": "k"}),
    ("s3", "create_session", {"Bucket": "fast--apne1-az4--x-s3"}),
    ("kms", "decrypt", {"CiphertextBlob": b"x"}),
    ("kms", "generate_data_key", {"KeyId": "k"}),
    ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
    ("ssm", "get_parameter", {"Name": "p", "WithDecryption": True}),
    ("iam", "list_users", {}),
    ("dynamodb", "scan", {"TableName": "t"}),
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_of(Estate(), tmp_path_factory.mktemp("scans")) as made:
        yield made


def refused(world: World, call: Callable[[], object]) -> None:
    world.become(complete_estate())
    with pytest.raises(WriteRefusedError, match="not on the read list"):
        call()
    assert world.fake.counts == {}
    assert world.fake.writes == []


def clients(world: World) -> Clients:
    return world.session._clients  # pyright: ignore[reportPrivateUsage] - what is behind the door is asked


@pytest.mark.parametrize("service", sorted({operation.service for operation in OPERATIONS}))
def test_a_write_of_each_service_is_refused_before_anything_is_sent(world: World, service: str) -> None:
    method, params = WRITES[service]
    client = clients(world).get(service, HOME)
    refused(world, lambda: getattr(client, method)(**params))


@pytest.mark.parametrize(("service", "method", "params"), MORE)
def test_contents_and_secrets_are_never_opened(
    world: World, service: str, method: str, params: dict[str, Any]
) -> None:
    client = clients(world).get(service, HOME)
    refused(world, lambda: getattr(client, method)(**params))


def test_a_client_made_behind_the_factorys_back_is_guarded_too(world: World) -> None:
    import botocore.session

    session = cast("Any", botocore.session.Session())
    guard(session, reads(), InventoryPlaces())
    client: Any = session.create_client("s3", region_name=HOME)
    refused(world, lambda: client.delete_bucket(Bucket="invoices"))
    refused(world, lambda: client.get_object(Bucket="invoices", Key="k"))


def test_the_guard_lets_reads_through(world: World) -> None:
    world.become(complete_estate())
    clients(world).get("s3", HOME).get_bucket_acl(Bucket="invoices")
    assert world.asked("GetBucketAcl") == 1


def test_a_whole_scan_writes_nothing(world: World) -> None:
    world.become(complete_estate())
    world.scan()
    assert world.fake.writes == []
    assert world.asked("GetObject", "CreateSession", "Decrypt") == 0


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_the_list_holds_reads_alone(operation: Any) -> None:
    assert READS.fullmatch(operation.name) or operation.name == REPORT
    assert not OPENS.match(operation.name)


def test_nothing_about_single_objects_is_called_unless_asked_for() -> None:
    assert all(operation.opt_in for operation in OBJECT_OPERATIONS)
    assert not {each.label for each in OBJECT_OPERATIONS} & {each.label for each in OPERATIONS}
    assert {each.name for each in OBJECT_OPERATIONS if OPENS.fullmatch(each.name)} == {"GetObject"}
    looking = {word: AwsOptions(objects=ObjectsWish(looking=word)).operations for word in Looking}
    assert looking[Looking.OFF] == looking[Looking.ESTIMATE] == OPERATIONS
    assert not {"GetObject"} & {each.name for each in looking[Looking.LIST]}
    assert not {"HeadObject", "GetObjectAcl"} & {each.name for each in looking[Looking.INVENTORY]}


def test_what_the_sdk_calls_by_itself_is_sign_in_and_the_place_of_a_bucket() -> None:
    assert {service for service, _ in SDK_OPERATIONS} == {"s3", "sts", "sso", "sso-oidc", "signin"}
    assert {name for service, name in SDK_OPERATIONS if service == "s3"} == {"HeadBucket"}
