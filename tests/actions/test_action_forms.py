"""What the kinds of action ask for, and what they refuse."""

import pytest
from django.core.management import call_command
from django.test import Client

from actions.models import Action
from policies.snapshot import compiled_action
from tests.factories import signed_in
from tests.items.makers import save, url

pytestmark = pytest.mark.django_db
ACTIONS = "/actions/"


def create(client: Client, **values: str) -> str:
    response = client.post(f"{ACTIONS}create/", {"name": "Ours", **values}, follow=True)
    return response.content.decode()


@pytest.mark.parametrize("variable", ["LICENSE_SERVER", "_x", "a1", "HOMEPAGE", "LDAP"])
def test_a_variable_is_set(variable: str) -> None:
    create(signed_in(), kind="set_environment_variable", variable=variable, value="a b %PATH%")
    action = Action.objects.get()
    assert action.settings == {"variable": variable, "value": "a b %PATH%"}


@pytest.mark.parametrize(
    "variable",
    ["PATH", "LD_PRELOAD", "ld_library_path", "PYTHONSTARTUP", "BASH_ENV", "https_proxy", "ENV"],
)
def test_a_variable_that_decides_which_code_runs_is_refused(variable: str) -> None:
    page = create(signed_in(), kind="set_environment_variable", variable=variable)
    assert f"{variable} can make other code run" in page
    assert not Action.objects.exists()


@pytest.mark.parametrize("variable", ["1A", "A-B", "A B", "Ä", "A=B", "A\n"])
def test_a_variable_is_an_identifier(variable: str) -> None:
    page = create(signed_in(), kind="set_environment_variable", variable=variable)
    assert "use only letters, digits and _" in page


def test_run_as_user_asks_for_the_account_in_its_dialog() -> None:
    client = signed_in()
    assert "Enter the Account." in create(client, kind="run_as_user")
    create(client, kind="run_as_user", account="EXAMPLE\\svc-cad")
    assert Action.objects.get().settings["account"] == "EXAMPLE\\svc-cad"


def test_a_new_form_has_the_default_type_and_the_texts_of_the_built_in_one() -> None:
    call_command("add_defaults", verbosity=0)
    create(signed_in(), kind="approval_request_form")
    made = Action.objects.get(name="Ours")
    built_in = Action.objects.get(name="Approval Request Form Action")
    assert made.approval_type == built_in.approval_type
    assert made.settings == built_in.settings


def test_the_built_in_form_is_read_only_and_its_duplicate_is_not() -> None:
    call_command("add_defaults", verbosity=0)
    client, built_in = signed_in(), Action.objects.get(name="Approval Request Form Action")
    page = client.get(url(built_in)).content.decode()
    assert "This item is read-only." in page
    assert "Save Changes" not in page
    client.post(url(built_in), {"name": "Mine", "version": "1"})
    built_in.refresh_from_db()
    assert built_in.name == "Approval Request Form Action"
    client.post(url(built_in, "duplicate"), {"name": "Email Approval Request Form Action"})
    copy = Action.objects.get(name="Email Approval Request Form Action")
    assert "Saved." in save(client, copy, title="Please ask")
    assert copy.settings["title"] == "Please ask"


def test_a_text_that_is_cleared_in_the_form_is_shown_empty_at_the_endpoint() -> None:
    call_command("add_defaults", verbosity=0)
    client = signed_in()
    create(client, kind="approval_request_form")
    action = Action.objects.get(name="Ours")
    assert compiled_action(action).texts["information"]
    assert "Saved." in save(client, action, information="")
    assert action.settings["information"] == compiled_action(action).texts["information"] == ""
