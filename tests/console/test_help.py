"""The help: each page leads to what is written about it, and what is written can be found."""

import html

import pytest
from django.test import RequestFactory
from django.urls import resolve

from console import help
from console.help import FOLDER, PROFILE, TOPICS, Topic, topics
from tests.console.test_urls import GUARDED
from tests.factories import signed_in

# Nobody stays on these: they answer polls, downloads and presses.
NO_PAGES = {"theme", "end_sessions", "end_session", "help_picture"}


def test_each_page_of_the_console_has_help_about_it() -> None:
    without = [
        f"{namespace}:{pattern.name}"
        for namespace, pattern in GUARDED
        if not {namespace, pattern.name} & (TOPICS.keys() | NO_PAGES)
        and not str(pattern.pattern).startswith("profile/")
    ]
    assert without == []


def test_each_topic_is_written_and_each_that_is_written_is_one_of_a_page() -> None:
    assert {key for key in topics() if "/" not in key} == {*TOPICS.values(), PROFILE}


def test_each_guide_of_docs_is_among_the_help() -> None:
    written = {f"guides/{path.stem}" for path in FOLDER.glob("*.md")}
    assert {key for key in topics() if "/" in key} == written


@pytest.mark.parametrize("topic", topics().values(), ids=topics().keys())
def test_a_page_of_help_begins_with_a_title_and_a_sentence_and_its_links_lead_somewhere(
    topic: Topic,
) -> None:
    assert topic.title
    assert topic.about.endswith(".")
    shown = topic.html
    for address in {piece.partition('"')[0] for piece in shown.split('href="')[1:]}:
        page, _, place = address.partition("#")
        leads_to = topics()[resolve(page).kwargs["topic"]] if page else topic
        assert not place or f'id="{place}"' in leads_to.html


@pytest.mark.django_db
def test_a_guide_shows_its_pictures() -> None:
    client = signed_in()
    page = client.get("/help/guides/administrators/").content.decode()
    pictures = {piece.partition('"')[0] for piece in page.split('src="/help/')[1:]}
    assert len(pictures) == 6
    for picture in pictures:
        assert client.get(f"/help/{picture}")["Content-Type"] == "image/png"
    assert client.get("/help/pictures/none.png").status_code == 404


@pytest.mark.django_db
def test_the_question_mark_opens_the_help_about_the_page() -> None:
    client = signed_in()
    for address, topic in (
        ("/filters/", "filters"),
        ("/configuration/advanced/", "advanced"),
        ("/profile/security/", "profile"),
        ("/", "start"),
    ):
        page = client.get(address, follow=True).content.decode()
        assert f'href="/help/{topic}/" aria-label="Help for this page"' in " ".join(page.split())
        assert client.get(f"/help/{topic}/").status_code == 200


@pytest.mark.django_db
def test_the_help_is_searched_by_all_words_in_any_order() -> None:
    page = html.unescape(signed_in().get("/help/", {"q": "HASH signer"}).content.decode())
    assert 'href="/help/filters/"' in page
    assert 'href="/help/roles/">Roles' not in page
    assert "No page of help has all these words." in html.unescape(
        signed_in().get("/help/", {"q": "zebra<b>"}).content.decode()
    )


@pytest.mark.django_db
def test_a_page_of_help_that_is_not_there_is_not_found() -> None:
    assert signed_in().get("/help/nothing/").status_code == 404


def test_html_in_a_page_of_help_is_text_and_no_link_runs_a_script() -> None:
    shown = Topic("x", "X", "<script>alert(1)</script>\n\n[a](javascript:alert(1))").html
    assert "<script" not in shown
    assert "href" not in shown


def test_a_page_that_nobody_knows_has_the_start_as_its_help() -> None:
    assert help.topic_of(RequestFactory().get("/nowhere/")).key == "start"
