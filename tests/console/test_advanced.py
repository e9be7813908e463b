"""Configuration ▸ Advanced: what it sets is kept in one row, recorded, and obeyed."""

import html

import pytest
from django.test import Client

from console.advanced import add_defaults
from core.advanced import models
from core.advanced.models import AdvancedSettings, advanced
from core.advanced.settings import ConsoleSettings
from items.models import Change, changes_of
from tests.factories import signed_in
from tests.items.makers import as_opened, save, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> AdvancedSettings:
    add_defaults()
    return AdvancedSettings.objects.get()


def page(client: Client, address: str) -> str:
    return html.unescape(client.get(address, follow=True).content.decode())


def test_the_tab_shows_each_setting_with_its_preset_and_its_bounds(row: AdvancedSettings) -> None:
    shown = page(signed_in(), "/configuration/advanced/")
    assert 'aria-current="page">Advanced' in shown
    assert 'name="keep_events" value="90" min="1" max="3650"' in shown
    assert "Preset: 90 days. From 1 to 3,650." in shown
    assert {f'name="{name}"' in shown for name in ConsoleSettings().to_json()} == {True}


def test_the_menu_path_does_not_repeat_the_heading(row: AdvancedSettings) -> None:
    path = signed_in().get("/configuration/advanced/", follow=True).context["crumbs"]
    assert [crumb.label for crumb in path] == ["Admin", "Configuration"]


def test_a_change_is_recorded_and_in_force_at_once_in_the_same_process(
    row: AdvancedSettings,
) -> None:
    assert "Saved." in save(signed_in(), row, keep_events="30")
    assert advanced().keep_events == 30
    change = changes_of(AdvancedSettings, row.pk).exclude(verb=Change.Verb.CREATE).get()
    assert change.fields == [["Keep Policy Events (Days)", "90", "30"]]


def test_another_process_obeys_it_as_soon_as_it_looks_again(
    row: AdvancedSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.in_force.remember(ConsoleSettings())
    AdvancedSettings.objects.update(settings={"keep_events": 30})  # as another process does
    assert advanced().keep_events == 90
    monkeypatch.setattr(models, "FRESH", 0.0)
    models.in_force.remember(ConsoleSettings())
    assert advanced().keep_events == 30


def test_what_is_out_of_bounds_is_refused_and_says_what_is_allowed(row: AdvancedSettings) -> None:
    sent = as_opened(row, wrong_passwords="2")
    response = signed_in().post(url(row), sent)
    assert response.status_code == 422
    assert "Wrong Passwords: enter a whole number from 3 to 20." in response.content.decode()
    assert advanced() == ConsoleSettings()


def test_without_a_row_the_presets_are_in_force() -> None:
    models.in_force.forget()
    assert advanced() == ConsoleSettings()


def test_settings_of_a_later_version_are_left_aside() -> None:
    assert ConsoleSettings.from_json({"keep_events": 7, "of_a_later_version": 1}).keep_events == 7
