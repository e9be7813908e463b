"""What holds for each list of the console, found by opening every page that needs no argument."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.models import InstallCode, WaitingName
from console.management.commands.add_defaults import add_all
from policies.models import Policy
from tasks.models import Task, TaskRun
from tests.agents.endpoints import make_agent
from tests.console.test_urls import GUARDED, a_grant
from tests.factories import make_request, signed_in
from tests.items.makers import KINDS, make_item, url
from tests.policies.events import make_event

# Not the search of the console's head.
LIST_SEARCH = re.compile(r'class="toolbar.*?type="search"', re.DOTALL)
# Tables of a few rows that are always the same, or one's own.
NO_LISTS = {
    "foreign_systems",
    "contents",
    "roles",
    "help",
    "security",
    "mfa_index",
    "mfa_list_webauthn",
}
QUEUE = {
    "/approvals/",
    "/approvals/bulk/",
}  # the list of those who decide is whole: no menu hides a request
ADDRESSES = sorted(
    reverse(f"{namespace}:{pattern.name}" if namespace else str(pattern.name))
    for namespace, pattern in GUARDED
    if not pattern.pattern.converters and pattern.name not in NO_LISTS
)


def add_rows() -> list[str]:
    """Something for each list to show; the addresses of those lists that are tabs of an item."""
    items = [make_item(family, kind) for _, family, kind in KINDS]
    agent, now = make_agent(), timezone.now()
    policy = next(item for item in items if isinstance(item, Policy))
    make_event(policy=policy)
    make_request()
    code = InstallCode.objects.latest("created_at")
    WaitingName.objects.create(computer=agent.computer, code=code, first_at=now, last_at=now)
    task = next(item for item in items if isinstance(item, Task))
    TaskRun.objects.create(task=task, started_at=now, state="finished", by="sam")
    return [
        url(policy, "policy_events"),
        url(agent.group, "computers"),
        url(task, "task_history"),
    ]


@pytest.fixture
def client(db: None) -> Client:
    add_all(smtp_url="")
    a_grant()
    return signed_in()


def test_each_list_is_sorted_searched_narrowed_and_downloaded(client: Client) -> None:
    lacking, tabs = {}, add_rows()
    for address in [*ADDRESSES, *tabs]:
        response = client.get(address)
        page = b"" if response.streaming else response.content
        text = page.decode()
        if '<table class="list"' not in text or "<dialog" in text:
            continue
        parts = {
            "search": bool(LIST_SEARCH.search(text)),
            "sort": bool(re.search(r'href="[^"]*[?;]sort=', text)),
            "filter": "data-submits" in text or "Days: " in text or address in QUEUE,
            "CSV": "format=csv" in text,
        }
        missing = [part for part, there in parts.items() if not there]
        if missing:
            lacking[address] = missing
    assert lacking == {}


@pytest.mark.django_db
def test_each_empty_list_says_what_to_do() -> None:
    client, silent, empty = signed_in(), [], 0
    for address in ADDRESSES:
        response = client.get(address)
        text = "" if response.streaming else response.content.decode()
        if not LIST_SEARCH.search(text) or '<table class="list"' in text or "<dialog" in text:
            continue
        empty += 1
        if not re.search(r'<div class="blank">.*?<h2>[^<]+</h2>\s*<p>[^<]+</p>', text, re.DOTALL):
            silent.append(address)
    assert empty > 10
    assert silent == []


def test_each_list_costs_the_same_queries_however_long_it_is(client: Client) -> None:
    def queries(*addresses: str) -> dict[str, int]:
        counts = {}
        for address in addresses or [*ADDRESSES, *tabs]:
            with CaptureQueriesContext(connection) as asked:
                page = client.get(address)
            if not page.streaming and b'<table class="list"' in page.content:
                counts[address] = len(asked)
        return counts

    add_rows()
    tabs = add_rows()
    queries()  # so that what is remembered from then on is
    few = queries()
    add_rows()
    client.get("/policies/")  # after a change, lint reads the active policies again
    many = queries()
    grown = {page: (few[page], many[page]) for page in few if many[page] > few[page]}
    # What is remembered for a second may have been asked for anew; rows are there each time.
    grown = {page: counts for page, counts in grown.items() if queries(page)[page] > counts[0]}
    assert len(few) > 20
    assert grown == {}
