"""Authenticator apps, recovery codes, passkeys: adding, signing in, guessing, losing, rotating keys."""

import html
import json
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from core.audit.models import Entry
from core.people.models import User
from core.people.password import FRESH
from tests.factories import make_user, signed_in
from tests.items.makers import url

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
APP, CODES = "/profile/security/app/", "/profile/security/recovery-codes/"
CODE_PAGE = "/sign-in/code/"


@pytest.fixture
def sam() -> User:
    return make_user("sam", role="Helpdesk", password=PASSWORD)


def sign_in(password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": "sam", "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def code_of(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_app() -> tuple[str, list[str]]:
    """Sam adds an app; its secret and the recovery codes that were shown."""
    client = sign_in()
    found = re.search(r"Key: <code[^>]*>([A-Z2-7]+)</code>", client.get(APP).content.decode())
    assert found
    page = client.post(APP, {"code": code_of(found[1])}, follow=True).content.decode()
    assert "[U+" not in page
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert shown
    return found[1], shown[1].strip().splitlines()


def enter(client: Client, code: str) -> str:
    return html.unescape(client.post(CODE_PAGE, {"code": code}, follow=True).content.decode())


def verbs() -> list[str]:
    return list(Entry.objects.order_by("sequence").values_list("verb", flat=True))


def test_with_an_app_the_password_alone_signs_nobody_in(sam: User) -> None:
    secret, _ = add_app()
    client = sign_in()
    assert not is_signed_in(client)
    assert "That didn't work." in enter(client, "000000")
    assert not is_signed_in(client)
    enter(client, code_of(secret, steps=1))
    assert is_signed_in(client)
    assert verbs() == ["sign in", "add second factor", "wrong code", "sign in"]
    payload = json.loads(Entry.objects.order_by("sequence").last().payload.text)  # type: ignore[union-attr]
    assert payload["facts"] == {"by": ["password", "totp"]}


def test_a_code_signs_in_once(sam: User) -> None:
    secret, _ = add_app()
    code = code_of(secret, steps=1)
    enter(sign_in(), code)
    again = sign_in()
    assert "That didn't work." in enter(again, code) or "used already" in enter(again, code)
    assert not is_signed_in(again)


def test_a_recovery_code_signs_in_once_and_the_codes_are_shown_once(sam: User) -> None:
    _, codes = add_app()
    assert len(codes) == 10
    client = sign_in()
    enter(client, codes[0])
    assert is_signed_in(client)
    assert "9 left" in client.get("/profile/security/").content.decode()
    assert codes[1] not in client.get(CODES).content.decode()
    other = sign_in()
    enter(other, codes[0])
    assert not is_signed_in(other)


def test_codes_can_not_be_guessed(sam: User) -> None:
    secret, _ = add_app()
    client = sign_in()
    for _ in range(5):
        enter(client, "000000")
    assert "Too many wrong codes." in enter(client, code_of(secret, steps=1))
    assert not is_signed_in(client)


def test_guessing_from_many_addresses_is_limited_by_person(sam: User) -> None:
    add_app()
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
        for number in range(21):
            address = {"HTTP_X_FORWARDED_FOR": f"192.0.2.{number}"}
            client = Client(**address)  # type: ignore[arg-type]
            client.post("/sign-in/", {"login": "sam", "password": PASSWORD})
            page = enter(client, "000000")
    assert "Too many wrong codes." in page


def test_secrets_are_stored_encrypted_and_outlive_a_rotation_of_keys(sam: User) -> None:
    secret, codes = add_app()
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    old = {"1": b"k" * 32}
    new = {"2": b"n" * 32}
    with override_settings(ENCRYPTION_KEYS=new | old):
        call_command("rotate_keys")
        assert json.dumps(list(Authenticator.objects.values_list("data", flat=True))) != stored
    with override_settings(ENCRYPTION_KEYS=new):
        client = sign_in()
        enter(client, code_of(secret, steps=1))
        assert is_signed_in(client)
        other = sign_in()
        enter(other, codes[3])
        assert is_signed_in(other)


def test_adding_or_removing_one_needs_a_password_entered_lately(sam: User) -> None:
    client = sign_in()
    session = client.session
    session["password_entered_at"] = int(time.time()) - FRESH - 1
    session.save()
    for address in (APP, "/profile/security/passkeys/add/", CODES, f"{CODES}new/"):
        for answer in (client.get(address), client.post(address)):
            assert answer["Location"].startswith("/profile/security/confirm/?next=")
    confirm = f"/profile/security/confirm/?next={APP}"
    wrong = client.post(confirm, {"confirm_password": "wrong"})
    assert "Incorrect password." in wrong.content.decode()
    assert client.post(confirm, {"confirm_password": PASSWORD})["Location"] == APP
    assert client.get(APP).status_code == 200


def test_after_confirming_nobody_is_led_to_another_host(sam: User) -> None:
    client = sign_in()
    answer = client.post(
        "/profile/security/confirm/?next=//evil.example/", {"confirm_password": PASSWORD}
    )
    assert answer["Location"] == "/profile/security/"


def test_an_app_is_removed_and_its_recovery_codes_with_it(sam: User) -> None:
    secret, _ = add_app()
    client = sign_in()
    enter(client, code_of(secret, steps=1))
    assert client.post(f"{APP}remove/", follow=True).status_code == 200
    assert not Authenticator.objects.exists()
    assert is_signed_in(sign_in())
    assert verbs()[-2:] == ["remove second factor", "sign in"]


def test_an_administrator_takes_a_lost_one_away(sam: User) -> None:
    add_app()
    admin = signed_in(username="kim")
    page = admin.get(url(sam)).content.decode()
    assert "Second factor: authenticator app." in page
    address = url(sam, "second_factor")
    assert "authenticator app" in admin.get(address).content.decode()
    assert admin.post(address).status_code == 302
    assert is_signed_in(sign_in())
    entry = Entry.objects.get(verb="remove second factor")
    assert (entry.actor, entry.object_id) == ("kim", str(sam.pk))


def test_nobody_else_takes_it_away(sam: User) -> None:
    add_app()
    for role in ("Auditors", "Helpdesk"):
        assert signed_in(role).post(url(sam, "second_factor")).status_code == 403
    assert Authenticator.objects.count() == 2


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "[]",
        "{}",
        '"text"',
        "null",
        "7",
        '{"response": {}}',
        '{"response": []}',
        '{"response": {"userHandle": "\\u0000"}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "AA", '
        '"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}',
    ],
)
def test_a_nonsense_passkey_signs_nobody_in(sam: User, credential: str) -> None:
    client = Client()
    client.get("/sign-in/passkey/", headers={"accept": "application/json"})
    answer = client.post("/sign-in/passkey/", {"credential": credential})
    assert answer.status_code == 302
    assert not is_signed_in(client)
    add_app()
    halfway = sign_in()
    assert halfway.post(CODE_PAGE, {"credential": credential}).status_code == 200
    assert not is_signed_in(halfway)


def test_the_code_page_is_nothing_to_whoever_has_not_entered_a_password() -> None:
    assert Client().get(CODE_PAGE)["Location"] == "/sign-in/"
    assert Client().post(CODE_PAGE, {"code": "1"})["Location"] == "/sign-in/"


def test_a_code_of_the_step_before_is_still_taken(sam: User) -> None:
    secret, _ = add_app()
    with time_machine.travel(time.time() + 120):
        client = sign_in()
        enter(client, code_of(secret, steps=-1))
        assert is_signed_in(client)


def test_an_operator_takes_the_last_administrators_away_with_a_reason(
    sam: User, capsys: pytest.CaptureFixture[str]
) -> None:
    add_app()
    call_command("remove_second_factor", "SAM", "--reason", "Lost the phone.")
    assert "Removed: authenticator app." in capsys.readouterr().out
    assert is_signed_in(sign_in())
    assert "Lost the phone." in Entry.objects.get(verb="remove second factor").payload.text
    with pytest.raises(CommandError, match="Nobody has the user name kim"):
        call_command("remove_second_factor", "kim", "--reason", "x")
