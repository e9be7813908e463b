"""History and audit belong to the change: all three are stored, or none. Secrets are in neither."""

import html
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from approvals.models import ApprovalProcess, ApprovalType
from core import pages
from core.actors import Actor
from core.audit.models import Entry, Payload
from core.audit.services import verify
from foreign_systems.models import Credential
from items.author import Author
from items.family import family_of
from items.forms import SaveRefused
from items.models import Change, changes_of
from items.services import changing, save_item
from items.values import as_data
from policies.models import Policy
from tests.factories import make_process, make_type, signed_in
from tests.items.makers import as_opened, save, url

pytestmark = pytest.mark.django_db
BY = Author(Actor.of_system("Sam Ortega"), "in the console from 192.0.2.40")
SECRET = "correct horse battery"


@contextmanager
def failing(table: str) -> Iterator[None]:
    """The database refuses to write into `table`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME TO away")
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")


@pytest.mark.parametrize("table", ["items_change", "audit_entry"])
def test_without_its_history_or_audit_entry_nothing_is_changed(table: str) -> None:
    kind = make_type()
    form = family_of(kind).form_of(kind, as_data(as_opened(kind, description="changed")))
    assert form.is_valid()
    with failing(table), pytest.raises(Exception, match=table), transaction.atomic():
        save_item(form, by=BY)
    kind.refresh_from_db()
    assert (kind.description, kind.version) == ("", 1)
    assert not Change.objects.exists()


def test_the_audit_entry_says_what_the_history_says() -> None:
    kind = make_type()
    with changing(kind, by=BY):
        kind.description = "by a program"
    change, entry = changes_of(ApprovalType, kind.pk).get(), Entry.objects.latest("sequence")
    facts = json.loads(Payload.objects.get(entry=entry).text)["facts"]
    assert (entry.actor, entry.verb, entry.object_kind) == (
        "system: Sam Ortega",
        "update",
        "approvaltype",
    )
    assert entry.object_id == str(kind.pk)
    assert facts == {
        "name": kind.name,
        "version": 2,
        "fields": [["Description", "", "by a program"]],
        "via": "in the console from 192.0.2.40",
    }
    assert change.fields == facts["fields"]
    assert list(verify()) == []


def test_references_are_told_by_name_as_they_were_then() -> None:
    first, second = make_process(), make_process()
    kind, client = make_type(first), signed_in()
    save(client, kind, process=str(second.pk))
    name = second.name
    ApprovalProcess.objects.filter(pk=second.pk).update(name="Renamed", name_key="renamed")
    assert changes_of(ApprovalType, kind.pk).get().fields == [["Process Handler", first.name, name]]


def test_a_block_that_changes_nothing_leaves_no_version() -> None:
    kind = make_type()
    with changing(kind, by=BY):
        pass
    assert not Change.objects.exists()
    assert ApprovalType.objects.get(pk=kind.pk).version == 1


def test_a_name_taken_meanwhile_is_refused_by_the_database_and_said_at_the_field() -> None:
    kind = make_type()
    form = family_of(kind).form_of(kind, as_data(as_opened(kind, name="Wanted")))
    assert form.is_valid()
    ApprovalType.objects.create(name="wanted")
    with pytest.raises(SaveRefused) as refused:
        save_item(form, by=BY)
    assert refused.value.field == "name"
    kind.refresh_from_db()
    assert kind.version == 1


def make_credential() -> Credential:
    data = {"name": "Relay", "account_name": "pm-relay", "secret": SECRET}
    signed_in().post("/configuration/credentials/create/", data)
    return Credential.objects.get()


def everything_written() -> str:
    rows = [*Change.objects.values(), *Payload.objects.values(), *Entry.objects.values()]
    return repr(rows)


def test_a_secret_is_stored_encrypted_and_shown_nowhere() -> None:
    credential, client = make_credential(), signed_in()
    assert credential.secret() == SECRET
    assert SECRET not in repr(bytes(credential.encrypted_secret))
    pages = [url(credential), url(credential, "history"), family_of(credential).url]
    for page in [*pages, f"{pages[-1]}?format=csv", "/configuration/history/"]:
        response = client.get(page)
        body = b"".join(response) if response.streaming else response.content
        assert SECRET not in body.decode()
    assert SECRET not in everything_written()


def test_a_changed_secret_stands_in_the_history_as_changed() -> None:
    credential, client = make_credential(), signed_in()
    save(client, credential, secret="another secret")
    assert credential.secret() == "another secret"
    change = changes_of(Credential, credential.pk).first()
    assert change is not None
    assert change.fields == [["Secret", "", "changed"]]
    assert "another secret" not in everything_written()


def test_a_secret_left_empty_stays() -> None:
    credential = make_credential()
    save(signed_in(), credential, account_name="pm-relay-2")
    assert (credential.account_name, credential.secret()) == ("pm-relay-2", SECRET)


def test_restoring_a_version_brings_no_secret_back() -> None:
    credential, client = make_credential(), signed_in()
    save(client, credential, secret="another secret", account_name="second")
    client.post(f"{url(credential, 'history')}1/restore/")
    credential.refresh_from_db()
    assert (credential.account_name, credential.secret()) == ("pm-relay", "another secret")


def test_a_version_that_can_no_longer_be_is_refused_with_its_field_and_shown() -> None:
    gone, stays = make_process(), make_process()
    kind, client = make_type(gone), signed_in()
    save(client, kind, description="with the first")
    save(client, kind, process=str(stays.pk))
    gone.delete()
    response = client.post(f"{url(kind, 'history')}2/restore/")
    assert response.status_code == 422
    page = html.unescape(response.content.decode())
    assert "Process Handler: this item no longer exists. Choose another one." in page
    assert "Version 2 isn't restored yet." in page
    kind.refresh_from_db()
    assert (kind.process, kind.version) == (stays, 3)


def test_a_version_on_a_later_page_of_the_history_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "ROWS", 1)
    kind, client = make_type(), signed_in()
    for description in ("first", "second", "third"):
        save(client, kind, description=description)
    page = client.get(url(kind, "history"), {"version": "2"}).content.decode()
    assert "<ins>first</ins>" in page
    assert "<ins>third</ins>" in client.get(url(kind, "history"), {"version": "x"}).content.decode()


def test_a_version_of_another_item_is_not_found() -> None:
    first, second, client = make_type(), make_type(), signed_in()
    save(client, first, description="x")
    assert client.post(f"{url(second, 'history')}2/restore/").status_code == 404


@pytest.mark.parametrize(
    "field", ["is_builtin", "version", "id", "created_at", "is_active", "kind", "settings"]
)
def test_what_the_form_does_not_show_cannot_be_sent(field: str) -> None:
    policy = Policy.objects.create(name="Mine")
    before = Policy.objects.filter(pk=policy.pk).values().get()
    signed_in().post(url(policy), {**as_opened(policy), field: ["1"]})
    after = Policy.objects.filter(pk=policy.pk).values().get()
    assert before == after
