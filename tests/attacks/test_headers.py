"""What every answer tells a browser, so that a hole elsewhere is of little use."""

import json
import os
import subprocess
import sys

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

from tests.factories import make_user
from tests.running_trial import ROOT

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sign-in/", 200),
        ("/", 200),
        ("/policies/", 200),
        ("/profile/security/", 200),
        ("/approvals/reports/", 404),
        ("/nothing-here/", 404),
        ("/d/" + "a" * 26, 404),
        ("/sign-out/?next=//evil.example.com", 200),
    ],
)
def test_each_page_forbids_foreign_scripts_frames_and_guesses(address: str, status: int) -> None:
    client = Client()
    if address != "/sign-in/":
        client.force_login(make_user("sam", role="Administrators"))
    answer = client.get(address, follow=True)
    assert answer.status_code == status
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers)
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_a_refused_form_has_them_too() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/")
    assert answer.status_code == 403
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Frame-Options"] == "DENY"


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the password is correct horse battery")


urlpatterns = [path("fails/", fails), path("", include("pmconsole.urls"))]


def test_a_page_that_fails_tells_nothing_of_what_failed(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    answer = Client(raise_request_exception=False).get("/fails/")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "correct horse" not in text
    assert "Traceback" not in text
    assert "RuntimeError" not in text


def test_agents_answers_are_no_pages() -> None:
    answer = Client().post("/agent/v1/executions", b"{}", content_type="application/json")
    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/json")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_under_https_nothing_goes_without_it() -> None:
    """The settings are read once, so a process of its own says what they are then."""
    asked = """
import django, json
django.setup()
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings
plain = Client().post("/agent/v1/executions")
secure = Client().post("/agent/v1/executions", secure=True)
print(json.dumps([plain.status_code, plain["Location"], secure["Strict-Transport-Security"],
                  settings.CSRF_COOKIE_SECURE, settings.SESSION_COOKIE_SECURE,
                  settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME]))
"""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pmconsole.settings",
        "PUBLIC_URL": "https://testserver",
    }
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(said.strip().splitlines()[-1]) == [
        *(301, "https://testserver/agent/v1/executions"),
        "max-age=31536000; includeSubDomains; preload",
        *(True, True, "__Host-csrftoken", "__Host-sessionid"),
    ]
