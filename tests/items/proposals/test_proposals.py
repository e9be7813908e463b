"""A proposal from its draft to its end: who may decide, what is done then, and what history keeps."""

import html
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from core.actors import Actor
from core.advanced.models import AdvancedSettings
from core.alerts.models import Alert
from core.audit.models import Entry
from core.audit.services import verify
from core.people.models import EndpointAccount, User
from items import second_person
from items.models import Change, Proposal, changes_of
from items.proposals.services import expire
from items.transfer.exporting import export
from policies.models import Filter, Policy
from tests.factories import make_user, signed_in
from tests.items.makers import as_opened, as_sent, url
from tests.items.proposals.asking import (
    Used,
    address,
    make_used,
    press,
    propose,
    require_second_person,
    the_draft,
)

pytestmark = pytest.mark.django_db


def proposed(client: Client, item: Any, **changes: Any) -> Proposal:
    client.post(url(item), as_sent(item, **changes))
    proposal = the_draft()
    propose(client, proposal)
    return proposal


def page(client: Client, where: str) -> str:
    return html.unescape(client.get(where).content.decode())


def state(proposal: Proposal) -> str:
    proposal.refresh_from_db()
    return str(proposal.state)


def test_another_administrator_accepts_and_history_names_both(
    used: Used, sam: Client, kim: Client
) -> None:
    proposal = proposed(sam, used.filter, names="other.exe")
    assert "Changes here need a second person." in page(sam, url(used.filter))
    assert "sam wants to change this." in page(kim, url(used.filter))
    shown = page(kim, address(proposal))
    assert "Ticket 12" in shown
    assert "<del>setup.exe</del>" in shown
    assert "<ins>other.exe</ins>" in shown
    assert press(kim, proposal, "accept", comment="Fine.").status_code == 302
    used.filter.refresh_from_db()
    assert used.filter.settings["names"] == ["other.exe"]
    change = changes_of(Filter, used.filter.pk).get()
    assert (change.by, change.accepted_by, change.version) == ("sam", "kim", 2)
    assert change.via == f"proposal {proposal.pk}, in the console from 127.0.0.1"
    for where in (url(used.filter, "history"), "/configuration/history/"):
        assert "accepted by kim" in page(kim, where)
    verbs = Entry.objects.order_by("sequence").values_list("verb", flat=True)
    assert list(verbs) == ["propose", "update", "accept proposal"]
    assert list(verify()) == []


def test_the_switch_is_turned_by_accepting(used: Used, sam: Client, kim: Client) -> None:
    sam.post(f"{url(used.policy)}activate/", {"active": "", "version": "1"})
    proposal = the_draft()
    propose(sam, proposal)
    press(kim, proposal, "accept")
    used.policy.refresh_from_db()
    assert (used.policy.is_active, used.policy.version) == (False, 2)
    assert state(proposal) == "accepted"


def test_a_deletion_is_made_by_accepting(used: Used, sam: Client, kim: Client) -> None:
    sam.post(url(used.policy, "delete"))
    proposal = the_draft()
    propose(sam, proposal)
    press(kim, proposal, "accept")
    assert not Policy.objects.exists()
    assert changes_of(Policy, used.policy.pk).get().accepted_by == "kim"


def test_an_import_is_made_as_a_whole_by_accepting(used: Used, sam: Client, kim: Client) -> None:
    """New items refer to each other by the ids that they were planned with."""
    Policy.objects.update(is_active=False)
    text = export()
    Policy.objects.update(is_active=True)
    copies = text.replace("Installers", "Editors").replace("setup.exe", "edit.exe")
    entries = copies.replace("active: false", "active: true")
    groups = entries.replace("Editors computers", "Installers computers")
    response = sam.post("/configuration/import/", {"file": upload(groups)}, follow=True)
    plan = response.redirect_chain[-1][0]
    shown = html.unescape(response.content.decode())
    assert "This needs a second person." in shown
    agreed = response.context["plan"].digest
    sam.post(plan, {"agreed": agreed, "reason": "Ticket 12"})
    proposal = the_draft()
    assert proposal.reason == "Ticket 12"
    propose(sam, proposal)
    assert not Policy.objects.filter(name="Editors").exists()
    assert press(kim, proposal, "accept").status_code == 302
    assert state(proposal) == "accepted", proposal.comment
    made = Policy.objects.get(name="Editors")
    assert made.is_active
    assert made.policy_filters.get().filter.name == "Editors filter"


def upload(text: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("items.yaml", text.encode())


def test_nobody_accepts_their_own(used: Used, sam: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    assert 'value="accept"' not in page(sam, address(proposal))
    assert press(sam, proposal, "accept").status_code == 409
    assert state(proposal) == "open"


SAME: dict[str, dict[str, Any]] = {
    "address": {"email": "sam+admin@sam.example.com"},
    "user name": {"username": "sam@corp.example.com"},
    "account": {"accounts": ("EXAMPLE\\sam",)},
    "one account of two": {"accounts": ("DEV\\sam", "CORP\\bob")},
}


@pytest.mark.parametrize("by", SAME)
def test_nobody_accepts_their_own_by_another_account(by: str, used: Used, sam: Client) -> None:
    EndpointAccount.objects.create(user=User.objects.get(name="sam"), name="CORP\\sam")
    again = signed_in("Administrators", **{"username": "again", **SAME[by]})
    proposal = proposed(sam, used.filter, description="mine")
    assert "may be another account of yours" in page(again, address(proposal))
    assert press(again, proposal, "accept").status_code == 409
    assert state(proposal) == "open"


def test_who_sent_a_file_at_the_command_line_may_be_anybody_so_two_administrators_accept_it(
    used: Used, sam: Client, kim: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)  # root, by a shell that names nobody
    file = tmp_path / "items.yaml"
    file.write_text(export().replace("setup.exe", "other.exe"))
    with pytest.raises(SystemExit):
        call_command("import_items", str(file), reason="Ticket 12", stdout=StringIO())
    proposal = Proposal.objects.get()
    assert "doesn't prove by whom" in page(sam, address(proposal))
    assert press(sam, proposal, "accept").status_code == 409
    assert press(sam, proposal, "take_on").status_code == 302
    assert press(sam, proposal, "accept").status_code == 409
    assert "operator" in page(sam, address(proposal))
    assert press(kim, proposal, "accept").status_code == 302
    assert state(proposal) == "accepted"
    assert changes_of(Filter, used.filter.pk).get().by == "sam"


def test_nobody_takes_on_what_another_administrator_proposed(
    used: Used, sam: Client, kim: Client
) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    press(kim, proposal, "take_on")
    proposal.refresh_from_db()
    assert (proposal.by, proposal.state) == ("sam", "open")


def test_an_operators_proposal_is_refused_by_one_administrator(used: Used, kim: Client) -> None:
    Proposal.objects.create(
        **Actor.of_operator("root").columns("by"),
        account="root",
        title="Change filter",
        state="open",
        expires_at=timezone.now() + timedelta(days=1),
    )
    proposal = Proposal.objects.get()
    press(kim, proposal, "refuse", comment="Not agreed.")
    assert state(proposal) == "refused"


@pytest.mark.parametrize("role", ["Auditors", "Windows Administrators", "Helpdesk", "Users", ""])
def test_nobody_but_administrators_accepts(role: str, used: Used, sam: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    assert press(signed_in(role), proposal, "accept").status_code in {403, 404}
    assert state(proposal) == "open"


def test_accepting_asks_for_the_password_again(used: Used, sam: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    client = Client()
    client.force_login(make_user("kim", role="Administrators"))
    response = press(client, proposal, "accept", comment="Fine.")
    assert response.status_code == 422
    assert "Fine." in response.content.decode()
    assert state(proposal) == "open"


def test_a_refusal_says_why_and_changes_nothing(used: Used, sam: Client, kim: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    assert "Say why you refuse it." in press(kim, proposal, "refuse").content.decode()
    press(kim, proposal, "refuse", comment="Too wide.")
    assert state(proposal) == "refused"
    assert "Too wide." in page(sam, address(proposal))
    assert not Change.objects.exists()
    press(kim, proposal, "accept")
    assert state(proposal) == "refused"


def test_its_author_withdraws_it_and_nobody_else(used: Used, sam: Client, kim: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    assert press(kim, proposal, "withdraw").status_code == 403
    press(sam, proposal, "withdraw")
    assert state(proposal) == "withdrawn"


def test_a_draft_is_its_authors_alone(used: Used, sam: Client, kim: Client) -> None:
    sam.post(url(used.filter), as_sent(used.filter, description="mine"))
    draft = the_draft()
    assert kim.get(address(draft)).status_code == 404
    assert "Enter why you want these changes." in press(sam, draft, "propose").content.decode()
    press(sam, draft, "withdraw")
    assert not Proposal.objects.exists()


def test_one_whose_item_was_changed_meanwhile_is_outdated_and_made_anew(
    used: Used, sam: Client, kim: Client
) -> None:
    press(kim, proposed(sam, used.filter, description="before"), "accept")
    first = proposed(sam, used.filter, description="first")
    second = proposed(sam, used.filter, names="other.exe")
    press(kim, first, "accept")
    assert "was changed meanwhile" in page(kim, address(second))
    press(kim, second, "accept")
    assert state(second) == "outdated"
    used.filter.refresh_from_db()
    assert (used.filter.description, used.filter.settings["names"]) == ("first", ["setup.exe"])
    form = sam.get(address(second)).context["anew"]
    merged = sam.post(form[0], form[1])
    assert merged.status_code == 409
    fields = merged.context["form"]
    assert fields["names"].value() == "other.exe"
    assert fields["description"].value() == "first"


def test_one_is_outdated_if_what_it_would_bring_into_force_was_changed_after_it_was_proposed(
    sam: Client, kim: Client
) -> None:
    """A harmless filter is proposed, and widened before somebody accepts."""
    inactive = make_used(active=False)
    require_second_person()
    sam.post(f"{url(inactive.policy)}activate/", {"active": "on", "version": "1"})
    proposal = the_draft()
    propose(sam, proposal)
    assert inactive.filter.name in page(kim, address(proposal))
    sam.post(url(inactive.filter), as_sent(inactive.filter, names="*.exe"))
    press(kim, proposal, "accept")
    assert state(proposal) == "outdated"
    assert not Policy.objects.filter(is_active=True).exists()


def test_what_its_author_may_no_longer_change_is_not_changed(used: Used, kim: Client) -> None:
    windows = signed_in("Windows Administrators", "win")
    proposal = proposed(windows, used.filter, description="mine")
    User.objects.get(name="win").groups.clear()
    press(kim, proposal, "accept")
    assert state(proposal) == "outdated"
    assert not Change.objects.exists()


def test_it_expires_after_seven_days(used: Used, sam: Client, kim: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    assert proposal.expires_at - proposal.at == timedelta(days=7)
    Proposal.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    press(kim, proposal, "accept")
    assert state(proposal) == "open"
    assert "Expired" in page(kim, address(proposal))
    expire()
    assert state(proposal) == "expired"
    assert not Change.objects.exists()
    assert Entry.objects.filter(verb="expire proposal").exists()


def test_the_bell_tells_those_who_may_accept(used: Used, sam: Client, kim: Client) -> None:
    proposed(sam, used.filter, description="mine")
    assert "1 proposal to review" in page(kim, "/")
    for client in (sam, signed_in("Auditors"), signed_in("Helpdesk")):
        assert "to review" not in page(client, "/")


def test_switching_it_off_takes_two_and_then_nothing_does(
    used: Used, sam: Client, kim: Client
) -> None:
    setting = AdvancedSettings.objects.get()
    sam.post(url(setting), as_opened(setting, second_person=[]))
    proposal = the_draft()
    propose(sam, proposal)
    press(kim, proposal, "accept")
    assert not second_person.is_required()
    sam.post(url(used.filter), as_sent(used.filter, description="mine"))
    used.filter.refresh_from_db()
    assert used.filter.description == "mine"


def test_an_operator_overrides_with_a_reason_that_all_administrators_see(
    used: Used, sam: Client, kim: Client
) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    with pytest.raises(CommandError):
        call_command("proposals", "accept", str(proposal.pk), reason=" ")
    call_command("proposals", "accept", str(proposal.pk), reason="Kim is away", stdout=StringIO())
    used.filter.refresh_from_db()
    assert used.filter.description == "mine"
    assert changes_of(Filter, used.filter.pk).get().accepted_by.endswith("operator override")
    assert "(Kim is away)" in Alert.objects.get().text
    assert "(Kim is away)" in page(kim, "/")
    with pytest.raises(CommandError, match="isn't open any more"):
        call_command("proposals", "accept", str(proposal.pk), reason="Again")


def test_the_command_lists_and_shows(used: Used, sam: Client) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    out = StringIO()
    call_command("proposals", "list", stdout=out)
    call_command("proposals", "show", str(proposal.pk), stdout=out)
    assert "Ticket 12" in out.getvalue()
    assert "Description: (empty) → mine" in out.getvalue()


@pytest.mark.django_db
def test_the_command_says_that_no_proposal_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("proposals", "list")
    assert capsys.readouterr().out == "No proposals are open.\n"


def test_the_command_tells_programs_in_json(
    used: Used, sam: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = proposed(sam, used.filter, description="mine")

    def told(*arguments: str) -> Any:
        call_command("proposals", *arguments, "--json")
        return json.loads(capsys.readouterr().out)

    (listed,) = told("list")
    assert (listed["number"], listed["state"]) == (proposal.pk, "open")
    (change,) = told("show", str(proposal.pk))["changes"]
    assert change["fields"] == [["Description", "", "mine"]]
    refused = told("refuse", str(proposal.pk), "--reason", "Not now")
    assert (refused["state"], refused["comment"]) == ("refused", "Not now")
    assert told("list") == []


def test_auditors_see_all_and_those_who_do_not_see_people_only_their_own(
    used: Used, sam: Client
) -> None:
    proposal = proposed(sam, used.filter, description="mine")
    assert signed_in("Auditors").get(address(proposal)).status_code == 200
    assert signed_in("Windows Administrators").get(address(proposal)).status_code == 404
    assert "Installers filter" in page(signed_in("Auditors"), "/proposals/")
    assert "Installers filter" not in page(signed_in("Windows Administrators"), "/proposals/")
