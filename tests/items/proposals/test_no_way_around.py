"""While policy changes need a second person, none changes an active policy, or what one uses, alone: by
whatever page, verb, file or command.
"""

from collections.abc import Callable
from io import StringIO
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from core.actors import Actor
from core.advanced.models import AdvancedSettings
from core.people.models import User
from core.people.selectors import may_be_one_person
from core.roles import LINUX_ADMINISTRATORS, roles_of
from foreign_systems.models import ForeignSystem
from items import second_person
from items.author import Author, SecondPersonNeeded
from items.models import Change, Proposal
from items.services import changing, delete_item
from items.transfer.exporting import export
from items.transfer.importing import import_items
from policies.activation import switch
from policies.models import Policy
from tests.agents.endpoints import make_action, make_policy
from tests.factories import client_of, make_user, signed_in
from tests.items.makers import KINDS, as_opened, as_sent, make_item, url
from tests.items.proposals.asking import (
    Used,
    address,
    make_used,
    person,
    press,
    propose,
    require_second_person,
    the_draft,
)
from tests.policies.events import make_computer

pytestmark = pytest.mark.django_db
KIND = {name: (family, kind) for name, family, kind in KINDS}


def by_sam() -> Author:
    return Author(Actor.of_user(User.objects.get(name="sam")))


def stored(items: list[Any]) -> list[tuple[int, str]]:
    rows = [type(item)._default_manager.filter(pk=item.pk).first() for item in items]
    return [(row.version, row.description) if row else (0, "deleted") for row in rows]


def is_drafted(response: Any) -> bool:
    return response.status_code == 302 and response["Location"] == address(the_draft())


PARTS = ["policy", "filter", "group", "action", "type", "process"]


@pytest.mark.parametrize("part", PARTS)
def test_saving_a_page_changes_nothing_and_leads_to_a_draft(
    part: str, used: Used, sam: Client
) -> None:
    item = getattr(used, part)
    response = sam.post(url(item), as_sent(item, description="mine"))
    assert is_drafted(response)
    assert set(stored(used.all())) == {(1, "")}
    assert not Change.objects.exists()
    assert the_draft().steps[0]["fields"] == [["Description", "", "mine"]]


@pytest.mark.parametrize("part", PARTS)
def test_restoring_a_version_changes_nothing(part: str, used: Used, sam: Client) -> None:
    item = getattr(used, part)
    require_second_person(False)
    for text in ("first", "second"):
        sam.post(url(item), as_sent(item, description=text))
    require_second_person()
    assert is_drafted(sam.post(f"{url(item, 'history')}2/restore/"))
    assert stored([item]) == [(3, "second")]


def test_a_policy_is_neither_deactivated_nor_deleted(used: Used, sam: Client) -> None:
    activate = f"{url(used.policy)}activate/"
    assert is_drafted(sam.post(activate, {"active": "", "version": "1"}))
    Proposal.objects.all().delete()
    assert is_drafted(sam.post(url(used.policy, "delete")))
    assert Policy.objects.filter(pk=used.policy.pk, is_active=True, version=1).exists()


def test_a_policy_is_not_activated(sam: Client) -> None:
    inactive = make_used(active=False)
    require_second_person()
    response = sam.post(f"{url(inactive.policy)}activate/", {"active": "on", "version": "1"})
    assert is_drafted(response)
    assert not Policy.objects.filter(is_active=True).exists()


def test_several_policies_are_switched_by_one_proposal(
    used: Used, sam: Client, kim: Client
) -> None:
    other = make_policy(used.group, make_action("deny_execute"), name="Other")
    chosen = [f"{policy.pk}.1" for policy in (used.policy, other)]
    response = sam.post("/policies/bulk/", {"policy": chosen, "active": ""})
    draft = the_draft()
    assert f'href="{address(draft)}"' in response.content.decode()
    assert Policy.objects.filter(is_active=True).count() == 2
    propose(sam, draft)
    press(kim, draft, "accept")
    assert not Policy.objects.filter(is_active=True).exists()


def test_a_move_is_proposed_with_all_policies_that_make_room(
    used: Used, sam: Client, kim: Client
) -> None:
    first, second = (
        make_policy(used.group, make_action("deny_execute"), name=f"P{number}", priority=number)
        for number in (1, 2)
    )
    assert is_drafted(sam.post(f"{url(second)}move/", {"before": str(first.pk)}))
    draft = the_draft()
    assert [step["name"] for step in draft.steps] == ["P2", "P1"]
    propose(sam, draft)
    press(kim, draft, "accept")
    order = Policy.objects.order_by("priority", "created_at").values_list("name", flat=True)
    assert list(order) == ["P2", "P1", used.policy.name]


def test_computers_get_into_and_out_of_a_group_with_active_policies_by_proposals(
    used: Used, sam: Client, kim: Client
) -> None:
    computer = make_computer("WS-1")
    tab = f"{url(used.group)}computers/"
    for page, values in (
        ("add/", {"names": "WS-1"}),
        ("remove/", {"computer": str(computer.pk)}),
    ):
        were = list(used.group.computers.all())
        assert is_drafted(sam.post(f"{tab}{page}", values))
        draft = the_draft()
        assert list(used.group.computers.all()) == were
        propose(sam, draft)
        press(kim, draft, "accept")
        assert used.group.computers.count() == 1 - len(were)


def test_what_no_active_policy_uses_changes_as_ever(sam: Client) -> None:
    inactive = make_used(active=False)
    require_second_person()
    for item in inactive.all():
        assert sam.post(url(item), as_sent(item, description="mine")).status_code == 302
    assert set(stored(inactive.all())) == {(2, "mine")}
    assert sam.post(url(inactive.policy, "delete")).status_code == 302
    assert not Proposal.objects.exists()


def test_an_import_is_proposed_as_a_whole(used: Used, sam: Client) -> None:
    free = make_item(*KIND["filters:computer"], description="as before")
    text = export().replace("setup.exe", "other.exe").replace("as before", "after")
    with pytest.raises(SecondPersonNeeded) as needed:
        import_items(text.encode(), by=by_sam(), reason="Ticket 12")
    assert {change.item_name for change in needed.value.changes} == {used.filter.name, free.name}
    assert not Change.objects.exists()


def test_an_import_of_what_is_not_in_force_is_done(used: Used, sam: Client) -> None:
    free = make_item(*KIND["filters:computer"], description="as before")
    import_items(export().replace("as before", "after").encode(), by=by_sam(), reason="Ticket 12")
    assert stored([free]) == [(2, "after")]


def test_pruning_by_import_is_proposed(used: Used, sam: Client) -> None:
    with pytest.raises(SecondPersonNeeded):
        import_items(
            b"pmconsole_items: 1\npolicies: []\n", by=by_sam(), reason="Ticket 12", prune=True
        )
    assert Policy.objects.filter(pk=used.policy.pk).exists()


def test_the_command_proposes_too(used: Used, tmp_path: Any) -> None:
    file = tmp_path / "items.yaml"
    file.write_text(export().replace("setup.exe", "other.exe"))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_items", str(file), reason="Ticket 12", stdout=out)
    assert ended.value.code == 4
    assert "one administrator can take on Proposal" in out.getvalue()
    proposal = Proposal.objects.get(state="open")
    assert (proposal.by_kind, proposal.reason) == ("system", "Ticket 12")
    used.filter.refresh_from_db()
    assert used.filter.settings == {"names": ["setup.exe"]}


VERBS: dict[str, Callable[[Used, Author], Any]] = {
    "switch": lambda used, by: switch(policy_id=used.policy.pk, by=by, on=False),
    "delete": lambda used, by: delete_item(used.policy, by=by),
    "change": lambda used, by: described(used.filter, by),
}


def described(item: Any, by: Author) -> None:
    with changing(item, by=by):
        item.description = "mine"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", ["person", "operator"])
def test_the_verbs_themselves_refuse_people_and_operators(verb: str, kind: str, used: Used) -> None:
    actor = Actor.of_operator("root") if kind == "operator" else Actor.of_user(make_user("sam"))
    with pytest.raises(SecondPersonNeeded):
        VERBS[verb](used, Author(actor))
    assert Policy.objects.filter(is_active=True, version=1).exists()
    assert stored([used.filter]) == [(1, "")]


def test_what_pmconsole_does_by_itself_needs_nobody(used: Used) -> None:
    described(used.filter, Author(Actor.of_system("SMTP_URL")))
    assert stored([used.filter]) == [(2, "mine")]


def test_switching_it_off_needs_a_second_person(used: Used, sam: Client) -> None:
    setting = AdvancedSettings.objects.get()
    assert is_drafted(sam.post(url(setting), as_opened(setting, second_person=[])))
    assert second_person.is_required()


def test_it_is_switched_on_only_where_there_are_two_people(sam: Client) -> None:
    setting = require_second_person(False)
    on = as_opened(setting, second_person="on")
    response = sam.post(url(setting), on)
    assert "There must be two administrators who can sign in" in response.content.decode()
    person("kim")
    User.objects.update(last_login="2026-01-01T00:00Z")
    assert sam.post(url(setting), on).status_code == 302
    assert second_person.is_required()


def test_nobody_makes_another_administrator_alone(used: Used, sam: Client) -> None:
    other = make_user("other")
    assert is_drafted(sam.post(url(other), as_opened(other, roles=["Administrators"])))
    Proposal.objects.all().delete()
    given = {"name": "third", "roles": ["Administrators"]}
    assert is_drafted(sam.post("/users/create/", given))
    assert not User.objects.filter(name="third").exists()
    assert sam.post(url(other), as_opened(other, roles=["Auditors"])).status_code == 302
    assert other.groups.get().name == "Auditors"


def test_nobody_makes_a_platform_administrator_who_would_propose_what_they_accept(
    used: Used, sam: Client
) -> None:
    puppet = {"name": "puppet", "roles": ["Windows Administrators"]}
    assert is_drafted(sam.post("/users/create/", puppet))
    assert not User.objects.filter(name="puppet").exists()


def test_nobody_makes_two_administrators_look_like_two_people_alone(
    used: Used, sam: Client
) -> None:
    person("kim")
    kim = User.objects.get(name="kim")
    for change in ({"email": "new@example.com"}, {"accounts": "EXAMPLE\\kim"}, {"name": "kim2"}):
        assert is_drafted(sam.post(url(kim), as_opened(kim, **change)))
        Proposal.objects.all().delete()


@pytest.mark.parametrize("had_the_role", [True, False])
def test_nor_before_somebody_gets_the_role_as_a_provider_gives_it(
    used: Used, sam: Client, had_the_role: bool
) -> None:
    """Sam's other user, whose profile Sam changes while it may change no policies."""
    twin = make_user("adm-x", accounts=("ADMIN\\sam",))
    if had_the_role:
        twin.groups.add(Group.objects.get(name="Administrators"))
        assert sam.post(url(twin), as_opened(twin, roles=[])).status_code == 302
    renamed = as_opened(twin, name="m.novak", email="novak@example.com", accounts="")
    assert sam.post(url(twin), renamed).status_code == 302
    twin.groups.add(Group.objects.get(name="Administrators"))
    twin = User.objects.get(pk=twin.pk)
    assert not may_be_one_person(User.objects.get(name="sam"), twin)

    assert is_drafted(sam.post(url(used.filter), as_sent(used.filter, description="mine")))
    proposal = the_draft()
    propose(sam, proposal)
    refused = press(client_of(twin, entered=True), proposal, "accept")
    assert refused.status_code == 409
    assert "may be another account of yours" in refused.content.decode()


def test_whoever_gets_the_role_has_none_of_the_sign_ins_that_others_may_know(
    used: Used, sam: Client, kim: Client
) -> None:
    """Sam made the password link, used it, and is signed in as the new administrator."""
    new = make_user("new")
    new.set_password("known to Sam")
    new.save()
    as_new = Client()
    as_new.force_login(new)
    assert is_drafted(sam.post(url(new), as_opened(new, roles=["Administrators"])))
    proposal = the_draft()
    propose(sam, proposal)
    new.refresh_from_db()
    assert new.has_usable_password()
    assert press(kim, proposal, "accept").status_code == 302
    new.refresh_from_db()
    assert roles_of(new) == {"Administrators"}
    assert not new.has_usable_password()
    assert as_new.get("/profile/").status_code == 302


def test_an_administrators_account_is_disabled_at_once(used: Used, sam: Client) -> None:
    person("kim")
    kim = User.objects.get(name="kim")
    assert sam.post(url(kim), as_opened(kim, is_active=[])).status_code == 302
    kim.refresh_from_db()
    assert not kim.is_active


def test_nobody_takes_another_administrators_account_over(used: Used, sam: Client) -> None:
    person("kim")
    make_user("win", role="Windows Administrators")
    person("disabled")
    User.objects.filter(name="disabled").update(is_active=False)
    people = ("kim", "win", "disabled")
    for other, page in product(people, ("password_link", "second_factor")):
        response = sam.post(url(User.objects.get(name=other), page))
        assert response.status_code == 409
        assert "Policy changes need a second person" in response.content.decode()


@pytest.mark.parametrize("kind", ["openid_providers:openid", "mailboxes:mailbox"])
def test_nobody_changes_alone_how_people_are_known(used: Used, sam: Client, kind: str) -> None:
    system = make_item(*KIND[kind])
    assert isinstance(system, ForeignSystem)
    assert is_drafted(sam.post(url(system), as_sent(system, description="mine")))
    assert stored([system]) == [(1, "")]


def test_a_mail_server_is_repaired_at_once(used: Used, sam: Client) -> None:
    server = ForeignSystem.objects.get()
    assert sam.post(url(server), as_sent(server, description="mine")).status_code == 302
    assert stored([server]) == [(2, "mine")]


def test_a_platform_administrator_proposes_too(used: Used) -> None:
    windows = signed_in("Windows Administrators", "win")
    assert is_drafted(windows.post(url(used.filter), as_sent(used.filter, description="mine")))
    assert windows.get(address(the_draft())).status_code == 200
    linux = signed_in(LINUX_ADMINISTRATORS, "lin")
    assert linux.get(address(the_draft())).status_code == 404
