"""Foreign systems, credentials and processes are changed only with a password entered lately."""

import html
import time

import pytest
from django.test import Client

from approvals.models import ApprovalProcess
from core.people.password import FRESH
from tests.factories import make_process, make_type, make_user
from tests.items.makers import as_opened, url

pytestmark = pytest.mark.django_db
PASSWORD = "sesame-open-12"


def long_ago() -> Client:
    """An administrator whose password was entered more than 15 minutes ago."""
    make_user("sam", role="Administrators", password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"login": "sam", "password": PASSWORD})
    session = client.session
    session["password_entered_at"] = int(time.time()) - FRESH - 1
    session.save()
    return client


def attempt(client: Client, process: ApprovalProcess, password: str) -> str:
    sent = as_opened(process, description="Typed.") | {"confirm_password": [password]}
    page = html.unescape(client.post(url(process), sent, follow=True).content.decode())
    process.refresh_from_db()
    return page


def test_signing_in_counts_for_a_while() -> None:
    client, process = long_ago(), make_process()
    client.post("/sign-out/")
    client.post("/sign-in/", {"login": "sam", "password": PASSWORD})
    assert "Your Password" not in client.get(url(process)).content.decode()
    client.post(url(process), as_opened(process, description="changed"))
    process.refresh_from_db()
    assert process.description == "changed"


def test_later_the_form_asks_for_it_and_changes_nothing_without_it() -> None:
    client, process = long_ago(), make_process()
    assert "Your Password" in client.get(url(process)).content.decode()
    page = attempt(client, process, "")
    assert "Enter your password. Nothing was changed." in page
    assert "Typed.</textarea>" in page
    assert process.version == 1


def test_a_wrong_password_changes_nothing_and_loses_nothing() -> None:
    client, process = long_ago(), make_process()
    page = attempt(client, process, "not-my-password")
    assert "Incorrect password. Nothing was changed." in page
    assert "Typed.</textarea>" in page
    assert "not-my-password" not in page
    assert process.version == 1


def test_the_right_one_saves_and_is_not_asked_for_again() -> None:
    client, process = long_ago(), make_process()
    assert "Saved." in attempt(client, process, PASSWORD)
    assert process.description == "Typed."
    assert "Your Password" not in client.get(url(process)).content.decode()


def test_the_right_one_counts_even_where_another_field_is_refused() -> None:
    client, process = long_ago(), make_process()
    sent = as_opened(process, to_addresses="") | {"confirm_password": [PASSWORD]}
    page = client.post(url(process), sent).content.decode()
    assert "Enter at least one address" in page
    assert PASSWORD not in page
    assert "Your Password" not in client.get(url(process)).content.decode()


def test_after_too_many_tries_even_the_right_one_is_refused() -> None:
    client, process = long_ago(), make_process()
    for _ in range(5):
        page = attempt(client, process, "wrong")
    assert "Too many wrong passwords." in page
    attempt(client, process, PASSWORD)
    assert process.version == 1


@pytest.mark.parametrize("page", ["delete", "duplicate"])
def test_dialogs_ask_for_it_too(page: str) -> None:
    client, process = long_ago(), make_process()
    response = client.post(url(process, page), {"name": "Copy"})
    assert response.status_code == 422
    assert "Enter your password." in response.content.decode()
    assert list(ApprovalProcess.objects.all()) == [process]


def test_creating_and_restoring_ask_for_it_too() -> None:
    client, process = long_ago(), make_process()
    attempt(client, process, PASSWORD)
    session = client.session
    session["password_entered_at"] = int(time.time()) - FRESH - 1
    session.save()
    data = {"kind": "manual", "name": "New"}
    created = client.post("/tasks/automation/approval-processes/create/", data)
    restored = client.post(f"{url(process, 'history')}2/restore/")
    for response in (created, restored):
        assert response.status_code == 422
        assert "Enter your password." in response.content.decode()
    assert ApprovalProcess.objects.count() == 1


def test_types_are_changed_without_it() -> None:
    client, kind = long_ago(), make_type()
    client.post(url(kind), as_opened(kind, description="changed"))
    kind.refresh_from_db()
    assert kind.description == "changed"


def test_a_moment_in_the_future_counts_for_nothing() -> None:
    client, process = long_ago(), make_process()
    session = client.session
    session["password_entered_at"] = int(time.time()) + 3600
    session.save()
    assert "Your Password" in client.get(url(process)).content.decode()
