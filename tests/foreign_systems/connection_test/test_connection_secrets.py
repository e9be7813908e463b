"""No secret is in what Test Connection says, whatever the server repeats."""

import base64

import pytest
from hypothesis import given, settings

from foreign_systems.connection_test import send_test
from tests.foreign_systems.connection_test.trying import (
    DANA,
    FIVE,
    MESSAGE,
    SENDER,
    SIGNS_IN,
    send_script,
    server_at,
    spoken,
    try_script,
)
from tests.foreign_systems.scripted_server import ScriptedServer, drip
from tests.foreign_systems.test_smtp_any_server import scripts

PASSWORD = "Correct  horse ä 7!"
TOGETHER = base64.b64encode(f"\0pm-relay\0{PASSWORD}".encode()).decode()
ALONE = base64.b64encode(PASSWORD.encode()).decode()
ECHOES = [
    PASSWORD,
    PASSWORD.upper().replace("Ä", "ä"),
    PASSWORD.replace("  ", " "),
    TOGETHER,
    TOGETHER.rstrip("="),
    TOGETHER[:-6],
    TOGETHER[12:],
    ALONE,
    ALONE.rstrip("="),
    f"AUTH PLAIN {TOGETHER}",
]
AT = [
    ("AUTH", "535 5.7.8 what is {}?"),
    ("AUTH", "535-5.7.8 what is\n535 {}?"),
    ("AUTH", "what is {}?"),  # no SMTP reply at all
    ("AUTH", "235 hello {}\n250 {}"),  # and something unasked
    ("MAIL", "550 5.7.1 after {} no"),
    ("RCPT", "550 5.7.1 after {} no"),
    ("end", "250 2.0.0 {} it was"),
]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize(("name", "words"), AT, ids=str)
@pytest.mark.parametrize("echo", ECHOES)
def test_no_secret_is_in_any_text_whatever_the_server_repeats(mechanism, name, words, echo):
    script = {
        "EHLO": f"250-x\n250 AUTH {mechanism}",
        "AUTH": ["334 VXNlcg==", "334 UGFzcw==", "235 ok"] if mechanism == "LOGIN" else "235 ok",
    }
    said = words.replace("{}", echo)
    script[name] = [*script["AUTH"][:2], said] if (name, mechanism) == ("AUTH", "LOGIN") else said
    tried = send_script(script, username="pm-relay", password=PASSWORD)
    everything = " ".join(
        [repr(tried), tried.headline, tried.advice, *spoken(tried), *map(str, tried.steps)]
    ).lower()
    for secret in (PASSWORD, PASSWORD.replace("  ", " "), echo, ALONE, TOGETHER, ALONE[:-2]):
        assert secret.lower() not in everything
    assert not any(TOGETHER[at : at + 8].lower() in everything for at in range(len(TOGETHER) - 7))
    assert any("********" in line.text for line in tried.transcript if line.who == "C")
    assert "…" in everything


def test_a_password_split_over_lines_is_not_put_together_again():
    script = SIGNS_IN | {"AUTH": "534-open\n534 sesame"}
    tried = try_script(script, username="pm-relay", password="open sesame")
    assert "“534 …”" in tried.advice
    assert "open sesame" not in repr(tried)


def test_a_password_that_looks_like_a_code_does_not_spoil_the_conversation():
    assert try_script(SIGNS_IN, username="pm-relay", password="235").ok


def test_half_a_password_of_a_server_that_hangs_up_is_not_shown():
    script = SIGNS_IN | {"AUTH": drip("535 what is Correct  horse")}
    tried = try_script(script, username="pm-relay", password=PASSWORD, timeout=0.7)
    assert "horse" not in repr(tried)


@settings(max_examples=60, deadline=None)
@given(scripts)
def test_whatever_a_server_says_there_is_a_result_of_bounded_printable_text(script):
    with ScriptedServer(script) as it:
        server = server_at(
            it.port, username="alice", password="hunter2", timeout=0.1, total_timeout=0.3
        )
        tried = send_test(server, mail_from=SENDER, recipient=DANA, data=MESSAGE)
        assert not tried.ok or len(it.messages) == 1
    assert [one.label for one in tried.steps] == [*FIVE, "Recipient", "Message"]
    assert tried.ok == ("bad" not in {one.tone for one in tried.steps})
    assert tried.headline
    assert tried.advice
    texts = [tried.headline, tried.advice, *(one.text for one in tried.steps)]
    texts += [line.text for line in tried.transcript]
    assert all(text.isprintable() and len(text) <= 1_000 for text in texts)
    assert "hunter2" not in repr(tried)
