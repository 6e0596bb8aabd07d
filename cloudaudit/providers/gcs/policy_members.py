"""Who a member of a binding, or an entity of an ACL, is.

https://cloud.google.com/iam/docs/principal-identifiers
https://cloud.google.com/storage/docs/access-control/lists#scopes
"""

import re

from msgspec import Struct

from cloudaudit.providers.gcs.service_agents import AGENT_HOSTS, HOST_END, LOOKS_LIKE_AGENT
from cloudaudit.text import Text

EVERYONE, SIGNED_IN = "allUsers", "allAuthenticatedUsers"
PUBLIC_MEMBERS = {EVERYONE, SIGNED_IN, "principalSet://goog/public:all"}
# What is left of a deleted principal lets nobody in until it is restored.
DELETED = "deleted:"
USER, GROUP, DOMAIN, SERVICE_ACCOUNT = "user", "group", "domain", "serviceAccount"
PROJECT_ROLES = {
    "projectOwner": "roles/owner",
    "projectEditor": "roles/editor",
    "projectViewer": "roles/viewer",
}
"""Convenience values: whoever has this role on the project."""
ADDRESSES = {USER, GROUP, SERVICE_ACCOUNT}
CONSUMER_DOMAINS = {"gmail.com", "googlemail.com"}

_AGENT_NUMBER = re.compile(r"(?:[a-z-]+-)?(\d+)(?:-compute)?", re.ASCII)
_NUMBERED_HOSTS = {
    "developer.gserviceaccount.com",
    "cloudservices.gserviceaccount.com",
    "cloudbuild.gserviceaccount.com",
}
# A Kubernetes service account: project.svc.id.goog[namespace/name].
_KUBERNETES = re.compile(r"([^@\[]+)\.svc\.id\.goog\[.*\]", re.ASCII | re.DOTALL)
_IN_PROJECT = re.compile(
    r"//iam\.googleapis\.com/projects/([^/]+)/locations/[^/]+/workloadIdentityPools/.+", re.ASCII | re.DOTALL
)
_IN_HIERARCHY = re.compile(
    r"//cloudresourcemanager\.googleapis\.com/((?:projects|folders|organizations)/[^/]+)(?:/.*)?",
    re.ASCII | re.DOTALL,
)
_CUSTOMER = re.compile(r"//goog/cloudIdentityCustomerId/([^/]+)", re.ASCII)


class Member(Struct, frozen=True):
    """One member.

    Attributes:
        kind: the word before the colon (``user``, ``principalSet`` …); for a public member its whole text.
        name: what comes after it.
        text: the member as the provider writes it in a binding.
    """

    kind: str
    name: str
    text: str

    @property
    def public(self) -> bool:
        """Whether it stands for everyone, or for everyone with a Google account, which anybody can make."""
        return self.text in PUBLIC_MEMBERS

    @property
    def nobody(self) -> bool:
        """Whether it stands for a deleted principal."""
        return self.text.startswith(DELETED)

    @property
    def domain(self) -> str:
        """The domain of an address or of a domain member, in lower case; empty for the others."""
        if self.kind == DOMAIN:
            return self.name.lower()
        return self.name.rpartition("@")[2].lower() if self.kind in ADDRESSES and "@" in self.name else ""

    @property
    def project(self) -> str:
        """Id or number of the project that a service account, a pool or a convenience value belongs to; else empty."""
        if self.kind == SERVICE_ACCOUNT:
            return _project_of_account(self.name.lower())
        if self.kind in PROJECT_ROLES:
            return self.name
        found = _IN_PROJECT.fullmatch(self.name)
        place = self.place
        return found[1] if found else place.removeprefix("projects/") if place.startswith("projects/") else ""

    @property
    def place(self) -> str:
        """``organizations/1``, ``folders/1`` or ``projects/1`` for the set of all principals there; else empty."""
        found = _IN_HIERARCHY.fullmatch(self.name)
        return found[1] if found else ""

    @property
    def customer(self) -> str:
        """The Workspace customer that a principal set stands for; else empty."""
        found = _CUSTOMER.fullmatch(self.name)
        return found[1] if found else ""

    @property
    def agent(self) -> bool:
        """Whether it is a service agent, which Google runs and which acts for a project."""
        return self.kind == SERVICE_ACCOUNT and self.domain in AGENT_HOSTS

    @property
    def maybe_agent(self) -> bool:
        """Whether its address looks like a service agent's, and Google's list does not have it."""
        host = self.domain
        looks = LOOKS_LIKE_AGENT.fullmatch(host) is not None
        return self.kind == SERVICE_ACCOUNT and looks and host not in AGENT_HOSTS

    @property
    def words(self) -> Text:
        """The member for a sentence; in Japanese with the spaces that Latin letters stand apart by."""
        if self.text == SIGNED_IN:
            return Text(
                en="everyone with a Google account (allAuthenticatedUsers)",
                ja=" Google アカウントを持つすべての人(allAuthenticatedUsers)",
            )
        if self.public:
            return Text(en=f"everyone ({self.text})", ja=f"すべての人({self.text})")
        return Text(en=self.text or "(nobody)", ja=f" {self.text} " if self.text else "(なし)")


def member(text: str) -> Member:
    """Return a member of a binding."""
    if text in PUBLIC_MEMBERS:
        return Member(text, "", text)
    kind, _, name = text.removeprefix(DELETED).partition(":")
    return Member(kind, name, text)


def entity(text: str) -> Member:
    """Return an entity of an ACL as the member of a binding that it equals."""
    if text in PUBLIC_MEMBERS:
        return member(text)
    kind, _, name = text.partition("-")
    if kind == "project":
        team, _, number = name.partition("-")
        word = {"owners": "projectOwner", "editors": "projectEditor", "viewers": "projectViewer"}.get(
            team, "project"
        )
        return member(f"{word}:{number}")
    if kind == "user" and name.lower().endswith("gserviceaccount.com"):
        return member(f"{SERVICE_ACCOUNT}:{name}")
    return member(f"{kind}:{name}")


def _project_of_account(address: str) -> str:
    kubernetes = _KUBERNETES.fullmatch(address)
    if kubernetes:
        return kubernetes[1]
    local, _, host = address.rpartition("@")
    if host in AGENT_HOSTS or host in _NUMBERED_HOSTS:
        found = _AGENT_NUMBER.fullmatch(local)
        return found[1] if found else ""
    if host == "appspot.gserviceaccount.com":
        return local
    if not host.endswith(HOST_END):
        return ""
    # A project of a domain, example.com:project, has its accounts at project.example.com.iam.gserviceaccount.com.
    project, _, domain = host.removesuffix(HOST_END).partition(".")
    return f"{domain}:{project}" if domain else project
