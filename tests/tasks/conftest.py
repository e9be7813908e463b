"""What several tests of tasks begin with."""

from collections.abc import Iterator

import pytest

from foreign_systems.pool import close_pools
from tests.factories import (
    make_smtp_server,
)
from tests.foreign_systems.scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        make_smtp_server(scripted.port)
        yield scripted
        close_pools()
