"""The targets of a fleet, as ``[[target]]`` of the configuration says: plain descriptions, never a secret.

Where a secret is needed, a target names the environment variable or the file that holds it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cloudaudit.folder_names import folder_name_fault

_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"


def _safe_folder(name: str) -> str:
    fault = folder_name_fault(name)
    if fault is not None:
        raise PydanticCustomError("folder_name", fault.en)  # pyright: ignore[reportArgumentType]  # no format string
    return name


Name = Annotated[str, Field(pattern=_NAME), AfterValidator(_safe_folder)]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Names = tuple[Annotated[str, Field(min_length=1)], ...]
AccountId = Annotated[str, Field(pattern=r"^\d{12}$")]
RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$")]


class _Target(BaseModel):
    """What targets of every provider share.

    Attributes:
        name: the folder of its results, unique within the fleet.
        title: for people; the name where it is empty.
        themes: only checks of these; empty for all. Likewise ``checks``.
        max_rps: requests a second at most, within what ``--max-rps`` leaves for this target.
        concurrency: requests in flight; None for the provider's usual number.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    here_only: ClassVar[tuple[str, ...]] = ()
    """Settings that name something on this machine; a worker elsewhere has not got it."""

    name: Name
    title: Annotated[str, Field(max_length=200)] = ""
    themes: Names = ()
    checks: Names = ()
    max_rps: Annotated[float, Field(gt=0)] | None = None
    concurrency: Annotated[int, Field(ge=1, le=512)] | None = None


class AwsTarget(_Target):
    """An AWS account, or with ``organization`` every account of one.

    Attributes:
        role_arn: the role to take on in the account.
        external_id: what the role's trust asks for; AWS does not count it as a secret.
        organization: list the organisation's accounts and scan each with its own role named ``role``.
        role: name of that role, with its path if it has one; in every account the same.
        exclude: ids of accounts to leave out.
    """

    here_only: ClassVar[tuple[str, ...]] = ("profile",)

    provider: Literal["aws"]
    profile: str | None = None
    role_arn: RoleArn | None = None
    external_id: Annotated[str, Field(min_length=2, max_length=1224)] | None = None
    regions: Names = ()
    buckets: Names = ()
    organization: bool = False
    role: Annotated[str, Field(pattern=r"^[\w+=,.@/-]+$")] | None = None
    exclude: tuple[AccountId, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "AwsTarget":
        if self.organization and self.role is None:
            raise PydanticCustomError(
                "role_missing", "organization = true needs role, the role's name in each account"
            )
        if not self.organization and (self.role is not None or self.exclude):
            raise PydanticCustomError("role_alone", "role and exclude need organization = true")
        return self


class GcsTarget(_Target):
    """Google Cloud projects, a folder or an organisation.

    Attributes:
        customer: Workspace customer whose users are read.
        workspace_admin: administrator on whose behalf the users are read.
        credentials: file with credentials, or with a federated configuration.
        impersonate: service account to act as.
    """

    here_only: ClassVar[tuple[str, ...]] = ("credentials",)

    provider: Literal["gcs"]
    projects: Names = ()
    organization: Annotated[str, Field(pattern=r"^\d{1,19}$")] | None = None
    folder: Annotated[str, Field(pattern=r"^\d{1,19}$")] | None = None
    customer: str | None = None
    workspace_admin: str | None = None
    credentials: str | None = None
    impersonate: str | None = None
    endpoint: str | None = None
    bulk: bool = False
    regions: Names = ()
    buckets: Names = ()

    @model_validator(mode="after")
    def _one_span(self) -> "GcsTarget":
        if self.organization and self.folder:
            raise PydanticCustomError("two_spans", "give either organization or folder")
        return self


class M365Target(_Target):
    """A Microsoft 365 tenant.

    Attributes:
        certificate: file with certificate and private key.
        certificate_password_env: name of the environment variable with its password.
        secret_env: name of the environment variable with the application's secret.
    """

    here_only: ClassVar[tuple[str, ...]] = ("certificate", "certificate_password_env", "secret_env")

    provider: Literal["m365"]
    tenant: Annotated[str, Field(min_length=1)]
    client_id: str | None = None
    certificate: str | None = None
    certificate_password_env: Variable | None = None
    secret_env: Variable | None = None
    cloud: Literal["global", "usgov", "usgovdod", "china"] = "global"
    endpoint: str | None = None
    full_pass: bool = False
    sharing_changes: bool = False


Target = Annotated[AwsTarget | GcsTarget | M365Target, Field(discriminator="provider")]
"""One of the list; ``provider`` tells which."""
