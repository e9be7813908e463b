"""Worlds of one test: their servers end with it."""

from collections.abc import Callable, Iterator

import pytest

from foreign_systems.pool import close_pools
from tests.faults.world import World
from tests.foreign_systems.scripted_server import Script


@pytest.fixture
def world_of() -> Iterator[Callable[..., World]]:
    worlds: list[World] = []

    def make(script: Script | None = None, **settings: object) -> World:
        worlds.append(World(script, **settings))
        return worlds[-1]

    yield make
    close_pools()
    for world in worlds:
        world.server.__exit__()
