"""Try It: which of the newest policy events a filter matches, as it stands in the form."""

import html
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from policies.models import Filter, PolicyEvent
from policies.patterns import built
from policies.trying import tried
from tests.factories import signed_in
from tests.items.makers import as_sent
from tests.policies.events import make_computer, make_event

pytestmark = pytest.mark.django_db
BY_HTMX = {"HTTP_HX_REQUEST": "true"}


def make_filter(kind: str = "file_specification", platform: str = "", **settings: Any) -> Filter:
    given = settings or {"names": ["setup.exe"]}
    return Filter.objects.create(name="Installers", kind=kind, platform=platform, settings=given)


def happened(file_name: str, platform: str = "windows", **values: Any) -> PolicyEvent:
    """A policy event, whole as agents report it."""
    computer = make_computer(platform=platform)
    known = {"platform": platform, "computer_id": str(computer.pk), "computer": computer.name}
    event = {"arguments": ["/S"], **known, **values.pop("event", {})}
    if platform != "windows":
        values["file_path"] = event["file_path"] = f"/opt/{file_name}"
    return make_event(computer, file_name=file_name, event=event, **values)


def try_it(item: Filter, client: Client | None = None, **typed: Any) -> str:
    """What the button brings; the form is sent with these fields changed."""
    client = client or signed_in()
    response = client.post(f"/filters/{item.pk}/try/", as_sent(item, **typed), **BY_HTMX)
    return " ".join(html.unescape(response.content.decode()).split())


def test_it_says_how_many_match_and_lists_them_with_links() -> None:
    match, _ = happened("setup.exe"), happened("notepad.exe")
    page = try_it(make_filter())
    assert "1 of the newest 2 policy events matches." in page
    assert f"/policy-events/{match.pk}/" in page
    assert "notepad.exe" not in page


def test_it_tries_what_is_typed_and_saves_nothing() -> None:
    happened("setup.exe")
    item = make_filter()
    assert "0 of the newest 1 policy event match." in try_it(item, names="other.exe")
    item.refresh_from_db()
    assert (item.version, item.settings) == (1, {"names": ["setup.exe"]})


def test_what_is_typed_wrong_is_said_and_not_tried() -> None:
    item = make_filter("commandline", text="x", match="exact")
    page = try_it(item, text="(", match="regex")
    assert "Not tried." in page
    assert "not a valid regular expression" in page


def test_without_script_the_page_comes_with_the_result_and_what_was_typed() -> None:
    happened("other.exe")
    item, client = make_filter(), signed_in()
    response = client.post(f"/filters/{item.pk}/try/", as_sent(item, names="other.exe"))
    page = response.content.decode()
    assert "1 of the newest 1 policy event matches." in page
    assert ">\nother.exe</textarea>" in page


def test_a_filter_of_one_platform_is_tried_on_its_events_alone() -> None:
    happened("setup.exe"), happened("setup.exe", platform="linux")
    assert "1 of the newest 1 policy event matches." in try_it(make_filter(platform="linux"))


def test_a_time_of_day_is_that_of_the_event() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Oslo"))
    happened("a.exe", at=noon), happened("a.exe", at=noon + timedelta(hours=8))
    settings = {"periods": ["11:00-13:00"], "zone": "Europe/Oslo", "days": []}
    assert "1 of the newest 2" in try_it(make_filter("time_of_day", **settings))


def test_events_whose_details_were_dropped_are_counted_apart() -> None:
    happened("other.exe", dropped=["arguments", "reasons"])
    assert "Of 1 more it can't be told" in try_it(make_filter())


def test_it_stops_when_its_time_is_over() -> None:
    for _ in range(3):
        happened("setup.exe")
    found = tried(built(make_filter()), PolicyEvent.objects.all(), seconds=-1)
    assert (found.tested, found.is_cut) == (0, True)


def test_a_built_in_filter_is_tried_as_it_is() -> None:
    happened("setup.exe")
    item = make_filter()
    Filter.objects.filter(pk=item.pk).update(is_builtin=True)
    assert "1 of the newest 1" in try_it(item, names="ignored.exe")
    assert 'id="try-it"' in signed_in().get(f"/filters/{item.pk}/").content.decode()


def test_platform_administrators_try_it_on_what_they_see() -> None:
    happened("setup.exe"), happened("setup.exe", platform="linux")
    item = make_filter(platform="windows")
    assert "1 of the newest 1" in try_it(item, signed_in("Windows Administrators"))
    assert signed_in("Users").post(f"/filters/{item.pk}/try/").status_code == 403


def test_the_newest_come_first_and_twenty_are_shown() -> None:
    for minutes in range(25):
        happened(f"setup{minutes}.exe", at=timezone.now() - timedelta(minutes=minutes))
    page = try_it(make_filter(names=["setup*.exe"]))
    assert "25 of the newest 25 policy events match.</b> These are the newest 20:" in page
    assert page.index("setup0.exe") < page.index("setup19.exe")
    assert "setup20.exe" not in page
