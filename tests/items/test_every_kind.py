"""What holds for each kind of item, because one base makes all their pages."""

import html
import re

import pytest
from django import forms

from core.audit.services import verify
from core.roles import PLATFORM_ADMINISTRATORS, ROLES, roles_of
from items.family import Family, Kind, families, family_of
from items.fields import MinutesField
from items.models import Change, changes_of
from items.values import in_words
from tests.factories import client_of, make_user, signed_in
from tests.items.makers import KINDS, as_opened, make_item, new_name, save, url, usable

pytestmark = pytest.mark.django_db


def of_kinds(kinds: list[tuple[str, Family, Kind]]) -> pytest.MarkDecorator:
    pairs, names = [(f, k) for _, f, k in kinds], [name for name, _, _ in kinds]
    return pytest.mark.parametrize(("family", "kind"), pairs, ids=names)


every_kind = of_kinds(KINDS)
every_duplicable_kind = of_kinds([each for each in KINDS if each[1].may_duplicate])
every_creatable_kind = of_kinds([each for each in KINDS if each[1].may_create])


def words(item: object) -> dict[str, str]:
    return in_words(family_of(item).form_of(item))  # type: ignore[arg-type]


@every_kind
def test_its_page_shows_values_to_those_who_may_look_and_fields_to_those_who_may_change(
    family: Family, kind: Kind
) -> None:
    item = make_item(family, kind)
    for role in ROLES.keys() - PLATFORM_ADMINISTRATORS:  # of these: test_platforms.py
        user = make_user(role=role)
        response = client_of(user).get(url(item))
        if not roles_of(user) & family.access.view:
            assert response.status_code == 403
            continue
        page = html.unescape(response.content.decode())
        assert item.name in page
        may_change = bool(roles_of(user) & family.access.change)
        assert ("Save Changes" in page) is may_change
        assert ('id="item-form"' in page) is may_change


@every_kind
def test_an_emptied_number_or_length_of_time_says_what_to_enter(family: Family, kind: Kind) -> None:
    form = kind.form({}, instance=family.new(kind))
    for name, errors in form.errors.items():
        if isinstance(form.fields[name], forms.IntegerField | MinutesField):
            assert errors[0].startswith(f"{form[name].label}: enter "), errors


@pytest.mark.parametrize("family", list(families()), ids=lambda family: family.namespace)
def test_its_tabs_have_the_same_names_on_each_of_them(family: Family) -> None:
    client = signed_in()
    first = client.get(url(make_item(family, family.kinds[0])))
    named = [(tab.url, tab.label) for tab in first.context["tabs"]]
    assert len(named) >= 3
    for address, label in named:
        shown = client.get(address).context["tabs"]
        assert [(tab.url, tab.label) for tab in shown] == named
        assert [tab.label for tab in shown if tab.current] == [label]


@every_kind
def test_saving_it_as_it_was_opened_changes_nothing(family: Family, kind: Kind) -> None:
    item = make_item(family, kind)
    before = words(item)
    page = save(signed_in(), item)
    assert "No changes to save." in page
    assert (item.version, words(item)) == (1, before)
    assert not Change.objects.exists()


@every_kind
def test_a_change_is_a_version_with_who_when_field_old_and_new(family: Family, kind: Kind) -> None:
    item = make_item(family, kind, description="before")
    assert "Saved." in save(signed_in(), item, description="after")
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
    response = signed_in().post(url(second), as_opened(second, name="TAKEN", description="typed"))
    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert page.count("named “TAKEN”. Enter another name.") == 2
    assert 'href="#id_name"' in page
    assert 'value="TAKEN"' in page
    assert ">\ntyped</textarea>" in page
    second.refresh_from_db()
    assert second.version == 1
    assert first.name == "Taken"


@every_kind
def test_an_empty_name_is_refused(family: Family, kind: Kind) -> None:
    assert "Enter a name." in save(signed_in(), make_item(family, kind), name="")


@every_duplicable_kind
def test_its_duplicate_is_equal_but_for_the_name(family: Family, kind: Kind) -> None:
    item = make_item(family, kind, is_builtin=True)
    response = signed_in().post(url(item, "duplicate"), {"name": "The copy"})
    assert response.status_code == 302, response.content.decode()
    copy = type(item)._default_manager.get(name="The copy")
    own = {"Name", *(str(kind.form.base_fields[name].label) for name in kind.form.never_copied)}
    as_was, as_is = words(item), words(copy)
    assert {k for k in as_was if as_was[k] != as_is[k]} <= own
    assert as_was.keys() == as_is.keys()
    assert not copy.is_builtin
    assert copy.version == 1
    assert changes_of(type(copy), copy.pk).get().verb == "create"
    assert "Saved." in save(signed_in(), copy, description="mine now")


@every_creatable_kind
def test_its_dialog_makes_it_as_soon_as_all_is_there_that_the_refusal_names(
    family: Family, kind: Kind
) -> None:
    client, address = signed_in(), f"{family.url}create/"
    name = new_name(family, "New one")
    given = {"kind": kind.key, "name": name}
    made = family.model._default_manager.filter(name=name)
    response = client.post(address, given)
    if response.status_code == 422:
        page = html.unescape(response.content.decode())
        assert f'value="{name}"' in page
        assert not made.exists()
        fields = kind.form.base_fields
        said = r'<li><a href="#dialog_(\w+)">(?:[^<:]*: enter|Enter|Choose|[^<]* is empty)'
        missing = re.findall(said, page)
        more = {n: usable(fields[n], n) if n in fields else "value" for n in missing}
        response = client.post(address, given | more)
    assert response.status_code == 302
    item = made.get()
    assert family.kind_of(item) == kind
    assert response["Location"] == url(item)
    assert client.get(url(item)).status_code == 200


@every_kind
def test_a_built_in_one_that_is_read_only_says_so_and_takes_nothing(
    family: Family, kind: Kind
) -> None:
    item, client = make_item(family, kind, is_builtin=True), signed_in()
    page = client.get(url(item)).content.decode()
    assert ("This item is read-only." in page) is item.is_read_only
    assert ('id="item-form"' in page) is not item.is_read_only
    save(client, item, description="mine now")
    client.post(f"{url(item, 'history')}1/restore/")
    assert item.description == ("" if item.is_read_only else "mine now")
    assert item.is_read_only is (family.namespace in {"actions", "filters"})


@every_kind
def test_it_is_deleted_after_asking_and_its_history_stays(family: Family, kind: Kind) -> None:
    item, client = make_item(family, kind), signed_in()
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
    response = signed_in().post(url(item, "delete"))
    assert response.status_code == 409
    assert "It is built in." in response.content.decode()
    assert type(item)._default_manager.filter(pk=item.pk).exists()


@every_kind
def test_an_earlier_version_is_restored(family: Family, kind: Kind) -> None:
    item, client = make_item(family, kind, description="first"), signed_in()
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
        client = signed_in(role)
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
    client = signed_in()
    for page in (url(item), url(item, "history"), url(item, "related"), family.url):
        shown = client.get(page).content.decode()
        assert "<script>alert" not in shown
        assert "U+202E" in shown


@every_kind
def test_its_history_tab_says_who_when_field_old_and_new(family: Family, kind: Kind) -> None:
    item, client = make_item(family, kind, description="before"), signed_in()
    save(client, item, description="after")
    page = " ".join(client.get(url(item, "history")).content.decode().split())
    change = changes_of(type(item), item.pk).get()
    assert change.by in page
    assert f'datetime="{change.at:%Y-%m-%dT%H:%M}' in page
    assert "Description" in page
    assert "<del>before</del>" in page
    assert "<ins>after</ins>" in page
