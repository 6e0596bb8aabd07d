import pytest

from cloudaudit.providers.aws.protection import shortened

KEY_ID = "11112222-3333-4444-5555-666677778888"
HERE = "arn:aws:kms:ap-northeast-1:123456789012"


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (KEY_ID, "11112222…"),
        (f"{HERE}:key/{KEY_ID}", "11112222…"),
        ("mrk-1111222233334444", "mrk-1111…"),
        ("alias/customer-data", "alias/customer-data"),
        (f"{HERE}:alias/team/data", "alias/team/data"),
        ("", ""),
    ],
)
def test_key_ids_are_shortened_and_aliases_are_not(key: str, shown: str) -> None:
    assert shortened(key) == shown
