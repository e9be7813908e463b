"""A certificate that holds."""

import pytest

from tests.foreign_systems.connection_test.trying import HOST
from tests.foreign_systems.scripted_server import certificate


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """The server's TLS context, and its certificate as PEM."""
    return certificate(tmp_path_factory.mktemp("good"), name=HOST)
