"""Reading captured mail, and the replies that are made of it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.inbox.listener import Listener, Received
from trial import mail_account
from trial.answering import NotSent, build_reply, send
from trial.forms import filled
from trial.messages import read_message

TOKEN = "a" * 26
REPLY_TO = f"reply+{TOKEN}@pm.example.com"
LINK = f"http://127.0.0.1:8000/d/{'b' * 26}"
NOW = datetime(2026, 7, 14, 9, 26, tzinfo=UTC)


def message_bytes(**headers: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "approvals@pm.example.com"
    message["To"] = "dana@example.com"
    message["Subject"] = "[PM-1] Approval needed: Prüfung.exe"
    message["Message-ID"] = "<first@pm.example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"Write your answer above this line\n\nIn a browser: {LINK}\n")
    message.add_alternative("<p>In HTML</p>", subtype="html")
    return message.as_bytes()


def test_a_message_is_read_with_both_its_parts() -> None:
    message = read_message(message_bytes(Reply_To=REPLY_TO))
    assert message.subject == "[PM-1] Approval needed: Prüfung.exe"
    assert message.reply_to == REPLY_TO
    assert message.message_id == "<first@pm.example.com>"
    assert message.text.startswith("Write your answer above this line\n")
    assert message.html.strip() == "<p>In HTML</p>"
    assert message.decision_link("http://127.0.0.1:8000") == LINK


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(raw: bytes) -> None:
    message = read_message(raw)
    for text in (message.subject, message.sender, message.text, message.html, message.source):
        assert "\0" not in text
        text.encode()


def test_a_reply_goes_to_the_reply_address_and_names_what_it_answers() -> None:
    message = read_message(message_bytes(Reply_To=REPLY_TO, References="<zero@pm.example.com>"))
    raw = build_reply(message, author="dana@example.com", answer="APPROVE\nfür Hansen", now=NOW)
    reply = message_from_bytes(raw, policy=policy.default)
    assert reply["From"] == "dana@example.com"
    assert reply["To"] == REPLY_TO
    assert reply["Subject"] == "Re: [PM-1] Approval needed: Prüfung.exe"
    assert reply["In-Reply-To"] == "<first@pm.example.com>"
    assert reply["References"] == "<zero@pm.example.com> <first@pm.example.com>"


def test_a_reply_quotes_the_original_below_the_answer() -> None:
    message = read_message(message_bytes(Reply_To=REPLY_TO))
    raw = build_reply(message, author="dana@example.com", answer="APPROVE\r\nfür Hansen", now=NOW)
    lines = message_from_bytes(raw, policy=policy.default).get_content().splitlines()
    assert lines[:3] == ["APPROVE", "für Hansen", ""]
    assert lines[3] == "On 14 Jul 2026 at 09:26, approvals@pm.example.com wrote:"
    assert lines[4] == "> Write your answer above this line"
    assert all(line.startswith(">") for line in lines[4:])


@given(st.text(max_size=200))
def test_no_answer_becomes_a_header(answer: str) -> None:
    message = read_message(message_bytes(Reply_To=REPLY_TO))
    written = answer.encode("utf-8", "replace").decode()
    raw = build_reply(message, author="dana@example.com", answer=written, now=NOW)
    names = {name.lower() for name in message_from_bytes(raw)}
    assert names == {
        *("from", "to", "subject", "date", "message-id", "in-reply-to", "references"),
        *("content-type", "content-transfer-encoding", "mime-version"),
    }


@pytest.mark.parametrize(
    ("before", "fill", "after"),
    [
        ("", "approve", "APPROVE"),
        ("DENY\nToo old.", "timed", "APPROVE FOR 2 HOURS\nToo old."),
        ("APPROVE", "deny", "DENY"),
    ],
)
def test_a_button_puts_its_words_into_the_first_line(before: str, fill: str, after: str) -> None:
    assert filled(before, fill) == after


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    """A real listener that knows every address, and what it got."""
    got: list[Received] = []
    listener = Listener(known=lambda _: True, store=got.append, login=mail_account.is_right)
    listener.start()
    monkeypatch.setenv("TRIAL_MAIL_PORT", str(listener.port))
    monkeypatch.setenv("TRIAL_MAIL_PASSWORD", "generated")
    yield got
    listener.stop()


def test_an_answer_travels_over_smtp_as_a_signed_in_client(server: list[Received]) -> None:
    raw = build_reply(
        read_message(message_bytes(Reply_To=REPLY_TO)),
        author="dana@example.com",
        answer="DENY",
        now=NOW,
    )
    send(raw, author="dana@example.com", to=REPLY_TO)
    (received,) = server
    assert received.signed_in
    assert received.recipients == (REPLY_TO,)
    assert received.mail_from == "dana@example.com"
    assert read_message(received.raw).text.startswith("DENY\n")


def test_a_refusal_is_told_in_the_servers_words(
    server: list[Received], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAL_MAIL_PASSWORD", "")  # then nobody may sign in
    with pytest.raises(NotSent, match="The trial mail server said: 535"):
        send(b"Subject: x\r\n\r\n", author="dana@example.com", to=REPLY_TO)
    assert not server


def test_without_a_server_the_answer_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAL_MAIL_PORT", "1")
    with pytest.raises(NotSent, match="did not answer"):
        send(b"", author="dana@example.com", to=REPLY_TO)


def test_nobody_may_sign_in_where_no_password_was_generated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TRIAL_MAIL_PASSWORD", raising=False)
    assert not mail_account.is_right("trial", "")
