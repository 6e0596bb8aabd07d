"""Names that several parts of the sample estate use. サンプル商事 (Sample Shoji) does not exist."""

ACCOUNT = "123456789012"
OUTSIDER = "999988887777"
TRUSTED = "111122223333"

HOME = "ap-northeast-1"
OSAKA = "ap-northeast-3"
US = "us-east-1"
EU = "eu-west-1"
REGIONS = (
    *(HOME, "ap-northeast-2", OSAKA, "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"),
    *("eu-central-1", "eu-north-1", EU, "eu-west-2", "eu-west-3", "sa-east-1"),
    *(US, "us-east-2", "us-west-1", "us-west-2"),
)
"""The regions that are enabled without opting in."""

INVOICES = "sample-shoji-invoices"
INVOICES_REPLICA = "sample-shoji-invoices-replica"
AUDIT_TRAIL = "sample-shoji-audit-trail"
ACCESS_LOGS = "sample-shoji-access-logs"
INVENTORY_REPORTS = "sample-shoji-inventory-reports"
CORPORATE_SITE = "sample-shoji-corporate-site"
CAMPAIGN = "sample-shoji-campaign"
FLYERS = "sample-shoji-flyer-images"
UPLOADS = "sample-shoji-partner-upload"
RECRUITING = "sample-shoji-recruiting"
LOGISTICS = "sample-shoji-logistics-exchange"
ACCOUNTING = "sample-shoji-accounting-exchange"
PERSONNEL = "sample-shoji-personnel"
CUSTOMERS = "sample-shoji-customer-master"
PAYROLL = "sample-shoji-payroll"
CONTRACTS = "sample-shoji-contracts"
QUOTATIONS = "sample-shoji-quotations"
DRAWINGS = "sample-shoji-design-drawings"
MINUTES = "sample-shoji-meeting-minutes"
BOARD = "sample-shoji-board-records"
LITIGATION = "sample-shoji-litigation"
SENSORS = "sample-shoji-sensor-data"
ARCHIVE = "sample-shoji-erp-archive"
ERP_EXPORT = "sample-shoji-erp-export"
SANDBOX = "sample-shoji-dev-sandbox"
SUBSIDIARY = "sample-shoji-subsidiary-share"
LEGACY_FILES = "sample-shoji-legacy-files"
VENDOR_TEMP = "sample-shoji-vendor-temp"
US_MARKETING = "sample-shoji-us-marketing"
US_ANALYTICS = "sample-shoji-us-analytics"
EU_ORDERS = "sample-shoji-eu-orders"
EU_ASSETS = "sample-shoji-eu-web-assets"
CACHE = "sample-shoji-cache--apne1-az4--x-s3"
GONE = "sample-shoji-minutes-replica-2022"
"""A replication destination that was deleted."""


def bucket_arn(name: str) -> str:
    """Return the ARN of a general purpose bucket."""
    return f"arn:aws:s3:::{name}"


def vault_arn(name: str, region: str) -> str:
    """Return the ARN of a backup vault of the account."""
    return f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:{name}"
