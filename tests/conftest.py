"""Fixtures that tests of several apps use. Data is made by the functions of tests/factories.py."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits of one test shall not meet another."""
    cache.clear()
