"""What holds for each kind of item, because one base makes all their pages."""

import html

import pytest
from django.test import Client

from pmconsole.audit.services import verify
from pmconsole.items.family import Family, Kind, family_of
from pmconsole.items.models import Change, changes_of
from pmconsole.items.values import in_words
from pmconsole.roles import ROLES, roles_of
from tests.factories import make_user
from tests.items.makers import KINDS, as_opened, console, make_item, save, url

pytestmark = pytest.mark.django_db
every_kind = pytest.mark.parametrize(
    ("family", "kind"), [(f, k) for _, f, k in KINDS], ids=[name for name, _, _ in KINDS]
)


def words(item: object) -> dict[str, str]:
    return in_words(family_of(item).form_of(item))  # type: ignore[arg-type]


@every_kind
def test_its_page_shows_values_to_those_who_may_look_and_fields_to_those_who_may_change(
    family: Family, kind: Kind
) -> None:
    item = make_item(family, kind)
    for role in ROLES:
        user, client = make_user(role=role), Client()
        client.force_login(user)
        response = client.get(url(item))
        if not roles_of(user) & family.access.view:
            assert response.status_code == 403
            continue
        page = html.unescape(response.content.decode())
        assert item.name in page
        may_change = bool(roles_of(user) & family.access.change)
        assert ("Save Changes" in page) is may_change
        assert ('id="item-form"' in page) is may_change


@every_kind
def test_saving_it_as_it_was_opened_changes_nothing(family: Family, kind: Kind) -> None:
    item = make_item(family, kind)
    before = words(item)
    page = save(console(), item)
    assert "Nothing was different, so nothing was saved." in page
    assert (item.version, words(item)) == (1, before)
    assert not Change.objects.exists()


@every_kind
def test_a_change_is_a_version_with_who_when_field_old_and_new(family: Family, kind: Kind) -> None:
    item = make_item(family, kind, description="before")
    assert "Saved." in save(console(), item, description="after")
    change = changes_of(type(item), item.pk).get()
    assert (item.version, change.version, change.verb) == (2, 2, "update")
    assert change.fields == [["Description", "before", "after"]]
    assert change.by.startswith("user")
    assert change.via == "in the console from 127.0.0.1"
    assert list(verify()) == []


@every_kind
def test_a_name_that_another_one_has_is_refused_at_its_field_and_in_the_summary(
    family: Family, kind: Kind
) -> None:
    first, second = make_item(family, kind, name="Taken"), make_item(family, kind)
    response = console().post(url(second), as_opened(second, name="TAKEN", description="typed"))
    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert page.count("named “TAKEN”. Choose another name.") == 2
    assert 'href="#id_name"' in page
    assert 'value="TAKEN"' in page
    assert ">\ntyped</textarea>" in page
    second.refresh_from_db()
    assert second.version == 1
    assert first.name == "Taken"


@every_kind
def test_an_empty_name_is_refused(family: Family, kind: Kind) -> None:
    assert "Name is empty." in save(console(), make_item(family, kind), name="")


@every_kind
def test_its_duplicate_is_equal_but_for_the_name(family: Family, kind: Kind) -> None:
    if not family.may_duplicate:
        pytest.skip("it is not duplicated")
    item = make_item(family, kind, is_builtin=True)
    response = console().post(url(item, "duplicate"), {"name": "The copy"})
    assert response.status_code == 302, response.content.decode()
    copy = type(item)._default_manager.get(name="The copy")
    own = {"Name", *(str(kind.form.base_fields[name].label) for name in kind.form.never_copied)}
    as_was, as_is = words(item), words(copy)
    assert {k for k in as_was if as_was[k] != as_is[k]} <= own
    assert as_was.keys() == as_is.keys()
    assert not copy.is_builtin
    assert copy.version == 1
    assert changes_of(type(copy), copy.pk).get().verb == "create"


@every_kind
def test_it_is_created_through_its_dialog_or_the_refusal_names_what_is_missing(
    family: Family, kind: Kind
) -> None:
    if not family.may_create:
        pytest.skip("it is not created in the console")
    given = {"kind": kind.key, "name": "New one"}
    response = console().post(f"{family.url}create/", given)
    made = family.model._default_manager.filter(name="New one")
    if response.status_code == 302:
        assert family.kind_of(made.get()) == kind
        return
    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert "is empty." in page
    assert 'value="New one"' in page
    assert not made.exists()


@every_kind
def test_it_is_deleted_after_asking_and_its_history_stays(family: Family, kind: Kind) -> None:
    item, client = make_item(family, kind), console()
    asked = client.get(url(item, "delete"))
    assert f"Delete {html.escape(item.name)}?" in asked.content.decode()
    assert type(item)._default_manager.filter(pk=item.pk).exists()  # a GET changes nothing
    assert client.post(url(item, "delete")).status_code == 302
    assert not type(item)._default_manager.filter(pk=item.pk).exists()
    assert changes_of(type(item), item.pk).get().verb == "delete"
    assert list(verify()) == []


@every_kind
def test_a_built_in_one_is_never_deleted(family: Family, kind: Kind) -> None:
    item = make_item(family, kind, is_builtin=True)
    response = console().post(url(item, "delete"))
    assert response.status_code == 409
    assert "It is built in." in response.content.decode()
    assert type(item)._default_manager.filter(pk=item.pk).exists()


@every_kind
def test_an_earlier_version_is_restored(family: Family, kind: Kind) -> None:
    item, client = make_item(family, kind, description="first"), console()
    save(client, item, description="second")
    save(client, item, description="third")
    restore = f"{url(item, 'history')}2/restore/"
    assert client.post(restore).status_code == 302
    item.refresh_from_db()
    assert (item.description, item.version) == ("second", 4)
    newest = changes_of(type(item), item.pk).first()
    assert newest is not None
    assert newest.summary == "restored version 2"


@every_kind
def test_who_may_only_look_changes_nothing(family: Family, kind: Kind) -> None:
    item = make_item(family, kind)
    sent = as_opened(item, description="mine now")
    for role in ("Auditors", "Helpdesk", "Users", ""):
        client = console(role)
        assert client.post(url(item), sent).status_code == 403
        assert client.post(url(item, "delete")).status_code == 403
        if family.may_duplicate:
            assert client.post(url(item, "duplicate"), {"name": "x"}).status_code == 403
        if family.may_create:
            assert client.post(f"{family.url}create/", {"name": "x"}).status_code == 403
    item.refresh_from_db()
    assert (item.version, item.description) == (1, "")


@every_kind
def test_names_are_shown_with_odd_characters_made_visible(family: Family, kind: Kind) -> None:
    item = make_item(family, kind, name="a\u202eb <script>alert(1)</script>")
    client = console()
    for page in (url(item), url(item, "history"), url(item, "related"), family.url):
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "U+202E" in shown
