"""The stand-ins for AWS, one of each per worker; their absence skips, saying what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.estate import standins
from tests.oracle import terraform


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The endpoint of a moto server."""
    pytest.importorskip("moto.server", reason="moto is not installed: nothing is applied to a stand-in for AWS")
    if not terraform.available():
        pytest.skip("terraform or its provider is not available: nothing is applied to a stand-in for AWS")
    with standins.moto() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The endpoint of a dynalite server."""
    pytest.importorskip("boto3", reason="boto3 is not installed: no stand-in can be asked about tables")
    package = standins.dynalite_package()
    if isinstance(package, str):
        pytest.skip(f"{package}: no stand-in judges the tables as DynamoDB does")
    with standins.dynalite(package) as endpoint:
        yield endpoint
