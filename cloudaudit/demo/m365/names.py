"""Names that several parts of the estate use. サンプル商事 (Sample Shoji) does not exist."""

TENANT = "5a3b1e00-0000-4000-8000-00000000c0de"
DOMAIN = "sample-shoji.example"
INITIAL = "sampleshoji.onmicrosoft.com"
CLIENT = "c10dad17-0000-4000-8000-000000000001"

GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
SHAREPOINT_ADMIN = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"
SYNC = "d29b2b05-8046-44ba-8758-1e26182fcf32"
RESTRICTED_GUEST = "2af84b1e-32c8-42b7-82bc-daa82404023b"
LIMITED_GUEST = "10dae51f-b6af-4016-8d66-8c2a99b929b3"

TANAKA, SATO, SUZUKI, TAKAHASHI, ITO, YAMAMOTO = 1, 2, 3, 4, 5, 6
ROOM, SHARED_MAILBOX, SYNC_ACCOUNT, EMERGENCY = 10, 11, 12, 13
ACCOUNTANT, DESIGNER, FORMER_PARTNER = 20, 21, 22

SALES_SITE = "sample-shoji.sharepoint.example,10000000-0000-4000-8000-000000000001,20000000-0000-4000-8000-000000000001"
ARCHIVE_SITE = "sample-shoji.sharepoint.example,10000000-0000-4000-8000-000000000002,20000000-0000-4000-8000-000000000002"
SATO_SITE = "sample-shoji-my.sharepoint.example,10000000-0000-4000-8000-000000000003,20000000-0000-4000-8000-000000000003"
SALES_DRIVE, SATO_DRIVE, TANAKA_DRIVE = "b!sales-documents", "b!sato-onedrive", "b!tanaka-onedrive"


def address(local: str) -> str:
    """Return an address of the company."""
    return f"{local}@{DOMAIN}"
