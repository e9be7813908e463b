"""The limits that keep one peer from taking the listener for itself."""

import pytest

from approvals.inbox.listener import Limits
from approvals.reply.limits import MAX_MESSAGE
from tests.approvals.inbox.listening import MESSAGE, OURS, Raw, client, listening


def test_connections_beyond_the_limit_are_told_to_come_back(kept):
    limits = Limits(connections=1)
    with listening(kept.append, limits=limits) as listener:
        with client(listener), Raw(listener) as second:
            assert second.line().startswith("421")
        with client(listener) as third:
            assert third.noop()[0] == 250


def test_the_size_is_announced_and_enforced_at_mail(kept):
    with listening(kept.append, limits=Limits(size=1_000)) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == "1000"
        assert smtp.mail("dana@a.example", ["size=1001"])[0] == 552


def test_the_listener_takes_what_can_be_read_and_no_more(kept):
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.ehlo()
        assert smtp.esmtp_features["size"] == str(MAX_MESSAGE)


def test_the_size_is_enforced_while_reading(kept):
    with listening(kept.append, limits=Limits(size=1_000)) as listener, Raw(listener) as raw:
        raw.to_data()
        assert raw.say(b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20 + b".\r\n")[:3] == "552"
    assert kept == []


def test_a_long_line_is_taken(kept):
    message = b"Subject: x\r\n\r\n" + b"y" * 5_000 + b"\r\n"
    with listening(kept.append) as listener, client(listener) as smtp:
        smtp.sendmail("dana@a.example", [OURS], message)
    assert kept.one.raw == message


def test_recipients_beyond_the_limit_are_for_another_transaction(kept):
    limits = Limits(recipients=1)
    settings = {"limits": limits, "known": lambda _: True}
    with listening(kept.append, **settings) as listener, client(listener) as smtp:
        refused = smtp.sendmail("d@a.example", ["a@r.example", "b@r.example"], MESSAGE)
    assert refused["b@r.example"][0] == 452
    assert kept.one.recipients == ("a@r.example",)


@pytest.mark.parametrize("limits", [Limits(idle=0.2), Limits(connection=0.2)], ids=repr)
def test_a_connection_that_lasts_too_long_is_closed(kept, limits):
    with listening(kept.append, limits=limits) as listener, Raw(listener) as raw:
        raw.to_data()
        assert raw.rest() == b""
    assert kept == []
