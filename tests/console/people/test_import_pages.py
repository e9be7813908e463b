"""Admin, Users, Import: a file of people, looked at as a plan and then carried out."""

import html
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from console.people.import_pages import MAX_ROWS
from core.actors import Actor
from core.audit.models import Entry
from core.people.models import User
from items.models import Change, ImportFile, Proposal
from items.proposals.services import accept, propose
from items.tasks import forget_uploads
from tests.factories import make_user, signed_in
from tests.items.proposals.asking import require_second_person

pytestmark = pytest.mark.django_db
PAGE = "/users/import/"
PEOPLE = """user_name,first_name,email,accounts,manager
bob,Bob,bob@example.com,"EXAMPLE\\bob; bob-mac",kim
kim,Kim,kim@example.com,,
"""


def words(response: object) -> str:
    return html.unescape(" ".join(response.content.decode().split()))  # type: ignore[attr-defined]


def upload(client: Client, text: str | bytes) -> object:
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = "people.csv"
    return client.post(PAGE, {"file": file}, follow=True)


def agree(client: Client, planned: object) -> object:
    address: str = planned.request["PATH_INFO"]  # type: ignore[attr-defined]
    agreed = planned.context["plan"].digest  # type: ignore[attr-defined]
    return client.post(address, {"agreed": agreed, "reason": "New team"}, follow=True)


def test_a_plan_shows_each_field_and_agreeing_to_it_imports_all_with_one_audit_entry() -> None:
    client = signed_in(username="sam")
    assert 'href="import/"' in words(client.get("/users/"))
    planned = upload(client, PEOPLE)
    page = words(planned)
    assert "2 to create, none to change, none to delete" in page
    assert "bob-mac" in page
    assert not User.objects.filter(name="bob").exists()

    assert "Imported people.csv: 2 created" in words(agree(client, planned))
    bob = User.objects.get(name="bob")
    assert (bob.manager, bob.endpoint_accounts.count()) == (User.objects.get(name="kim"), 2)
    whole = Entry.objects.get(verb="import")
    assert (whole.object_kind, whole.actor) == ("users", "sam")
    change = Change.objects.filter(item_id=bob.pk).latest("at")
    assert change.via == "by import in the console from 127.0.0.1"
    assert not ImportFile.objects.exists()
    assert "Nothing to change." in words(upload(client, PEOPLE))


def test_what_changed_since_the_plan_is_shown_again_first() -> None:
    client, kim = signed_in(), make_user("kim")
    planned = upload(client, PEOPLE)
    User.objects.filter(pk=kim.pk).update(first_name="Kimberly")
    assert "changed since you saw the plan" in words(agree(client, planned))
    assert not User.objects.filter(name="bob").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("user_name,email\nbob,b@example.com\nann,nowhere\n", "Line 3: "),
        ("user_name;email\nbob;b@example.com\n", "separate them by commas"),
        ('user_name,first_name\nbob,"=HYPERLINK(1)"\n', "Line 2: first_name is a formula."),
        ("user_name\nbob\n".encode("utf-16"), "The file isn't UTF-8."),
        (b"user_name,first_name\nbob,\xfcmit\n", "The file isn't UTF-8."),
        ("user_name\nb\0b\n", "Line 2: "),
        ("user_name\n" + "".join(f"u{n}\n" for n in range(MAX_ROWS + 1)), "Line 502: A file"),
        ("user_name\n" + "x" * 1_000_000, "The file is larger than 1 MB."),
        ("", "The file is empty."),
    ],
)
def test_a_file_that_can_not_be_imported_says_where_and_why(
    content: str | bytes, said: str
) -> None:
    response = upload(signed_in(), content)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert said in words(response)
    assert not ImportFile.objects.exists()
    assert User.objects.count() == 1


def test_a_file_that_nobody_imports_is_forgotten_after_a_day() -> None:
    upload(signed_in(), PEOPLE)
    forget_uploads()
    assert ImportFile.objects.exists()
    ImportFile.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    forget_uploads()
    assert not ImportFile.objects.exists()


def test_what_changes_who_administrators_are_becomes_a_proposal() -> None:
    dana = make_user("dana", role="Administrators", email="dana@example.com")
    second = make_user("kim", role="Administrators", email="kim@example.com")
    require_second_person()
    client = signed_in(username="sam")
    planned = upload(client, "user_name,accounts\nbob,\ndana,EXAMPLE\\dana\n")
    assert "This needs a second person." in words(planned)
    assert "New team" in words(agree(client, planned))
    assert not dana.endpoint_accounts.exists()

    proposal = Proposal.objects.get()
    propose(proposal, by=Actor.of_user(User.objects.get(name="sam")), reason="New team")
    accept(proposal, by=Actor.of_user(second), user=second, comment="")
    assert str(dana.endpoint_accounts.get().account) == "EXAMPLE\\dana"
    assert User.objects.filter(name="bob").exists()
