"""The round trip over the whole example: out of one installation, into another, and out of that."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from core.audit.models import Entry
from core.audit.services import verify
from foreign_systems.models import Credential, ForeignSystem
from items.family import family_named
from items.models import Change
from items.services import changing
from items.transfer.exporting import export, export_item
from policies.models import Filter, Policy
from tasks.kinds import EmailReport
from tasks.models import Task
from tests.factories import make_user
from tests.items.transfer.files import (
    BY,
    add_defaults,
    add_whole_example,
    another_installation,
    imported,
    planned,
)

pytestmark = pytest.mark.django_db


def test_an_export_is_imported_elsewhere_and_comes_out_the_same_to_the_byte() -> None:
    with another_installation():
        add_whole_example()
        text = export()
    add_defaults()
    plan = planned(text)
    assert imported(text).digest == plan.digest
    assert export() == text
    assert list(verify()) == []


def test_a_plan_after_an_import_is_empty_though_it_may_delete() -> None:
    with another_installation():
        add_whole_example()
        text = export()
    add_defaults()
    imported(text)
    assert planned(text, prune=True).changes == ()
    entries = Entry.objects.count()
    imported(text, prune=True)
    assert Entry.objects.count() == entries


def test_a_plan_writes_nothing() -> None:
    with another_installation():
        add_whole_example()
        text = export()
    add_defaults()
    before = export(), Change.objects.count(), Entry.objects.count()
    assert len(planned(text).changes) == 6
    assert (export(), Change.objects.count(), Entry.objects.count()) == before


def test_what_is_read_only_is_left_out_and_named_by_its_name() -> None:
    add_whole_example()
    text = export()
    assert "- Installers and Setup Programs\n" in text
    assert "name: Installers and Setup Programs" not in text


def test_no_secret_is_in_it() -> None:
    credential = Credential(name="Relay", account_name="pm-relay")
    credential.set_secret("correct horse battery")
    credential.save()
    text = export()
    assert "account_name: pm-relay" in text
    assert "secret" not in text
    assert "horse" not in text


def test_the_order_in_which_items_were_made_does_not_show() -> None:
    Filter.objects.create(name="b", kind="file_hash")
    Filter.objects.create(name="A", kind="file_hash")
    names = [line for line in export().splitlines() if line.startswith("- name")]
    assert names == ["- name: A", "- name: b"]


def test_what_hides_or_turns_the_text_is_an_escape_for_whoever_reviews_it() -> None:
    Filter.objects.create(name="F", kind="file_hash", description="a\u202eb\u200bc é\nd")
    text = export()
    assert 'description: "a\\U0000202Eb\\U0000200Bc é\\nd"' in text
    assert planned(text).changes == ()


def test_people_are_in_no_file() -> None:
    make_user("sam", role="Administrators")
    assert "users" not in export()
    assert "sam" not in export()


def test_a_time_of_day_is_the_consoles_whoever_exports_and_imports_it() -> None:
    add_defaults()
    Task.objects.create(
        name="Daily",
        kind="email_report",
        repeats="daily",
        starts_at=datetime(2030, 6, 1, 9, tzinfo=UTC),
        settings=EmailReport(report="events-by-policy", to_addresses=("a@example.com",)).to_json(),
    )
    text = export()
    assert "starts_at: 2030-06-01T09:00" in text
    with timezone.override("Asia/Tokyo"):
        assert export() == text
        assert planned(text).changes == ()
        imported(text.replace("T09:00", "T10:00"))
    assert Task.objects.get(is_builtin=False).starts_at == datetime(2030, 6, 1, 10, tzinfo=UTC)


def test_some_families_alone() -> None:
    add_whole_example()
    filters = family_named("filters")
    assert filters is not None
    text = export([filters])
    assert text.startswith("pmconsole_items: 1\nfilters:\n- name: ")
    assert planned(text, prune=True).changes == ()  # the others aren't named, so they stay


def test_one_item_alone() -> None:
    add_whole_example()
    text = export_item(Policy.objects.get(priority=50))
    assert text.count("- name: ") == 1
    assert "active: true" in text
    assert planned(text).changes == ()


def test_a_time_gives_everything_as_it_was_then() -> None:
    add_whole_example()
    then, before = timezone.now(), export()
    assert export(at=then) == before
    policy, server = Policy.objects.get(priority=50), ForeignSystem.objects.get()
    filter_ = Filter.objects.get(is_builtin=False)
    with changing(filter_, by=BY):
        filter_.name = "Renamed since"
    with changing(policy, by=BY):
        policy.is_active = False
    with changing(Filter(name="New since", kind="file_hash"), by=BY):
        pass
    with changing(server, by=BY):
        server.settings = {**server.settings, "base_url": "smtp://other.example.com:25"}
    assert export(at=then) == before
    assert export(at=timezone.now()) == export() != before


def test_a_deleted_item_is_in_the_export_of_a_time_when_it_was_there() -> None:
    add_whole_example()
    then, before = timezone.now(), export()
    emptied = before.partition("\npolicies:")[0] + "\npolicies: []\n"
    imported(emptied, prune=True)
    assert not Policy.objects.exists()
    assert export(at=then) == before
    assert planned(export(at=then)).count("create") == 2


def test_before_there_was_anything_there_is_nothing() -> None:
    add_whole_example()
    assert "- name" not in export(at=datetime(2020, 1, 1, tzinfo=UTC))
