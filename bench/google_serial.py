"""The yardstick: what everyone writes first, one request after another with google-cloud-storage and its defaults.

Run by ``bench.google`` as ``python -m bench.google_serial URL PROJECT``. It lists the buckets, then asks each for its IAM
policy and its managed folders; the answers are parsed and dropped.
"""

import os
import sys
from importlib import import_module
from typing import Any
from urllib.parse import quote


def main() -> None:
    """Ask everything, one after the other."""
    url, project = sys.argv[1:]
    os.environ["STORAGE_EMULATOR_HOST"] = url
    storage: Any = import_module("google.cloud.storage")  # it has no types
    client = storage.Client(project=project)
    for bucket in client.list_buckets(projection="full"):
        bucket.get_iam_policy(requested_policy_version=3)
        # The client knows no managed folders of the JSON API.
        client._http.get(f"{url}/storage/v1/b/{quote(bucket.name)}/managedFolders").json()  # noqa: SLF001 - the client has no door for it


if __name__ == "__main__":
    main()
