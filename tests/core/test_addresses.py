# ruff: noqa: RUF001 - letters of several scripts, alike and not
"""One reading of addresses: what is accepted can be sent, and no two addresses become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.addresses import BadAddress, ascii_host, mailbox_key, sent_address


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("dana@example.com", "dana@example.com"),
        ("Dana.Whitfield+pm@Example.COM", "Dana.Whitfield+pm@example.com"),
        ("dana@straße.example", "dana@xn--strae-oqa.example"),
        ("dana@STRASSE.example", "dana@strasse.example"),
        ("dana@münchen.example", "dana@xn--mnchen-3ya.example"),
        ("dana@\uff2d\uff21\uff29\uff2c.example", "dana@mail.example"),
        ("dana@localhost", "dana@localhost"),
        ("dána@münchen.example", "dána@xn--mnchen-3ya.example"),
        ("пример@example.com", "пример@example.com"),
        ("田中Taro+pm@example.com", "田中Taro+pm@example.com"),
        ("नमस्ते@example.com", "नमस्ते@example.com"),
    ],
)
def test_an_address_is_sent_by_idna_2008(written: str, sent: str) -> None:
    assert sent_address(written) == sent


@pytest.mark.parametrize(
    "written",
    [
        "",
        "dana",
        "@example.com",
        "dana@",
        "dana@[10.0.0.1]",
        "dana@10.0.0.1",
        "dana@example..com",
        "dana@.example.com",
        "dana@-example.com",
        "dana@exa_mple.com",
        "dana@exam\u200bple.com\u200b",
        "dana@\u2025example",
        '"dana whitfield"@example.com',
        "dana.@example.com",
        "dana@example.com\nBcc: x@example.com",
        "dana @example.com",
        "=?utf-8?q?dana?=@example.com",
        "d" * 65 + "@example.com",
        "dana@" + ("x" * 60 + ".") * 5 + "com",
    ],
)
def test_what_can_not_be_sent_is_not_accepted(written: str) -> None:
    with pytest.raises(BadAddress):
        sent_address(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("\u0430lice@example.com", "several scripts"),  # the first letter is Cyrillic
        ("\uff44ana@example.com", "an unusual form"),
        ("da\u0301na@example.com", "an unusual form"),
        ("\u212aim@example.com", "an unusual form"),
        ("dána\u200b@example.com", "can't be sent"),
        ("\u115fдана@example.com", "can't be sent|several scripts"),
        ("да на@example.com", "can't be sent"),
        ("-\u0301а@example.com", "can't be sent"),
        ("١٢@example.com", "can't be sent"),
        ("ä" * 33 + "@example.com", "longer than 64 bytes"),
    ],
)
def test_letters_that_look_like_others_or_hide_are_refused(written: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why):
        sent_address(written)


@given(st.text(max_size=30))
def test_a_host_that_is_accepted_stays_what_it_is(name: str) -> None:
    try:
        host = ascii_host(name)
    except BadAddress:
        return
    assert ascii_host(host) == host
    assert host.isascii()
    assert host == host.lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dana@example.com", "DANA+approvals@Example.com"),
        ("dana@münchen.example", "dana@xn--mnchen-3ya.example"),
        ("Дана@example.com", "дана+pm@example.com"),
    ],
)
def test_one_mailbox_is_recognised_however_it_is_written(one: str, other: str) -> None:
    assert mailbox_key(one) == mailbox_key(other)


def test_sharp_s_is_another_mailbox_than_double_s() -> None:
    assert mailbox_key("dana@straße.example") != mailbox_key("dana@strasse.example")
