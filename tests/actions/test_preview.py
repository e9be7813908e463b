"""The preview on an action's page: the prompt with the texts as they stand in the form."""

import html
from typing import Any

import pytest
from django.test import Client

from actions.models import Action
from tests.factories import signed_in
from tests.items.makers import KINDS, as_sent, make_item, url

pytestmark = pytest.mark.django_db
WINDOWS = [
    kind
    for _, family, kind in KINDS
    if family.namespace == "actions" and "title" in kind.form.base_fields
]
WITHOUT = {"deny_execute", "add_administrative_rights", "remove_administrative_rights"}


def make_action(key: str, **values: Any) -> Action:
    _, family, kind = next(each for each in KINDS if each[0] == f"actions:{key}")
    action = make_item(family, kind, **values)
    assert isinstance(action, Action)
    return action


def preview(action: Action, client: Client | None = None, **typed: str) -> str:
    """What htmx fetches while somebody types."""
    response = (client or signed_in()).post(
        f"{url(action)}preview/", as_sent(action, **typed), headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("kind", WINDOWS, ids=lambda kind: kind.key)
def test_each_window_shows_every_text_that_its_form_asks_for(kind: Any) -> None:
    action = make_action(kind.key)
    texts = {name: text for name, text in action.settings.items() if isinstance(text, str)}
    page = preview(action)
    assert all(html.escape(text) in page for text in texts.values())
    assert ("prompt--terminal" in page) is (kind.key == "command_line_approval_message")


@pytest.mark.parametrize("key", sorted(WITHOUT))
def test_an_action_without_a_window_has_no_preview(key: str) -> None:
    page = signed_in().get(url(make_action(key))).content.decode()
    assert "part-preview" not in page


def test_what_is_typed_is_shown_before_it_is_saved_even_if_it_could_not_be() -> None:
    action = make_action("warning_message")
    page = preview(action, title="", message="Call\n4711 <b>first</b>\u202e", platform="linux")
    assert "Call<br>4711 &lt;b&gt;first&lt;/b&gt;" in page
    assert "[U+202E]" in page
    assert "prompt--terminal" in page
    action.refresh_from_db()
    assert action.version == 1


def test_without_script_a_button_brings_the_page_with_the_preview_and_what_was_typed() -> None:
    action = make_action("deny_execute_message")
    sent = as_sent(action, message="Ask the help desk.")
    page = signed_in().post(f"{url(action)}preview/", sent).content.decode()
    assert "<p>Ask the help desk.</p>" in page
    assert ">\nAsk the help desk.</textarea>" in page
    assert "<span>Close</span>" in page
    action.refresh_from_db()
    assert action.version == 1


def test_built_in_actions_show_their_prompt_and_so_do_pages_for_those_who_only_look() -> None:
    action = make_action("approval_request_form", is_builtin=True)
    for role in ("Administrators", "Auditors"):
        page = signed_in(role).get(url(action)).content.decode()
        assert 'class="prompt"' in page
        assert "preview/" not in page
