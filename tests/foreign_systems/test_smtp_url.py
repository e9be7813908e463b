"""What an administrator may write as the address of an SMTP server."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foreign_systems.smtp_url import Security, SmtpAddress, SmtpUrlError, parse

GOOD = [
    ("smtp://mail.example.com", "smtp://mail.example.com:25"),
    ("smtp://mail.example.com:2525", "smtp://mail.example.com:2525"),
    ("smtp+starttls://mail.example.com", "smtp+starttls://mail.example.com:587"),
    ("smtps://mail.example.com", "smtps://mail.example.com:465"),
    ("SMTPS://Mail.Example.COM/", "smtps://mail.example.com:465"),
    ("  smtp://mail.example.com:25\n", "smtp://mail.example.com:25"),
    ("smtp://mail.example.com.", "smtp://mail.example.com:25"),
    ("smtp://localhost:1025", "smtp://localhost:1025"),
    ("smtp://127.0.0.1", "smtp://127.0.0.1:25"),
    ("smtp://[::1]:1025", "smtp://[::1]:1025"),
    ("smtp://[2001:DB8:0::1]", "smtp://[2001:db8::1]:25"),
    ("smtp://post.müller.example", "smtp://post.xn--mller-kva.example:25"),
    ("smtp://mail_relay", "smtp://mail_relay:25"),
    ("smtp://mail.example.com:", "smtp://mail.example.com:25"),
]

BAD = [
    ("", "is empty"),
    ("http://mail.example.com", "can't begin with http://…"),
    ("mail.example.com:25", "doesn't begin with smtp://"),
    ("smtp:mail.example.com", "doesn't begin with smtp://"),
    ("smtp://", "names no server"),
    ("smtp://:25", "names no server"),
    ("smtp://mail.example.com:0", "port"),
    ("smtp://mail.example.com:65536", "port"),
    ("smtp://mail.example.com:smtp", "port"),
    ("smtp://mail.example.com:٢٥", "port"),
    ("smtp://mail.example.com/inbox", "something after"),
    ("smtp://mail.example.com?tls=1", "something after"),
    ("smtp://mail.example.com#x", "something after"),
    ("smtp://mail.example.com\\evil.example", "something after"),
    ("smtp://mail example.com", "space"),
    ("smtp://mail\r\n.example.com", "space"),
    ("smtp://mail\u202e.example.com", "control character"),
    ("smtp://-mail.example.com", "isn't a valid name"),
    ("smtp://mail..example.com", "isn't a valid name"),
    ("smtp://" + "a" * 64 + ".example", "isn't a valid name"),
    ("smtp://mail,example.com", "isn't a valid name"),
    ("smtp://127.1", "isn't a complete IPv4 address"),
    ("smtp://0x7f.0.0.1", "isn't a complete IPv4 address"),
    ("smtp://256.0.0.1", "isn't a complete IPv4 address"),
    ("smtp://[mail.example.com]", "IPv6"),
    ("smtp://[::1", "IPv6"),
    ("smtp://[fe80::1%eth0]", "IPv6"),
    ("smtp://alice:pw@mail.example.com", "credential"),
    ("smtp://mail.example.com" + "a" * 3000, "longer than"),
]


@pytest.mark.parametrize(("url", "canonical"), GOOD)
def test_a_usable_url_gets_its_canonical_form(url, canonical):
    assert str(parse(url)) == canonical


@pytest.mark.parametrize(("url", "reason"), BAD)
def test_an_unusable_url_is_refused_with_the_reason_and_an_example(url, reason):
    with pytest.raises(SmtpUrlError) as refused:
        parse(url)
    assert reason in str(refused.value)
    assert "for example smtp://mail.example.com:25" in str(refused.value)


@pytest.mark.parametrize(
    ("url", "security"),
    [
        ("smtp://a.example", Security.OPPORTUNISTIC),
        ("smtp+starttls://a.example", Security.REQUIRED),
        ("smtps://a.example", Security.IMPLICIT),
    ],
)
def test_the_scheme_says_when_the_connection_is_encrypted(url, security):
    assert parse(url).security is security


def test_the_environment_may_name_account_and_password():
    address = parse("smtps://alice%40example.com:p%3Aw%2F@mail.example.com", credentials=True)
    assert (address.username, address.password) == ("alice@example.com", "p:w/")


@pytest.mark.parametrize("userinfo", ["alice", ":secret", ""])
def test_half_a_credential_is_refused(userinfo):
    with pytest.raises(SmtpUrlError, match="both an account name and a password"):
        parse(f"smtp://{userinfo}@mail.example.com", credentials=True)


def test_neither_the_canonical_url_nor_the_repr_shows_the_password():
    address = parse("smtp://alice:hunter2@mail.example.com", credentials=True)
    assert "hunter2" not in str(address) + repr(address)
    assert "alice" not in str(address)


@pytest.mark.parametrize(
    "url",
    [
        "smtp://alice:hunter2@mail.example.com",
        "smtp://alice:hunter2/@mail.example.com",
        "http://alice:hunter2@mail.example.com",
        "smtp://alice:hunter2@mail..example.com",
        "smtp://hunter2,#@mail.example.com",
        "smtp://al ice:hunter2@mail.example.com",
    ],
)
def test_an_error_never_repeats_a_password(url):
    with pytest.raises(SmtpUrlError) as refused:
        parse(url)
    assert "hunter2" not in str(refused.value)


def test_the_message_calls_the_value_by_the_name_its_user_knows():
    with pytest.raises(SmtpUrlError, match=r"^SMTP_URL is empty\."):
        parse("", what="SMTP_URL")


@given(st.text() | st.text().map("smtp://".__add__))
@example("smtp://[")
@example("smtp://]:")
@example("smtp://@@")
@example("smtp://。")
def test_any_text_is_either_an_address_or_refused_with_an_example(text):
    try:
        address = parse(text, credentials=True)
    except SmtpUrlError as refused:
        sentence = str(refused)
    else:
        assert address.host.isascii()
        assert parse(str(address)) == SmtpAddress(address.scheme, address.host, address.port)
        return
    assert "for example" in sentence
