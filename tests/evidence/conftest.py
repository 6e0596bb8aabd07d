"""One key, one timestamp authority, one sealed night."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cloudaudit.evidence.keyfile import KeyFile, make, open_key
from cloudaudit.evidence.pdf import PdfSigner
from cloudaudit.evidence.report import Report
from cloudaudit.evidence.seal import Sealer
from cloudaudit.evidence.trust import Trust
from cloudaudit.evidence.verify import Question, verify
from fakes.evidence.authority import Authority
from fakes.evidence.authority import authority as new_authority
from fakes.evidence.workshop import PASSPHRASE, Workshop


@pytest.fixture(scope="session")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "signing.key"
    make(path, "株式会社サンプル商事", PASSPHRASE, datetime(2026, 10, 1, tzinfo=UTC))
    return path


@pytest.fixture(scope="session")
def key(key_path: Path) -> KeyFile:
    return open_key(key_path, PASSPHRASE)


@pytest.fixture(scope="session")
def trust(key: KeyFile) -> Trust:
    return Trust(keys=(key.key,), certificates=(key.certificate,))


@pytest.fixture(scope="session")
def sealer(key: KeyFile) -> Sealer:
    return Sealer(signer=key, pdf=PdfSigner(key))


@pytest.fixture(scope="session")
def authority() -> Authority:
    return new_authority()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, sealer: Sealer) -> Path:
    """One sealed night, for tests that only read it or copy it."""
    return Workshop(tmp_path_factory.mktemp("night"), sealer).night("2026-11-01T18:00:00Z")


@pytest.fixture
def workshop(tmp_path: Path, sealer: Sealer) -> Workshop:
    return Workshop(tmp_path / "nights", sealer)


Verifier = Callable[..., Report]


@pytest.fixture
def look(trust: Trust) -> Verifier:
    """Verify with the key named, and without judging again unless asked to."""

    def verified(path: Path, **question: Any) -> Report:
        given: dict[str, Any] = {"trust": trust, **question}
        return verify(path, Question(**given))

    return verified


@pytest.fixture(scope="session")
def other_key(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    path = tmp_path_factory.mktemp("other") / "signing.key"
    make(path, "別の会社", PASSPHRASE, datetime(2026, 10, 1, tzinfo=UTC))
    return open_key(path, PASSPHRASE)
