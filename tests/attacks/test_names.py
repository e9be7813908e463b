"""Attacks with names: two items that look like one, and a name that says what is not there."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from actions.models import Action
from core.text import MAX_NAME_KEY, name_key, plain_name
from items.family import families
from items.models import Item
from policies.models import Computer, ComputerGroup, Filter
from tests.agents.endpoints import make_code, make_group
from tests.factories import signed_in
from tests.items.makers import KINDS, as_opened, make_item, url

pytestmark = pytest.mark.django_db


def wide(text: str) -> str:
    """As an East Asian keyboard writes it."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


HIDING = {
    "line break": "Allow\nDeny",
    "carriage return": "Allow\rDeny",
    "tab": "Allow\tDeny",
    "line separator": "Allow\u2028Deny",
    "right to left": "Allow \u202eyneD",
    "isolate": "Allow\u2066Deny",
    "zero width": "Al\u200blow",
    "joiner": "Al\u200dlow",
    "soft hyphen": "Al\u00adlow",
    "grapheme joiner": "Al\u034flow",
    "filler": "\u3164",
    "variation selector": "Allow\ufe0f",
    "tag": "Allow\U000e0041",
    "byte order mark": "\ufeffAllow",
    "escape": "Allow\x1b[2J",
    "private use": "Allow\ue000",
}
# Each pair is one name to whoever reads it.
ALIKE = {
    "case": ("Installers", "INSTALLERS"),
    "case of other letters": ("Äpfel", "äPFEL"),
    "composed": ("Caf\u00e9", "Cafe\u0301"),
    "sharp s": ("Straße", "STRASSE"),
    "dotted i": ("\u0130stanbul", "i\u0307stanbul"),
    "full width": ("Installers", wide("Installers")),
    "ligature": ("File", "\ufb01le"),
    "blanks": ("Two words", "  Two   words "),
    "no-break blank": ("Two words", "Two\u00a0\u2003words"),
    "sigma": ("ΟΔΟΣ", "οδος"),
    "Kelvin": ("Kim", "\u212aim"),
}


@pytest.mark.parametrize("name", HIDING.values(), ids=HIDING)
def test_a_name_that_hides_something_is_refused(name: str) -> None:
    data = {"name": name, "kind": "file_specification", "platform": ""}
    response = signed_in().post("/filters/create/", data)
    assert response.status_code == 422
    assert "Remove the " in response.content.decode()
    assert not Filter.objects.exists()


@pytest.mark.parametrize(("first", "second"), ALIKE.values(), ids=ALIKE)
def test_a_second_item_of_the_same_name_to_the_eye_is_refused(first: str, second: str) -> None:
    data = {"kind": "file_specification", "platform": ""}
    client = signed_in()
    assert client.post("/filters/create/", {**data, "name": first}).status_code == 302
    response = client.post("/filters/create/", {**data, "name": second})
    assert response.status_code == 422
    assert "Another filter is named" in response.content.decode()
    assert Filter.objects.count() == 1


@pytest.mark.parametrize(("_", "family", "kind"), KINDS, ids=[identity for identity, _, _ in KINDS])
def test_every_kind_keeps_names_plain_and_apart(_: str, family: object, kind: object) -> None:
    item: Item = make_item(family, kind)  # type: ignore[arg-type]
    twin: Item = make_item(family, kind)  # type: ignore[arg-type]
    if item.is_read_only:
        return
    client = signed_in()
    client.post(url(item), as_opened(item, name="  Cafe\u0301-Name "))
    item.refresh_from_db()
    assert item.name == "Caf\u00e9-Name"
    assert client.post(url(twin), as_opened(twin, name="CAFÉ-NAME")).status_code == 422
    assert client.post(url(twin), as_opened(twin, name="Caf\u202eé")).status_code == 422


def test_a_copy_can_not_take_a_name_that_looks_the_same() -> None:
    action = Action.objects.create(name="Deny", kind="deny_execute")
    response = signed_in().post(url(action, "duplicate"), {"name": wide("DENY")})
    assert response.status_code == 422


def test_the_database_itself_keeps_them_apart() -> None:
    for family in families():
        constraint = family.model._meta.constraints[0]
        assert constraint.name.endswith("_name_unique")
    Filter.objects.create(name="Straße", kind="file_hash")
    with pytest.raises(IntegrityError), transaction.atomic():
        Filter.objects.create(name="STRASSE", kind="file_hash")
    renamed = Filter.objects.create(name="Other", kind="file_hash")
    renamed.name = "strasse"
    with pytest.raises(IntegrityError), transaction.atomic():
        renamed.save(update_fields=["name"])


def test_a_long_name_has_a_key_that_fits() -> None:
    long = "\ufdfa" * 200  # each becomes eighteen letters
    assert len(name_key(long)) <= MAX_NAME_KEY
    assert name_key(long) != name_key(long[:-1])
    data = {"kind": "file_specification", "platform": ""}
    assert signed_in().post("/filters/create/", {**data, "name": long}).status_code == 302
    growing = "\u0958" * 200  # NFC takes each apart
    response = signed_in().post("/filters/create/", {**data, "name": growing})
    assert response.status_code == 422
    assert "at most 200 characters" in response.content.decode()


def register(name: str, group: ComputerGroup | None = None) -> HttpResponse:
    body = {"install_code": make_code(group), "name": name, "platform": "windows"}
    return Client().post("/agent/v1/register", json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("name", ["WS\u034f-014", "WS-014 ", "WS\u202e-014", "E\u0301-1", "A  B"])
def test_a_computer_registers_under_a_plain_name_only(name: str) -> None:
    assert register(name).status_code == 422
    assert not Computer.objects.exists()


def test_a_computer_can_not_register_as_one_that_looks_the_same() -> None:
    group = make_group()
    for name, status in (("WS-É", 201), ("ws-é", 409), (wide("WS") + "-É", 409)):
        assert register(name, group).status_code == status, name
    assert ComputerGroup.objects.count() == 1


def test_plain_names_stay_as_they_are() -> None:
    for name in ("Deny Execute Action", "Größe & Übermut", "日本語", "a/b: c (d)", "🙂"):
        assert plain_name(name) == name
