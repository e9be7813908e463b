import pytest

from tests.approvals.inbox.listening import Kept


@pytest.fixture
def kept() -> Kept:
    return Kept()
