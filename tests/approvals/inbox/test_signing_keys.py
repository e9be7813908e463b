"""Looking up the keys of DKIM signatures at a name server on loopback."""

import socket
import threading
from collections.abc import Iterator

import dns.exception
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest
from django.utils import timezone

from approvals.inbox import reading
from approvals.inbox.signing_keys import SigningKeys
from approvals.inbox.storing import receive
from approvals.models import IncomingMail
from tests.approvals.replies import make_reply
from tests.factories import invitation_of, make_mailbox, make_request

RECORDS = {
    "s1._domainkey.example.com.": ['"v=DKIM1; p=" "abc"'],
    "two._domainkey.example.com.": ['"p=a"', '"p=b"'],
}


class NameServer:
    """Answers TXT queries; `broken` makes it fail."""

    def __init__(self) -> None:
        self.broken = False
        self.asked = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                query, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            self.socket.sendto(self._answer(dns.message.from_wire(query)).to_wire(), peer)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(query)
        name = query.question[0].name.to_text()
        if self.broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name in RECORDS:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *RECORDS[name]))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.socket.close()


@pytest.fixture
def resolver(server: NameServer) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = server.socket.getsockname()[1]
    return resolver


@pytest.mark.parametrize(
    ("selector", "found"), [("s1", "v=DKIM1; p=abc"), ("none", ""), ("two", "")]
)
def test_one_record_is_a_key(resolver: dns.resolver.Resolver, selector: str, found: str) -> None:
    assert SigningKeys(resolver)(f"{selector}._domainkey.example.com") == found


def test_a_name_server_that_fails_is_left_alone_for_a_while(
    server: NameServer, resolver: dns.resolver.Resolver
) -> None:
    now = [0.0]
    find_key = SigningKeys(resolver, clock=lambda: now[0])
    server.broken = True
    for _ in range(3):
        with pytest.raises(dns.exception.DNSException):
            find_key("s1._domainkey.example.com")
    asked = server.asked

    server.broken = False
    now[0] = 59.0
    with pytest.raises(dns.exception.DNSException):
        find_key("s1._domainkey.example.com")
    assert server.asked == asked
    now[0] = 61.0
    assert find_key("s1._domainkey.example.com") == "v=DKIM1; p=abc"


@pytest.mark.parametrize(
    "selector", [".".join(["a" * 63] * 5), "a" * 64, "a..b"], ids=["name", "label", "empty label"]
)
def test_where_no_name_can_be_asked_for_there_is_no_key(
    server: NameServer, resolver: dns.resolver.Resolver, selector: str
) -> None:
    assert SigningKeys(resolver)(f"{selector}._domainkey.example.com") == ""
    assert server.asked == 0


def test_a_name_that_upsets_the_name_server_holds_up_no_other_key(
    server: NameServer, resolver: dns.resolver.Resolver
) -> None:
    find_key = SigningKeys(resolver)
    server.broken = True
    with pytest.raises(dns.exception.DNSException):
        find_key("odd._domainkey.example.com")
    server.broken = False
    assert find_key("s1._domainkey.example.com") == "v=DKIM1; p=abc"


@pytest.mark.django_db
def test_mail_that_waits_for_the_dns_keeps_no_other_mail_from_being_read(
    server: NameServer, resolver: dns.resolver.Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_signing_keys", SigningKeys(resolver))
    box = make_mailbox("imaps://mail.example.com", verifies_dkim=True)
    request = make_request()

    def arrive(selector: str) -> IncomingMail:
        fields = f"v=1; a=rsa-sha256; d=example.com; s={selector}; h=from:to; bh=AAAA; b=AAAA"
        raw = make_reply(invitation_of(request), "x", results="", DKIM_Signature=fields)
        envelope = {"source": "imap", "peer": "mailbox", "mailbox": str(box.pk), "mail_from": ""}
        return receive(raw=raw, recipients=(), verifies_senders=True, **envelope)

    server.broken = True
    waiting = arrive("s1")
    assert reading.process_left_over(limit=1) == 1
    server.broken = False
    other = arrive("none")
    assert reading.process_left_over(limit=1) == 1

    for mail in (waiting, other):
        mail.refresh_from_db()
    assert (waiting.state, other.state) == ("stored", "read")
    assert waiting.next_try_at is not None
    assert waiting.next_try_at > timezone.now()
