"""Somebody who wants another one to be held for what they did."""

import html
import itertools
import time
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals.letters import kinds
from approvals.models import Decision, Grant, OutgoingMail
from approvals.services import Decider, cancel_request, decide, revoke_grant
from approvals.tokens import link_token
from core.actors import MAX_ACTOR_NAME, Actor, ActorKind
from core.audit.models import Entry, Payload
from core.audit.services import record, verify
from core.people.models import User
from items.models import Change
from tests.factories import DANA, invitation_of, make_plea, make_process, make_request, make_user
from tests.items.makers import as_opened, url

pytestmark = pytest.mark.django_db
COMPUTER = uuid.UUID(int=14)


def person(username: str, full_name: str = "", **values: str) -> User:
    user = make_user(username, **values)  # type: ignore[arg-type]
    user.first_name, _, user.last_name = full_name.partition(" ")
    user.save()
    return user


def endpoint(account: str, computer: str = "WS-014") -> Actor:
    return Actor.of_endpoint(account, computer_id=COMPUTER, computer=computer)


def test_two_people_of_one_name_can_be_told_apart() -> None:
    one, other = person("sam.ortega", "Sam Ortega"), person("s.ortega", "Sam Ortega")
    assert Actor.of_user(one).name == "Sam Ortega (sam.ortega)"
    assert Actor.of_user(other).name == "Sam Ortega (s.ortega)"
    assert Actor.of_user(one).id != Actor.of_user(other).id


def test_nobody_is_shown_like_somebody_of_another_kind() -> None:
    """Each tries to look like the others by all the names that are theirs to choose."""
    names = ["admin", "admin on WS-014", "system: clock", "operator root", DANA, "Sam (admin)"]
    users = [person("admin"), person(DANA), person("clock"), person("root")]
    users += [person(f"user-{n}", name) for n, name in enumerate(names)]
    actors = [Actor.of_user(user) for user in users]
    actors += [endpoint(name) for name in names]
    actors += [Actor.of_agent(computer_id=COMPUTER, computer=name) for name in names]
    actors += [Actor.of_address(DANA), Actor.of_system("clock"), Actor.of_operator("root")]
    for one, other in itertools.combinations(actors, 2):
        assert one.name != other.name, (one, other)


@pytest.mark.parametrize("full_name", ["", "x" * 150 + " " + "y" * 150])
@pytest.mark.parametrize("username", ["sam", "u" * 100, "u" * 150])
def test_a_long_name_does_not_push_out_the_user_name(username: str, full_name: str) -> None:
    user = User(pk=1, username=username)
    user.first_name, _, user.last_name = full_name.partition(" ")
    assert username[:119] in Actor.of_user(user).name
    assert len(Actor.of_user(user).name) <= 120


def test_a_hostile_endpoint_account_fits_every_column() -> None:
    actor = endpoint("a" * 256, "c" * 255)
    columns = actor.columns("by")
    assert " on c" in actor.name
    assert len(columns["by"]) <= MAX_ACTOR_NAME
    assert len(columns["by_id"]) <= 300


def test_the_trail_holds_kind_and_id_of_whoever_acted() -> None:
    sam = person("sam.ortega", "Sam Ortega")
    with transaction.atomic():
        record(actor=Actor.of_user(sam), verb="test", kind="thing", object_id=1, facts={})
        record(actor=endpoint("admin"), verb="test", kind="thing", object_id=2, facts={})
    by_user, by_endpoint = Entry.objects.order_by("pk")
    assert (by_user.actor_kind, by_user.actor_id) == ("user", str(sam.pk))
    assert (by_endpoint.actor, by_endpoint.actor_kind) == ("admin on WS-014", "endpoint")
    assert '"account": "admin"' in Payload.objects.get(entry=by_endpoint).text
    assert list(verify()) == []


@pytest.mark.parametrize("column", ["actor", "actor_kind", "actor_id"])
def test_another_actor_in_the_columns_is_found(column: str) -> None:
    with transaction.atomic():
        record(actor=endpoint("admin"), verb="test", kind="thing", object_id=1, facts={})
    Entry.objects.update(**{column: "user"})
    assert list(map(str, verify())) == ["Entry 1 doesn't match its payload."]


def test_an_endpoint_account_admin_is_not_the_admin_of_the_console() -> None:
    admin = make_user("admin", role="Administrators")
    request = make_request(plea=make_plea(account="admin"))
    opened = Entry.objects.get(verb="open")
    assert (opened.actor, opened.actor_kind) == ("admin on WS-014", "endpoint")
    assert opened.actor_id != str(admin.pk)
    assert cancel_request(
        number=request.number,
        computer_id=request.computer_id,
        by=Actor.of_agent(computer_id=request.computer_id, computer="WS-014"),
    )
    assert Entry.objects.get(verb="cancelled").actor == "the agent of WS-014"


def test_decision_mail_grant_and_history_name_the_very_person() -> None:
    sam = person("sam.ortega", "Sam Ortega", role="Administrators")
    person("s.ortega", "Sam Ortega")
    request = make_request()
    make_user("alice", email="alice@example.com", accounts=("EXAMPLE\\alice",))
    decider = Decider("console", user=sam)
    decide(number=request.number, decider=decider, answer="approve", minutes=60)
    revoke_grant(grant_id=Grant.objects.get().pk, by=Actor.of_user(sam), reason="Not needed.")

    decision, grant = Decision.objects.get(), Grant.objects.get()
    assert decision.name == grant.revoked_by == "Sam Ortega (sam.ortega)"
    assert (decision.actor_kind, decision.actor_id) == ("user", str(sam.pk))
    assert (grant.revoked_by_kind, grant.revoked_by_id) == ("user", str(sam.pk))
    mails = OutgoingMail.objects.exclude(purpose=kinds.REQUEST.key)
    assert mails
    assert all("Sam Ortega (sam.ortega)" in mail.draft.text for mail in mails)
    client = Client()
    client.force_login(sam)
    page = html.unescape(client.get(f"/approvals/{request}/").content.decode())
    assert "Sam Ortega (sam.ortega)" in page


def test_an_answer_by_mail_is_that_of_an_address() -> None:
    request = make_request()
    dana = person("dana", "Dana Whitfield", email=DANA)
    decide(
        number=request.number,
        decider=Decider("reply", invitation=invitation_of(request)),
        answer="deny",
    )
    decision, entry = Decision.objects.get(), Entry.objects.get(verb="decide")
    assert (decision.actor_kind, decision.actor_id, decision.person) == ("address", DANA, dana)
    assert entry.actor == "Dana Whitfield (dana)"
    assert entry.actor_kind == ActorKind.ADDRESS


def test_a_link_used_by_somebody_signed_in_names_both() -> None:
    request = make_request(approvals_needed=2)
    invitation = invitation_of(request)
    client, mallory = Client(), person("mallory", "Mallory Quist")
    client.force_login(mallory)
    address = f"/d/{link_token(invitation.pk, invitation.key_number)}"
    client.post(address, {"answer": "approve", "length": "", "comment": ""})

    decision = Decision.objects.get()
    assert decision.name == f"{DANA}, signed in as Mallory Quist (mallory)"
    assert decision.channel == "bearer"
    assert decision.evidence["signed_in"]["id"] == str(mallory.pk)
    assert decision.evidence["signed_in"]["kind"] == "user"
    assert decision.actor_id == DANA


def test_whoever_is_signed_in_counts_once_whatever_links_they_use() -> None:
    request = make_request(approvals_needed=2)
    mallory = make_user("mallory", role="Helpdesk")
    decide(number=request.number, decider=Decider("console", user=mallory), answer="approve")
    link = Decider("bearer", invitation=invitation_of(request), signed_in=mallory)
    decide(number=request.number, decider=link, answer="approve")
    request.refresh_from_db()
    assert request.is_pending


def test_lists_of_versions_do_not_load_the_texts_of_all_of_them() -> None:
    admin = make_user("sam", role="Administrators")
    client, process = Client(), make_process()
    client.force_login(admin)
    session = client.session
    session["password_entered_at"] = int(time.time())
    session.save()
    for number in range(5):
        process.refresh_from_db()
        client.post(url(process), as_opened(process, description=f"{number} " + "x" * 1900))
    assert Change.objects.count() == 5
    for address in (url(process, "history"), reverse("configuration_history"), url(process)):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address)
        assert page.status_code == 200, address
        lists = [
            query["sql"]
            for query in queries
            if "items_change" in query["sql"] and "LIMIT 21" not in query["sql"]
        ]
        assert lists
        assert not any('"values"' in sql or '"items_change"."fields"' in sql for sql in lists)
        assert "Version 6" in page.content.decode()
