"""Admin | Users: who is known by what, the last administrator, sessions, and the password link."""

import html
import re
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from console.people.passwords import link_to_set_password
from core.actors import Actor
from core.audit.models import Entry
from core.audit.services import verify
from core.people.models import User
from core.people.selectors import people_with_account, people_with_address
from core.roles import roles_of, set_roles
from items.author import Author
from items.family import family_of
from items.forms import SaveRefused
from items.models import changes_of
from items.services import save_item
from tests.at_once import at_once
from tests.factories import make_user, signed_in
from tests.items.makers import as_opened, as_sent, save, url

pytestmark = pytest.mark.django_db
USERS, PASSWORD = "/users/", "correct horse battery"
LAST = "This is the last administrator who can sign in."


def create(client: Client, **fields: Any) -> str:
    """The words of the page that Create leads to."""
    response = client.post(f"{USERS}create/", fields, follow=True)
    return html.unescape(response.content.decode())


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_second_administrator_is_invited_sets_a_password_and_signs_in() -> None:
    client = signed_in()
    given = {"name": "kim", "first_name": "Kim", "last_name": "Berg", "email": "kim@example.com"}
    assert "Created kim." in create(client, **given, roles=["Administrators"])
    kim = User.objects.get(name="kim")
    assert "No password yet." in client.get(url(kim)).content.decode()
    page = html.unescape(client.post(url(kim, "password_link")).content.decode())
    link = re.search(r"http://testserver(/set-password/[^\"]+)", page)
    assert link
    guest = Client()
    opened = guest.get(link[1], follow=True)
    typed = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    guest.post(opened.redirect_chain[-1][0], typed)
    answer = guest.post("/sign-in/", {"login": "kim", "password": PASSWORD}, follow=True)
    assert "Manage Approvals" in answer.content.decode()
    assert guest.get(USERS).status_code == 200
    verbs = Entry.objects.filter(object_id=str(kim.pk)).values_list("verb", flat=True)
    assert list(verbs) == ["create", "make password link", "set password", "sign in"]
    assert list(verify()) == []


def test_a_change_of_roles_accounts_and_addresses_is_in_the_history_in_words() -> None:
    admin = signed_in(username="sam")
    alice = make_user("alice", email="alice@example.com")
    save(
        admin,
        alice,
        roles=["Helpdesk"],
        mail_addresses="alice@corp.example.com",
        accounts="EXAMPLE\\alice, S-1-5-21-1-2-3-1105",
        manager="sam",
    )
    change = changes_of(User, alice.pk).get()
    assert change.by_id == str(User.objects.get(name="sam").pk)
    assert change.fields == [
        ["Roles", "", "Helpdesk"],
        ["Further Addresses", "", "alice@corp.example.com"],
        ["Accounts", "", "EXAMPLE\\alice, S-1-5-21-1-2-3-1105"],
        ["Manager", "", "sam"],
    ]
    assert roles_of(User.objects.get(pk=alice.pk)) == {"Helpdesk"}
    assert people_with_address("alice+tag@corp.example.com") == [alice]
    assert people_with_account(name="alice", identifier="S-1-5-21-1-2-3-1105") == [alice]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "LEE@example.com", "is an address of lee already."),
        ("mail_addresses", "lee+tag@example.com", "is an address of lee already."),
        ("accounts", "example\\LEE", "is an account of lee already."),
        ("accounts", "OTHER\\kim, 1001", "is an account of lee already."),
        ("accounts", "EXAMPLE\\kim, S-1-x", "“S-1-X” isn't a SID or uid."),
        ("accounts", "EXAMPLE\\ki\u200bm", "Remove the hidden character [U+200B]."),
        ("manager", "nobody", "nobody has the user name or email address “nobody”"),
        ("manager", "kim", "Manager: choose somebody else."),
        ("delegate", "KIM", "Delegate: choose somebody else."),
        ("name", "two words", "User Name: use only letters, digits and @ . + - _"),
        ("roles", "Emperors", "Emperors"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field_and_nothing_is_lost(
    field: str, typed: str, sentence: str
) -> None:
    lee = make_user("lee", email="lee@example.com", accounts=("EXAMPLE\\lee",))
    lee.endpoint_accounts.create(name="uid", identifier="1001")
    kim = make_user("kim")
    response = signed_in().post(url(kim), as_opened(kim, description="Typed.", **{field: typed}))
    page = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert sentence in page
    assert ">\nTyped.</textarea>" in page
    assert f'href="#id_{field}"' in page
    kim.refresh_from_db()
    assert kim.version == 1


def test_a_delegate_whose_last_day_is_before_the_first_is_refused() -> None:
    kim = make_user("kim")
    days = {"delegate_from": "2026-12-24", "delegate_until": "2026-12-20"}
    assert "Until is before From." in save(signed_in(), kim, **days)


@pytest.mark.parametrize("change", [{"is_active": []}, {"roles": []}, {"roles": ["Users"]}])
def test_the_last_administrator_is_neither_disabled_nor_demoted(change: dict[str, Any]) -> None:
    client = signed_in(username="sam")
    sam = User.objects.get(name="sam")
    make_user("invited", role="Administrators")  # has never signed in and has no password
    assert LAST in save(client, sam, **change)
    sam.refresh_from_db()
    assert sam.is_active
    assert roles_of(sam) == {"Administrators"}
    with_password(make_user("kim", role="Administrators"))
    save(client, sam, **change)
    assert "Administrators" not in roles_of(User.objects.get(pk=sam.pk))


def test_nobody_who_holds_a_role_or_has_signed_in_is_deleted() -> None:
    client = signed_in(username="sam")
    kim, lee = make_user("kim", role="Users"), make_user("lee")
    Client().force_login(lee)
    for person, reason in ((kim, "Remove the roles first."), (lee, "Disable the account instead.")):
        response = client.post(url(person, "delete"))
        assert response.status_code == 409
        assert reason in response.content.decode()
    assert User.objects.filter(name__in=["kim", "lee"]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_demote_each_other_at_once_one_stays() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")
    pair = [with_password(make_user(name, role="Administrators")) for name in ("sam", "kim")]
    forms = []
    for person in pair:
        form = family_of(person).form_of(person, as_opened_data(person, roles=[]))
        assert form.is_valid()
        forms.append(form)
    demotions = [partial(save_item, form, by=Author(Actor.of_system("test"))) for form in forms]
    outcomes = at_once(*demotions, expected=SaveRefused)
    assert sum(isinstance(outcome, SaveRefused) for outcome in outcomes) == 1
    assert User.objects.filter(groups__name="Administrators").count() == 1


def as_opened_data(person: User, **changes: Any) -> Any:
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for name, texts in as_sent(person, **changes).items():
        data.setlist(name, texts)
    return data


def test_disabling_ends_the_sessions_for_good() -> None:
    lee, theirs, admin = with_password(make_user("lee", role="Users")), Client(), signed_in()
    theirs.post("/sign-in/", {"login": "lee", "password": PASSWORD})
    assert theirs.get("/").status_code == 200
    save(admin, lee, is_active=[])
    assert theirs.get("/").status_code == 302
    save(admin, lee, is_active="on")
    assert theirs.get("/").status_code == 302  # the old session doesn't come back
    assert Client().post("/sign-in/", {"login": "lee", "password": PASSWORD}).status_code == 302


def test_a_disabled_person_gets_no_link_and_can_not_sign_in() -> None:
    lee = with_password(make_user("lee", role="Users"))
    User.objects.filter(pk=lee.pk).update(is_active=False)
    response = signed_in().post(url(lee, "password_link"))
    assert response.status_code == 409
    assert "Enable it first." in response.content.decode()
    client = Client()
    client.post("/sign-in/", {"login": "lee", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_new_link_ends_the_earlier_one_of_somebody_without_a_password() -> None:
    lee, client = make_user("lee"), signed_in()
    earlier = link_to_set_password(lee).removeprefix("http://testserver")
    client.post(url(lee, "password_link"))
    page = Client().get(earlier, follow=True).content.decode()
    assert "has been used or has expired" in page


def test_a_change_of_roles_ends_the_links_made_before() -> None:
    lee = make_user("lee")
    link = link_to_set_password(lee).removeprefix("http://testserver")
    ended = "has been used or has expired"
    assert ended not in Client().get(link, follow=True).content.decode()
    set_roles(lee, ["Administrators"])
    assert ended in Client().get(link, follow=True).content.decode()


def test_setting_a_password_undoes_no_change_made_meanwhile() -> None:
    lee, guest = make_user("lee"), Client()
    link = link_to_set_password(lee).removeprefix("http://testserver")
    form = guest.get(link, follow=True)
    save(signed_in(), lee, description="changed meanwhile")
    typed = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    guest.post(form.redirect_chain[-1][0], typed)
    lee.refresh_from_db()
    assert (lee.description, lee.version) == ("changed meanwhile", 2)
    assert lee.check_password(PASSWORD)


def test_a_weak_password_is_refused_in_the_summary() -> None:
    guest = Client()
    link = link_to_set_password(make_user("lee")).removeprefix("http://testserver")
    form = guest.get(link, follow=True)
    typed = {"new_password1": "short", "new_password2": "short"}
    page = guest.post(form.redirect_chain[-1][0], typed).content.decode()
    assert "There is a problem" in page
    assert 'href="#id_new_password2"' in page


def test_people_are_found_by_any_address_account_or_part_of_the_full_name() -> None:
    lee = make_user("lee", email="lee@example.com", accounts=("EXAMPLE\\l.adeyemi",))
    lee.mail_addresses.create(address="office@corp.example.com")
    User.objects.filter(pk=lee.pk).update(first_name="Lee", last_name="Adeyemi")
    make_user("other")
    client = signed_in(username="sam")
    for query in ("LEE@", "office@", "l.adeyemi", "lee adey"):
        page = client.get(USERS, {"q": query}).content.decode()
        assert re.findall(r'<a href="/users/[0-9a-f-]{36}/">(\w+)</a>', page) == ["lee"], query


def test_the_list_is_filtered_by_role_and_sorted_by_the_last_sign_in() -> None:
    client = signed_in("Auditors", username="sam")
    make_user("lee", role="Helpdesk")
    page = client.get(USERS, {"role": "Helpdesk"}).content.decode()
    assert "lee</a>" in page
    assert "sam</a>" not in page
    page = client.get(USERS, {"sort": "-last_login"}).content.decode()
    assert page.index("sam</a>") < page.index("lee</a>")


def test_whoever_names_somebody_as_manager_or_delegate_stands_at_related_items() -> None:
    lee = make_user("lee")
    User.objects.create(name="kim", manager=lee)
    assert "kim</a>" in signed_in().get(url(lee, "related")).content.decode()
    assert signed_in().post(url(lee, "delete")).status_code == 409


def test_roles_are_explained_with_who_holds_them() -> None:
    make_user("lee", role="Helpdesk")
    User.objects.filter(pk=make_user("gone", role="Helpdesk").pk).update(is_active=False)
    page = signed_in("Auditors", username="sam").get("/roles/").content.decode()
    assert "lee</a>" in page
    assert "gone" not in page
    assert "Decide approval requests in Manage Approvals" in page
