"""Sam and Kim, two administrators, and items in force that one of them alone can't change."""

import pytest
from django.test import Client

from tests.items.proposals.asking import Used, make_used, person, require_second_person


@pytest.fixture
def used() -> Used:
    made = make_used()
    require_second_person()
    return made


@pytest.fixture
def sam() -> Client:
    return person("sam")


@pytest.fixture
def kim() -> Client:
    return person("kim")
