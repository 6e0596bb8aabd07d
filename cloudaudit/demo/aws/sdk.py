"""Clients that write to the sample server, and to nothing else."""

from datetime import datetime
from typing import Any

from cloudaudit.demo.aws.names import HOME
from cloudaudit.providers.aws.connect import Client, straighten_loopback

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIADEMODEMODEMODEMO", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


class Sdk:
    """Builds one client a service and region, all bound to the sample server.

    Attributes:
        now: when the estate is built.
    """

    def __init__(self, url: str, now: datetime) -> None:
        import boto3

        sdk: Any = boto3
        self._url = url
        self._session = sdk.session.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=HOME,
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self.now = now

    def client(self, service: str, region: str = HOME) -> Client:
        """Return the client of a service in a region."""
        key = (service, region)
        if key not in self._clients:
            client = self._session.client(service, region_name=region, endpoint_url=self._url)
            client.meta.events.register("before-send", _straighten)
            self._clients[key] = client
        held: Client = self._clients[key]
        return held

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()


def _straighten(request: Any, **_: object) -> None:  # noqa: ANN401 - the SDK has no types
    straighten_loopback(request)
