"""One reading of addresses: what is accepted can be sent, and no two addresses become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.addresses import BadAddress, ascii_address, ascii_host, mailbox_key


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
    ],
)
def test_an_address_is_sent_by_idna_2008(written: str, sent: str) -> None:
    assert ascii_address(written) == sent


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
        "dána@example.com",
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
        ascii_address(written)


@pytest.mark.parametrize("written", ["dána@example.com", "пример@example.com"])
def test_an_address_in_letters_that_many_servers_refuse_is_told_so(written: str) -> None:
    with pytest.raises(BadAddress, match="holds letters beyond a to z"):
        ascii_address(written)


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
    ],
)
def test_one_mailbox_is_recognised_however_it_is_written(one: str, other: str) -> None:
    assert mailbox_key(one) == mailbox_key(other)


def test_sharp_s_is_another_mailbox_than_double_s() -> None:
    assert mailbox_key("dana@straße.example") != mailbox_key("dana@strasse.example")
