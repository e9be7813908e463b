"""Configuration, Import and Export: items out as a file, and in after a look at the plan."""

import html
import io
import time

import pytest
from django.test import Client

from core.audit.models import Entry
from core.people.password import FRESH
from items.models import Change, ImportFile
from items.services import changing
from items.transfer.exporting import export
from policies.models import Filter
from tests.factories import make_user, signed_in
from tests.items.makers import make_full_policy, url
from tests.items.transfer.files import BY, HEAD, add_whole_example, planned

pytestmark = pytest.mark.django_db
FILTER = HEAD + "filters:\n- {name: Old installers, kind: computer, names: [WS-*]}\n"
PAGE = "/configuration/import-and-export/"


def upload(client: Client, text: str | bytes, **more: str) -> str:
    """The address of the plan."""
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = "items.yaml"
    response = client.post("/configuration/import/", {"file": file, **more})
    assert response.status_code == 302, html.unescape(response.content.decode())
    return str(response["Location"])


def page_of(client: Client, address: str) -> str:
    return words(client.get(address))


def words(response: object) -> str:
    return html.unescape(" ".join(response.content.decode().split()))  # type: ignore[attr-defined]


def agree(client: Client, address: str, text: str, **more: str) -> object:
    return client.post(
        address, {"agreed": planned(text).digest, "reason": "CHG-17", **more}, follow=True
    )


def test_an_export_is_a_file_that_the_browser_saves() -> None:
    add_whole_example()
    response = signed_in().get("/configuration/export/")
    assert response["Content-Disposition"] == 'attachment; filename="items.yaml"'
    assert response["Content-Type"].startswith("application/yaml")
    assert response.content.decode() == export()


def test_an_export_of_a_time_is_named_after_it() -> None:
    add_whole_example()
    response = signed_in().get("/configuration/export/?at=2020-01-01T09:00")
    assert "items-2020-01-01-0900.yaml" in response["Content-Disposition"]
    assert "- name" not in response.content.decode()


def test_a_time_that_is_none_is_refused_at_its_field() -> None:
    response = signed_in().get("/configuration/export/?at=yesterday")
    assert response.status_code == 422
    assert "As Of: enter a time" in response.content.decode()


def test_an_item_is_exported_from_its_page() -> None:
    policy, client = make_full_policy(), signed_in("Users")
    address = f"{url(policy)}export/"
    assert f'href="{address}"' in client.get(url(policy)).content.decode()
    response = client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="policy-full.yaml"'
    assert response.content.decode().startswith(f"{HEAD}policies:\n- name: Full\n")


def test_auditors_export_and_do_not_import() -> None:
    client = signed_in("Auditors")
    page = page_of(client, PAGE)
    assert "Export</button>" in page
    assert "Show Plan" not in page


def test_a_plan_shows_each_field_and_changes_nothing() -> None:
    client = signed_in()
    page = page_of(client, upload(client, FILTER))
    assert "1 to create, none to change, none to delete" in page
    assert "Old installers" in page
    assert "Computer Names" in page
    assert "<ins>WS-*</ins>" in page
    assert not Filter.objects.exists()


def test_what_was_agreed_to_is_imported_with_the_reason_in_the_audit_trail() -> None:
    client = signed_in(username="sam")
    page = words(agree(client, upload(client, FILTER), FILTER))
    assert "Imported items.yaml: 1 created, none changed, none deleted." in page
    assert Filter.objects.get().name == "Old installers"
    assert Entry.objects.filter(verb="import").get().actor == "sam"
    assert Change.objects.get().via == "by import in the console from 127.0.0.1"
    assert not ImportFile.objects.exists()


def test_a_plan_that_changed_meanwhile_is_shown_again_and_not_carried_out() -> None:
    client = signed_in()
    address, agreed = upload(client, FILTER), planned(FILTER).digest
    with changing(Filter(name="Old installers", kind="computer"), by=BY):
        pass
    response = client.post(address, {"agreed": agreed, "reason": "CHG-17"})
    assert response.status_code == 409
    assert "Items were changed since you saw the plan." in words(response)
    assert "none to create, 1 to change" in words(response)
    assert 'value="CHG-17"' in words(response)
    assert Filter.objects.get().settings == {}
    assert "Imported" in words(agree(client, address, FILTER))


def test_a_reason_is_needed() -> None:
    client = signed_in()
    response = agree(client, upload(client, FILTER), FILTER, reason="")
    assert "Enter the reason." in words(response)
    assert not Filter.objects.exists()


def test_the_password_is_asked_for_again_after_a_while() -> None:
    user, client = make_user("sam", role="Administrators"), Client()
    user.set_password("sesame-open-12")
    user.save()
    client.post("/sign-in/", {"login": "sam", "password": "sesame-open-12"})
    session = client.session
    session["password_entered_at"] = int(time.time()) - FRESH - 1
    session.save()
    address = upload(client, FILTER)
    assert "Your Password" in page_of(client, address)
    assert "Enter your password." in words(agree(client, address, FILTER))
    wrong = agree(client, address, FILTER, confirm_password="guess")
    assert "Incorrect password. Nothing was changed." in words(wrong)
    assert not Filter.objects.exists()
    right = agree(client, address, FILTER, confirm_password="sesame-open-12")
    assert "Imported items.yaml" in words(right)


def refused(client: Client, text: str | bytes) -> str:
    """The page that an upload gives. It isn't kept."""
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    file.name = "items.yaml"
    response = client.post("/configuration/import/", {"file": file})
    assert response.status_code == 422
    assert not ImportFile.objects.exists()
    return words(response)


def test_a_file_that_can_not_be_imported_says_where_and_why() -> None:
    page = refused(signed_in(), HEAD + "filters:\n- {name: F, kind: magic}\n")
    assert "Line 3, filter “F”: kind: Write one of these: file_specification" in page


@pytest.mark.parametrize("content", [b"\xff\xfe\0", b"[" * 100_000, b"a: &b [*b]", b"\0" * 10])
def test_whatever_is_uploaded_gives_a_page_with_the_reason(content: bytes) -> None:
    assert "can't be imported. Nothing was changed." in refused(signed_in(), content)


def test_one_that_can_not_be_imported_any_more_says_why() -> None:
    client = signed_in()
    address, agreed = upload(client, FILTER), planned(FILTER).digest
    with changing(Filter(name="Old installers", kind="file_hash"), by=BY):
        pass
    for response in (client.get(address), client.post(address, {"agreed": agreed, "reason": "x"})):
        assert response.status_code == 409
        assert "A kind can't be changed." in words(response)


def test_deleting_what_the_file_leaves_out_is_asked_for_with_the_file() -> None:
    Filter.objects.create(name="F", kind="computer")
    client, text = signed_in(), HEAD + "filters: []\n"
    assert "Nothing to change." in page_of(client, upload(client, text))
    assert "1 to delete" in page_of(client, upload(client, text, prune="on"))


def test_no_file_is_refused() -> None:
    response = signed_in().post("/configuration/import/")
    assert response.status_code == 422
    assert "Choose a file." in words(response)


def test_a_file_that_is_too_large_is_refused() -> None:
    file = io.BytesIO(b"x" * 5_000_001)
    file.name = "items.yaml"
    response = signed_in().post("/configuration/import/", {"file": file})
    assert response.status_code == 422
    assert "The file is larger than 5 MB." in words(response)
    assert not ImportFile.objects.exists()


def test_nobody_sees_or_imports_the_file_of_somebody_else() -> None:
    address = upload(signed_in(), FILTER)
    other = signed_in()
    assert "This file is no longer kept." in words(other.get(address, follow=True))
    assert "This file is no longer kept." in words(agree(other, address, FILTER))
    assert not Filter.objects.exists()


def test_a_person_has_one_file_at_most() -> None:
    client = signed_in()
    upload(client, FILTER)
    upload(client, FILTER)
    assert ImportFile.objects.count() == 1


@pytest.mark.parametrize("text", [FILTER, "no file of items"])
def test_the_plan_and_a_refusal_are_shown_within_configuration(text: str) -> None:
    client, file = signed_in(), io.BytesIO(text.encode())
    file.name = "items.yaml"
    page = words(client.post("/configuration/import/", {"file": file}, follow=True))
    assert 'href="/configuration/" aria-current="page"' in page
