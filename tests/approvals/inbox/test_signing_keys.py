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

from approvals.inbox.signing_keys import SigningKeys

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
