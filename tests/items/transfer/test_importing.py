"""What an import changes, in which order, and what it leaves alone."""

import json
from typing import Any

import pytest
import yaml

from actions.models import Action
from approvals.models import ApprovalProcess
from core.audit.models import Payload
from core.audit.services import verify
from foreign_systems.models import Credential, ForeignSystem
from items.models import Change, changes_of
from items.services import changing
from items.transfer.exporting import export
from items.transfer.importing import Plan, PlanChanged, import_items
from policies.models import Filter, Policy
from tests.factories import make_process, make_request, make_smtp_server, signed_in
from tests.items.transfer.files import (
    BY,
    HEAD,
    add_defaults,
    add_whole_example,
    another_installation,
    imported,
    planned,
    refusal,
)

pytestmark = pytest.mark.django_db


def done(plan: Plan) -> list[tuple[str, str, str]]:
    return [(change.verb, change.kind, change.name) for change in plan.changes]


FILTER = """filters:
- name: Old installers
  kind: file_hash
  platform: windows
  hashes: [%s]
""" % ("a" * 64)


def test_a_new_item_is_made_with_presets_for_what_the_file_leaves_out() -> None:
    plan = imported(HEAD + "approval_processes:\n- {name: By phone, kind: manual}\n")
    process = ApprovalProcess.objects.get(name="By phone")
    assert process.typed.expires_after == 8 * 60
    assert done(plan) == [("create", "Manual Approval Process", "By phone")]


def test_a_change_is_shown_field_by_field_in_words_as_history_shows_it() -> None:
    process = make_process("manual", pause_after_denial=0)
    plan = imported(
        HEAD + f"approval_processes:\n- {{name: {process}, pause_after_denial: 2 days}}\n"
    )
    assert plan.changes[0].fields == (("Pause After Denial", "none", "2 days"),)
    change = changes_of(ApprovalProcess, process.pk).get()
    assert change.fields == [["Pause After Denial", "none", "2 days"]]
    assert (change.verb, change.by) == ("update", BY.actor.name)


def test_what_the_file_leaves_out_stays_as_it_is() -> None:
    item = Filter.objects.create(name="F", kind="file_hash", description="stays")
    imported(HEAD + "filters:\n- {name: F, platform: linux}\n")
    item.refresh_from_db()
    assert (item.platform, item.description) == ("linux", "stays")


def test_the_kind_of_an_item_is_never_changed() -> None:
    Filter.objects.create(name="F", kind="file_hash")
    text = refusal(HEAD + "filters:\n- {name: F, kind: computer, names: [a]}\n", prune=True)
    assert "“F” is of another kind: File Hash Filter. A kind can't be changed" in text


def test_an_item_is_known_by_its_name_however_it_is_spelt() -> None:
    Filter.objects.create(name="Setup Programs", kind="file_hash")
    plan = imported(HEAD + "filters:\n- {name: SETUP programs, kind: file_hash}\n")
    assert plan.changes[0].fields == (("Name", "Setup Programs", "SETUP programs"),)
    assert Filter.objects.count() == 1


def test_a_built_in_item_is_known_by_its_id_though_it_was_renamed() -> None:
    add_defaults()
    text = export().replace("Default Manual Approval Process", "The help desk decides")
    plan = imported(text)
    assert done(plan) == [
        ("update", "Manual Approval Process", "The help desk decides"),
    ]
    assert sorted(export().splitlines()) == sorted(text.splitlines())
    assert planned(text, prune=True).changes == ()


def test_references_are_found_in_whatever_order_the_file_has_them() -> None:
    with another_installation():
        add_whole_example()
        text = export()
    families = yaml.safe_load(text)
    mark = families.pop("pmconsole_items")
    backwards = {name: items[::-1] for name, items in reversed(families.items())}
    add_defaults()
    imported(yaml.safe_dump({"pmconsole_items": mark, **backwards}, sort_keys=False))
    assert export() == text


def test_a_process_that_another_starts_may_come_after_it() -> None:
    add_defaults()
    plan = imported(
        HEAD
        + "approval_processes:\n"
        + "- {name: Sends, kind: email, to_addresses: [a@example.com], start_activity: Decides}\n"
        + "- {name: Decides, kind: manual}\n"
    )
    assert plan.count("create") == 2
    assert str(ApprovalProcess.objects.get(name="Sends").start_activity) == "Decides"


def test_who_starts_whom_can_be_turned_round() -> None:
    make_smtp_server()
    first, second = make_process(), make_process()
    first.start_activity = second
    first.save()
    imported(
        HEAD
        + f"approval_processes:\n- {{name: {second}, start_activity: {first}}}\n"
        + f"- {{name: {first}, start_activity: null}}\n"
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.start_activity, second.start_activity) == (None, first)


def test_two_processes_that_start_each_other_are_refused() -> None:
    make_smtp_server()
    first, second = make_process(), make_process()
    text = refusal(
        HEAD
        + f"approval_processes:\n- {{name: {second}, start_activity: {first}}}\n"
        + f"- {{name: {first}, start_activity: {second}}}\n"
    )
    assert "Choose a process that decides by itself" in text


def test_another_server_becomes_the_default_and_the_plan_shows_each_once() -> None:
    old = make_smtp_server()
    text = export().replace("is_default: true", "is_default: false")
    new = (
        "- {name: New, kind: smtp, is_default: true, base_url: 'smtps://new.example.com:465', "
        "from_address: a@example.com}\n"
    )
    plan = imported(text.replace("smtp_servers:\n", f"smtp_servers:\n{new}"))
    assert done(plan) == [("create", "SMTP server", "New"), ("update", "SMTP server", str(old))]
    assert str(ForeignSystem.objects.default()) == "New"


def test_a_new_credential_has_no_secret_and_the_plan_says_so() -> None:
    plan = imported(HEAD + "credentials:\n- {name: Relay, account_name: pm}\n")
    assert plan.changes[0].note == "Enter afterwards: Secret, Refresh token."
    assert Credential.objects.get().secret() == ""


def test_a_credential_without_a_secret_says_so_in_the_list() -> None:
    imported(HEAD + "credentials:\n- {name: Relay, account_name: pm}\n")
    page = signed_in().get("/configuration/credentials/").content.decode()
    assert "No secret: enter one before it&#x27;s used." in page


def test_a_stored_secret_stays() -> None:
    credential = Credential(name="Relay", account_name="pm-relay")
    credential.set_secret("correct horse battery")
    credential.save()
    imported(HEAD + "credentials:\n- {name: Relay, account_name: pm}\n")
    credential.refresh_from_db()
    assert (credential.account_name, credential.secret()) == ("pm", "correct horse battery")


def test_an_import_is_in_the_audit_trail_with_its_reason_and_all_its_changes() -> None:
    import_items((HEAD + FILTER).encode(), by=BY, reason="Blocks CVE-2026-1")
    created, whole = [json.loads(p.text) for p in Payload.objects.order_by("pk")]
    assert (created["verb"], created["facts"]["name"]) == ("create", "Old installers")
    assert (whole["verb"], whole["kind"]) == ("import", "items")
    assert whole["facts"]["reason"] == "Blocks CVE-2026-1"
    assert whole["facts"]["summary"] == "1 to create, none to change, none to delete"
    assert list(verify()) == []


class TestPolicies:
    """Policies in force, and what they use."""

    def test_a_policy_is_activated_with_all_that_it_uses_in_one_file(self) -> None:
        add_defaults()
        policy = (
            "policies:\n- name: Block\n  groups: [Windows Computers]\n  target: [Old installers]\n"
            "  actions: [Deny Execute Action]\n  active: true\n"
        )
        imported(HEAD + policy + FILTER)
        assert Policy.objects.get(name="Block").is_active

    def test_a_policy_that_would_be_invalid_is_not_activated(self) -> None:
        add_defaults()
        text = refusal(HEAD + "policies:\n- {name: Block, active: true}\n")
        assert text.startswith("line 3, policy “Block”: An active policy must be valid.")
        assert "Applications Targeted" in text

    def test_what_would_make_an_active_policy_invalid_is_refused(self) -> None:
        add_whole_example()
        used = Filter.objects.get(is_builtin=False)
        text = refusal(HEAD + f"filters:\n- {{name: '{used}', glob: ''}}\n")
        assert "would become invalid" in text

    def test_unless_the_same_file_takes_the_policy_out_of_force(self) -> None:
        add_whole_example()
        used, policy = Filter.objects.get(is_builtin=False), Policy.objects.get(priority=50)
        imported(
            HEAD
            + f"filters:\n- {{name: '{used}', glob: ''}}\n"
            + f"policies:\n- {{name: '{policy}', active: false}}\n"
        )
        assert not Policy.objects.filter(is_active=True).exists()

    def test_one_that_the_file_does_not_speak_of_stays_as_it_is(self) -> None:
        add_whole_example()
        policy = Policy.objects.get(priority=50)
        imported(HEAD + f"policies:\n- {{name: '{policy}', priority: 51}}\n")
        policy.refresh_from_db()
        assert (policy.is_active, policy.priority) == (True, 51)


class TestDeleting:
    """Only when asked, and only of the families that the file names."""

    def test_without_being_asked_nothing_is_deleted(self) -> None:
        add_whole_example()
        assert planned(HEAD + "policies: []\nfilters: []\n").changes == ()

    def test_what_the_file_leaves_out_is_deleted_users_first(self) -> None:
        add_whole_example()
        plan = imported(HEAD + "filters: []\nactions: []\npolicies: []\n", prune=True)
        assert plan.summary == "none to create, none to change, 4 to delete"
        assert not Policy.objects.exists()
        assert not Action.objects.filter(is_builtin=False).exists()
        assert Filter.objects.filter(is_builtin=True).exists()
        assert Change.objects.filter(verb="delete").count() == 4

    def test_families_that_the_file_does_not_name_stay_whole(self) -> None:
        add_whole_example()
        plan = imported(HEAD + "policies: []\n", prune=True)
        assert {change.kind for change in plan.changes} == {"policy"}

    def test_what_is_used_elsewhere_is_not_deleted(self) -> None:
        add_whole_example()
        text = refusal(HEAD + "filters: []\n", prune=True)
        assert (
            "can't be deleted, because policy “Example: installers need approval” uses it" in text
        )

    def test_nor_is_what_a_pending_request_needs(self) -> None:
        request = make_request()
        text = refusal(HEAD + "approval_types: []\n", prune=True)
        assert f"because pending request “{request}: setup.exe” uses it" in text

    def test_what_must_stay_is_kept_and_the_plan_says_why(self, settings: Any) -> None:
        settings.SMTP_URL = "smtp://mail.example.com:25"
        add_defaults()
        plan = imported(HEAD + "smtp_servers: []\napproval_types: []\n", prune=True)
        assert plan.changes == ()
        assert plan.kept == (
            "SMTP server “SMTP Server”: Defined by SMTP_URL. Remove it there first.",
        )


class TestAgreeing:
    """Somebody looked at a plan: nothing else is done."""

    def test_the_plan_that_was_agreed_to_is_carried_out(self) -> None:
        text = HEAD + FILTER
        agreed = planned(text).digest
        import_items(text.encode(), by=BY, reason="", agreed=agreed)
        assert Filter.objects.filter(name="Old installers").exists()

    def test_one_that_would_do_something_else_by_now_is_not(self) -> None:
        text = HEAD + FILTER
        agreed = planned(text).digest
        with changing(Filter(name="Old installers", kind="file_hash"), by=BY):
            pass
        with pytest.raises(PlanChanged) as found:
            import_items(text.encode(), by=BY, reason="", agreed=agreed)
        assert done(found.value.plan) == [("update", "File Hash Filter", "Old installers")]
        assert Filter.objects.get().platform == ""
