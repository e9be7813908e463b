"""Two people edit the same item: the second is refused, loses nothing, and sees what happened."""

import html
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from approvals.models import ApprovalType
from core.actors import Actor
from items.author import Author
from items.family import family_of
from items.models import Change, changes_of
from items.services import StaleItem, save_item
from items.values import as_data
from tests.factories import make_process, make_type, signed_in
from tests.items.makers import a_credential, as_opened, save, url

BY = Author(Actor.of_system("Sam Ortega"))


def two_people(first: dict[str, str], second: dict[str, str]) -> tuple[ApprovalType, str]:
    """Both open the type; the first saves, then the second. The item, and what the second gets."""
    kind, client = make_type(make_process(), description="as it was"), signed_in()
    save(client, kind, description="written once")  # its history knows this version
    opened = as_opened(kind, **second)
    save(signed_in(), kind, **first)
    response = client.post(url(kind), opened)
    assert response.status_code == 409
    kind.refresh_from_db()
    return kind, html.unescape(response.content.decode())


@pytest.mark.django_db
def test_the_second_of_two_saves_is_refused_and_what_was_typed_is_kept() -> None:
    kind, page = two_people({"name": "First"}, {"description": "Typed with care."})
    assert "Not saved: this item was changed in the meantime" in page
    assert "Typed with care.</textarea>" in page
    assert (kind.name, kind.description) == ("First", "written once")


@pytest.mark.django_db
def test_fields_that_were_left_alone_show_what_is_stored_now() -> None:
    _, page = two_people({"name": "First", "policy_specific": "on"}, {"description": "Typed."})
    assert 'value="First"' in page
    start = page.index('name="policy_specific"')
    assert "checked" in page[start : page.index(">", start)]


@pytest.mark.django_db
def test_a_field_that_both_changed_keeps_what_was_typed() -> None:
    _, page = two_people({"name": "First"}, {"name": "Second"})
    assert 'value="Second"' in page


@pytest.mark.django_db
def test_it_says_who_changed_which_field_from_what_to_what() -> None:
    _, page = two_people({"name": "First"}, {"description": "Typed."})
    assert "version 3" in page
    assert "<ins>First</ins>" in " ".join(page.split())


@pytest.mark.django_db
def test_the_same_page_sent_twice_is_saved_once_and_no_conflict() -> None:
    kind, client = make_type(make_process()), signed_in()
    opened = as_opened(kind, description="Pressed twice.")
    client.post(url(kind), opened)
    page = client.post(url(kind), opened, follow=True).content.decode()
    kind.refresh_from_db()
    assert (kind.version, kind.description) == (2, "Pressed twice.")
    assert "Saved." in page
    assert "Not saved" not in page


@pytest.mark.django_db
def test_a_secret_typed_into_a_page_sent_twice_is_never_said_to_be_stored() -> None:
    credential, client = a_credential(), signed_in()
    opened = as_opened(credential, description="One") | {"secret": ["another secret"]}
    client.post(url(credential), opened)
    assert client.post(url(credential), opened).status_code == 409


@pytest.mark.django_db
def test_saving_once_more_takes_both() -> None:
    kind, client = make_type(description="as it was"), signed_in()
    save(client, kind, description="written once")
    opened = as_opened(kind, description="Typed.")
    save(signed_in(), kind, name="First")
    assert client.post(url(kind), opened).status_code == 409
    save(client, kind, description="Typed.")
    assert (kind.name, kind.description, kind.version) == ("First", "Typed.", 4)


@pytest.mark.django_db
def test_without_a_known_beginning_all_that_was_typed_stays() -> None:
    kind, client = make_type(), signed_in()
    opened = as_opened(kind, name="Typed")
    save(client, kind, description="first change of all")
    Change.objects.all().delete()
    page = client.post(url(kind), opened).content.decode()
    assert 'value="Typed"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("version", ["", "0", "-1", "99", "one", "1.0", "9" * 40, "²"])
def test_a_version_that_is_not_the_stored_one_is_refused(version: str) -> None:
    kind = make_type()
    sent = as_opened(kind, description="x") | {"version": [version]}
    assert signed_in().post(url(kind), sent).status_code == 409
    kind.refresh_from_db()
    assert (kind.version, kind.description) == (1, "")


@pytest.mark.django_db
def test_the_conditional_update_refuses_what_the_page_could_not_see() -> None:
    kind = make_type()
    stale = form_of(kind, "second")
    save_item(form_of(kind, "first"), by=BY)
    with pytest.raises(StaleItem):
        save_item(stale, by=BY)
    kind.refresh_from_db()
    assert (kind.description, kind.version) == ("first", 2)
    assert changes_of(ApprovalType, kind.pk).count() == 1


def form_of(kind: ApprovalType, description: str) -> object:
    stored = ApprovalType.objects.get(pk=kind.pk)
    data = as_data(as_opened(stored, description=description))
    form = family_of(stored).form_of(stored, data)
    assert form.is_valid()
    return form


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_stored_and_one_refused() -> None:
    kind, together, told = make_type(), Barrier(2), []

    def save_at_once(description: str) -> None:
        form = form_of(kind, description)
        together.wait(5)
        try:
            told.append(save_item(form, by=BY))
        except StaleItem:
            told.append(None)
        finally:
            connection.close()

    run_together(lambda: save_at_once("a"), lambda: save_at_once("b"))
    assert sorted(told, key=str) == [None, True]
    assert changes_of(ApprovalType, kind.pk).count() == 1


def run_together(*work: Callable[[], None]) -> None:
    threads = [Thread(target=each) for each in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
