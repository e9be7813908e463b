"""What a server's codes mean for the message and for its destination."""

import pytest

from foreign_systems.smtp.answers import Blame, Kind, Reply, answer_of, names_ehlo

DEFERRED, FAILED = Kind.DEFERRED, Kind.FAILED
MESSAGE, DESTINATION = Blame.MESSAGE, Blame.DESTINATION


@pytest.mark.parametrize(
    ("code", "text", "kind", "blame", "alert"),
    [
        (450, "4.2.0 greylisted", DEFERRED, MESSAGE, False),
        (550, "5.1.1 no such user", FAILED, MESSAGE, False),
        (550, "5.4.1 Recipient address rejected: Access denied", FAILED, MESSAGE, False),
        (550, "no such user", FAILED, MESSAGE, False),
        (552, "5.3.4 too large", FAILED, MESSAGE, False),
        (554, "5.7.1 rejected by policy", FAILED, MESSAGE, False),
        (451, "4.7.1 try again later", DEFERRED, MESSAGE, False),
        # What passes by itself, and what the two codes say differently.
        (552, "5.2.2 mailbox full", DEFERRED, MESSAGE, False),
        (550, "5.3.1 mail system full", DEFERRED, MESSAGE, False),
        (554, "4.3.0 queue file write error", DEFERRED, MESSAGE, False),
        (450, "5.7.1 access denied", DEFERRED, MESSAGE, False),
        (421, "4.7.0 too many connections", DEFERRED, DESTINATION, False),
        # What an administrator has to change.
        (530, "5.7.57 client not authenticated to send mail", DEFERRED, DESTINATION, True),
        (550, "5.7.57 client not authenticated to send mail", DEFERRED, DESTINATION, True),
        (554, "5.7.8 authentication credentials invalid", DEFERRED, DESTINATION, True),
        (554, "5.2.252 SendAsDenied; not allowed to send as", DEFERRED, MESSAGE, True),
        (550, "5.7.60 Client does not have permissions to send as", DEFERRED, MESSAGE, True),
        (550, "5.7.25 the sending IP has no PTR record", DEFERRED, DESTINATION, True),
    ],
)
def test_enhanced_codes_tell_what_passes_from_what_stays(code, text, kind, blame, alert) -> None:
    answer = answer_of(Reply(code, text))
    assert (answer.kind, answer.blame, answer.alert) == (kind, blame, alert)


@pytest.mark.parametrize(
    ("code", "text", "is_about_it"),
    [
        (501, "5.5.2 <x>: Helo command rejected: Invalid name", True),
        (450, "4.7.1 <pm.local>: Helo command rejected: Host not found", True),
        (550, "Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", True),
        (550, "5.7.1 Correct your EHLO.", True),
        (550, "5.1.1 <helo@example.com>: no such user", False),
        (550, "5.1.2 mx.helo.example.com is unknown", False),
        (550, "5.1.1 <x>: undeliverable: host mx.example said: 550 HELO name invalid", False),
        (450, "4.7.1 <Dana@example.com>: mx.example said: 550 HELO name invalid", False),
        (503, "5.5.1 Error: send HELO/EHLO first", False),
        (421, "EHLO took too long", False),
        (250, "HELO there", False),
    ],
)
def test_a_refused_ehlo_name_is_known_by_its_words(code, text, is_about_it) -> None:
    assert names_ehlo(Reply(code, text), recipient="dana@example.com") is is_about_it


@pytest.mark.parametrize(
    ("text", "blames"),
    [("5.1.1 no such user", True), ("5.1.8 bad sender", False), ("5.7.1 no", False), ("no", False)],
)
def test_only_a_refused_recipient_is_final_whichever_server_says_it(text, blames) -> None:
    assert answer_of(Reply(550, text)).blames_recipient is blames
