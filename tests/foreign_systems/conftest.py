"""What several tests of foreign systems begin with."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.foreign_systems.token_server import Provider
from tests.http_server import serving


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    settings.TRIAL = True  # else no token server is asked on this machine
    made = Provider()
    with serving(made.server):
        yield made
