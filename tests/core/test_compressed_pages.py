"""Which answers are compressed, and how static files are served."""

import gzip
import re

import pytest
from django.test import Client

from approvals.tokens import link_token
from console.people.passwords import link_to_set_password
from tests.factories import invitation_of, make_plea, make_request, make_user, signed_in

pytestmark = pytest.mark.django_db
GZIP = {"headers": {"accept-encoding": "gzip, br"}}


def test_a_long_list_is_compressed_for_browsers_that_ask_for_it() -> None:
    for number in range(10):
        make_request(plea=make_plea(account=f"E\\u{number}"))
    client = signed_in("Users")
    plain, packed = client.get("/approvals/"), client.get("/approvals/", **GZIP)
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 5
    assert b"WS-014" in gzip.decompress(packed.content)
    assert not plain.has_header("Content-Encoding")


def test_a_download_is_compressed_piece_by_piece() -> None:
    response = signed_in("Users").get("/approvals/decided/?format=csv", **GZIP)
    assert response["Content-Encoding"] == "gzip"
    packed = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert b"Program" in gzip.decompress(packed)


def test_a_page_whose_address_is_a_secret_is_not_compressed(client: Client) -> None:
    invitation = invitation_of(make_request())
    link = link_token(invitation.pk, invitation.key_number)
    to_set = link_to_set_password(make_user("sam")).removeprefix("http://testserver")
    for address in (f"/d/{link}", to_set):
        response = client.get(address, follow=True, **GZIP)
        assert response.status_code == 200
        assert not response.has_header("Content-Encoding")


def test_the_answer_to_a_form_is_not_compressed(client: Client) -> None:
    response = client.post("/sign-in/", {"login": "sam", "password": "wrong"}, **GZIP)
    assert b"sam" in response.content
    assert not response.has_header("Content-Encoding")


def test_static_files_are_kept_by_browsers_and_compressed(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    sheet = re.search(r'href="(/static/ui/console\.[0-9a-f]{12}\.css)"', page)
    assert sheet
    response = client.get(sheet[1], **GZIP)
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Encoding"] == "gzip"
    assert b".panel" in gzip.decompress(b"".join(response.streaming_content))  # type: ignore[attr-defined]
