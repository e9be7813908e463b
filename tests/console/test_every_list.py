"""What holds for each list of the console, found by opening every page that needs no argument."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from console.management.commands.add_defaults import add_all
from tests.agents.endpoints import make_agent, make_code
from tests.console.test_urls import GUARDED, a_grant
from tests.factories import make_request, signed_in
from tests.items.makers import KINDS, make_item
from tests.policies.events import make_event

# Tables of a few rows that are always the same, or one's own.
NO_LISTS = {"foreign_systems", "roles", "help", "security", "mfa_index", "mfa_list_webauthn"}
QUEUE = {
    "/approvals/",
    "/approvals/bulk/",
}  # the list of those who decide is whole: no menu hides a request
ADDRESSES = sorted(
    reverse(f"{namespace}:{pattern.name}" if namespace else str(pattern.name))
    for namespace, pattern in GUARDED
    if not pattern.pattern.converters and pattern.name not in NO_LISTS
)


@pytest.fixture
def client(db: None) -> Client:
    """Of somebody who sees something in each list."""
    add_all(smtp_url="")
    for _, family, kind in KINDS:
        make_item(family, kind)
    make_event()
    make_agent()
    make_code()
    make_request()
    a_grant()
    return signed_in()


def test_each_list_is_sorted_searched_narrowed_and_downloaded(client: Client) -> None:
    lacking = {}
    for address in ADDRESSES:
        response = client.get(address)
        page = b"" if response.streaming else response.content
        text = page.decode()
        if '<table class="list"' not in text or "<dialog" in text:
            continue
        parts = {
            "search": 'type="search"' in text,
            "sort": bool(re.search(r'href="[^"]*[?;]sort=', text)),
            "filter": "data-submits" in text or "Days: " in text or address in QUEUE,
            "CSV": "format=csv" in text,
        }
        missing = [part for part, there in parts.items() if not there]
        if missing:
            lacking[address] = missing
    assert lacking == {}
