"""What every installation begins with, and the example of a trial."""

import json
import re
import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import CommandError

from actions.models import Action
from approvals.models import ApprovalProcess, ApprovalType
from core.audit.services import verify
from core.people.models import User
from core.roles import ROLES
from foreign_systems.environment import provide_mailbox, provide_smtp_server
from foreign_systems.models import ForeignSystem
from policies.engine import Event
from policies.evaluation import evaluate
from policies.models import ComputerGroup, Filter, Policy
from tasks.models import Task
from tests.factories import make_smtp_server, signed_in
from trial.example import UAC_POLICY, add_example
from trial.people import first_password

pytestmark = pytest.mark.django_db
FROM = "approvals@pm.example.com"
MODELS = (Action, ApprovalProcess, ApprovalType, ComputerGroup, Filter, Policy, ForeignSystem)


@pytest.fixture
def defaults() -> None:
    call_command("add_defaults", verbosity=0)


@pytest.fixture
def example(defaults: None, tmp_path: Path) -> Path:
    assert add_example(tmp_path)
    return tmp_path


def everything() -> dict[str, list[dict[str, object]]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in MODELS}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (Action, "Approval Request Form Action"),
        (Action, "Add Administrative Rights Action"),
        (ApprovalType, "Default Execute Application Request Type"),
        (ApprovalType, "Default Offline Execute Application Request Type"),
        (ApprovalProcess, "Default Manual Approval Process"),
        (ApprovalProcess, "Default Offline Approval Process"),
        (ComputerGroup, "Windows Computers"),
        (ComputerGroup, "macOS Computers"),
        (ComputerGroup, "Linux Computers"),
    ],
)
def test_the_handbooks_items_are_there_and_built_in(
    defaults: None, model: type[Action], name: str
) -> None:
    assert model.objects.get(name=name).is_builtin


def test_the_request_form_leads_to_the_default_type(defaults: None) -> None:
    form = Action.objects.get(name="Approval Request Form Action")
    assert form.approval_type == ApprovalType.objects.get(
        name="Default Execute Application Request Type"
    )
    assert form.settings["title"] == "Application Notice"


def test_every_role_is_there(defaults: None) -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_adding_the_defaults_again_changes_nothing(defaults: None) -> None:
    before = everything()
    call_command("add_defaults", verbosity=0)
    assert everything() == before


def test_what_an_administrator_edited_stays(defaults: None) -> None:
    ApprovalProcess.objects.filter(name="Default Manual Approval Process").update(
        name="Help desk", description="Ours"
    )
    call_command("add_defaults", verbosity=0)
    assert ApprovalProcess.objects.filter(description="Ours").get().name == "Help desk"
    assert ApprovalProcess.objects.filter(is_builtin=True).count() == 2


def test_somebodys_own_item_of_the_same_name_is_left_alone() -> None:
    own = ComputerGroup.objects.create(name="windows computers", platform="windows")
    call_command("add_defaults", verbosity=0)
    own.refresh_from_db()
    assert not own.is_builtin
    assert ComputerGroup.objects.filter(name="Windows Computers (built-in)").exists()


def test_adding_leaves_a_whole_audit_trail(example: Path) -> None:
    assert list(verify()) == []


def test_an_smtp_server_of_the_environment_appears_as_the_default(settings) -> None:
    settings.SMTP_URL = "smtp://u:p%40ss@mail.example.com:2525"
    server = provide_smtp_server(settings.SMTP_URL, from_address=FROM)
    assert server is not None
    assert server.from_environment
    assert server.is_default
    assert server.settings["base_url"] == "smtp://mail.example.com:2525"
    assert server.credential is not None
    assert (server.credential.account_name, server.credential.secret()) == ("u", "p@ss")


def test_it_does_not_become_the_default_beside_another() -> None:
    ForeignSystem.objects.create(name="Ours", kind="smtp", is_default=True)
    server = provide_smtp_server("smtp://mail.example.com", from_address=FROM)
    assert server is not None
    assert not server.is_default


def test_it_follows_the_environment_and_keeps_what_was_amended() -> None:
    server = provide_smtp_server("smtp://one.example.com", from_address=FROM)
    assert server is not None
    server.settings = {**server.settings, "timeout": 5.0, "from_address": "it@example.com"}
    server.name = "Our mail server"
    server.save()
    again = provide_smtp_server("smtp://two.example.com", from_address=FROM)
    assert again is not None
    assert again.pk == server.pk
    assert again.name == "Our mail server"
    assert again.settings["base_url"] == "smtp://two.example.com:25"
    assert (again.settings["timeout"], again.settings["from_address"]) == (5.0, "it@example.com")


def test_an_amended_address_stays_when_the_environment_changes() -> None:
    server = provide_smtp_server("smtp://one.example.com", from_address=FROM)
    assert server is not None
    server.settings = {**server.settings, "base_url": "smtp://ours.example.com:25"}
    server.save()
    again = provide_smtp_server("smtp://two.example.com", from_address=FROM)
    assert again is not None
    assert again.settings["base_url"] == "smtp://ours.example.com:25"


def test_a_new_password_of_the_environment_is_taken_over() -> None:
    provide_smtp_server("smtp://u:old@mail.example.com", from_address=FROM)
    again = provide_smtp_server("smtp://u:new@mail.example.com", from_address=FROM)
    assert again is not None
    assert again.credential is not None
    assert again.credential.secret() == "new"


def test_a_mailbox_of_the_environment_appears_with_its_account_and_folder(settings) -> None:
    settings.MAILBOX_URL = "imaps://replies%40example.com:p%2Fss@mail.example.com/Pm%20Replies"
    settings.AUTHSERV_IDS = ("mx.example.com",)
    call_command("add_defaults", verbosity=0)
    mailbox = ForeignSystem.objects.mailboxes().get()
    assert (mailbox.name, mailbox.from_environment) == ("Mailbox", True)
    assert mailbox.mailbox.base_url == "imaps://mail.example.com:993"
    assert mailbox.mailbox.inbox == "Pm Replies"
    assert mailbox.mailbox.authserv_ids == ("mx.example.com",)
    assert mailbox.credential is not None
    account = (mailbox.credential.account_name, mailbox.credential.secret())
    assert account == ("replies@example.com", "p/ss")
    assert mailbox.undeletable == "Defined by MAILBOX_URL. Remove it there first."
    assert "p/ss" not in f"{mailbox.settings} {mailbox.environment_url}"


def test_the_mailbox_follows_the_environment_and_keeps_what_was_amended() -> None:
    mailbox = provide_mailbox("imaps://u:old@one.example.com", authserv_ids=())
    assert mailbox is not None
    assert mailbox.mailbox.inbox == "INBOX"
    mailbox.settings = {**mailbox.settings, "authserv_ids": ["mx.example.com"]}
    mailbox.save()
    again = provide_mailbox("imaps://u:new@two.example.com/Replies", authserv_ids=())
    assert again is not None
    assert again.credential is not None
    assert (again.pk, again.credential.secret()) == (mailbox.pk, "new")
    assert again.mailbox.base_url == "imaps://two.example.com:993"
    assert (again.mailbox.inbox, again.mailbox.authserv_ids) == ("Replies", ("mx.example.com",))
    again.settings = {**again.settings, "inbox": "Ours"}
    again.save()
    third = provide_mailbox("imaps://u:new@three.example.com/Replies", authserv_ids=())
    assert third is not None
    assert (third.mailbox.base_url, third.mailbox.inbox) == ("imaps://two.example.com:993", "Ours")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("imaps://mail.example.com/INBOX", "needs an account name and a password"),
        ("smtp://u:hush@mail.example.com", "can't begin with smtp://"),
        ("imaps://u:hush@mail.example.com/%00", "names a folder that isn't a possible one"),
        ("imaps://u:hush@mail.example.com/INBOX?x", "names a folder that isn't a possible one"),
        ("imaps://u:hu/sh@mail.example.com/INBOX", "MAILBOX_URL"),
    ],
)
def test_a_mailbox_url_that_cannot_be_used_is_refused_without_its_password(
    settings, url: str, said: str
) -> None:
    settings.MAILBOX_URL = url
    with pytest.raises(CommandError, match=re.escape(said)) as refused:
        call_command("add_defaults", verbosity=0)
    assert "hu" not in str(refused.value)
    assert not ForeignSystem.objects.mailboxes().exists()


def test_the_example_leaves_the_names_of_the_handbooks_steps_free(example: Path) -> None:
    taken = {row["name"] for rows in everything().values() for row in rows}
    assert taken.isdisjoint(
        {
            "Email Approval Request Form Action",
            "Email Execute Application Request Type",
            "E-mail Approval Process",
            "Email Approval Process",
        }
    )


def test_the_uac_policy_is_inactive_and_elevates_without_a_form(example: Path) -> None:
    policy = Policy.objects.get(name=UAC_POLICY)
    assert (policy.is_active, policy.priority) == (False, 15)
    actions = [part.action.kind for part in policy.policy_actions.all()]
    assert actions == ["add_administrative_rights"]


@pytest.mark.parametrize(
    ("path", "verdict"),
    [
        (r"C:\Users\alice\AppData\Local\Temp\7zS4F21\setup.exe", "approval_required"),
        (r"C:\Users\alice\Downloads\cad-installer.exe", "approval_required"),
        (r"C:\Program Files\CAD\setup.exe", "no_match"),
        (r"C:\Users\alice\notes.exe", "no_match"),
    ],
)
def test_the_examples_policy_asks_for_installers_that_users_brought(
    example: Path, path: str, verdict: str
) -> None:
    make_smtp_server()  # as the trial's SMTP_URL gives one
    kept = json.loads((example / "computers" / "WS-014.json").read_text())
    event = Event(
        platform="windows",
        computer_id=kept["computer_id"],
        computer="WS-014",
        account="EXAMPLE\\alice",
        file_path=path,
    )
    assert evaluate(event, computer_id=uuid.UUID(kept["computer_id"])).decision.verdict == verdict


@pytest.mark.parametrize("name", ["WS-014", "WS-022"])
def test_what_a_computer_keeps_is_the_owners_alone(example: Path, name: str) -> None:
    path = example / "computers" / f"{name}.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(path.read_text())) == {
        *("name", "computer_id", "secret", "computer_key", "platform")
    }


def test_the_example_is_not_added_where_people_are_already(example: Path) -> None:
    Policy.objects.filter(name=UAC_POLICY).delete()
    assert not add_example(example)
    assert not Policy.objects.filter(name=UAC_POLICY).exists()


def test_the_administrator_gets_a_password_once(example: Path) -> None:
    password = first_password()
    assert password
    admin = User.objects.get(name="admin")
    assert admin.check_password(password)
    assert not admin.is_superuser
    assert first_password() is None


def test_configuration_leads_to_the_purge_tasks(defaults: None) -> None:
    page = signed_in("Users").get("/configuration/").content.decode()
    for task in Task.objects.filter(is_builtin=True):
        assert f'<a href="/tasks/maintenance/{task.pk}/">{task.name}</a>' in page
    assert "older than 1,095 days, not scheduled" in page
