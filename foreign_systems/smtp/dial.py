"""From a server's name to a connected socket: resolve, check the addresses, dial a checked one."""

from __future__ import annotations

import ipaddress
import socket
import threading
from typing import Final

from foreign_systems.smtp.answers import Trouble, destination_trouble
from foreign_systems.smtp.clock import Deadline
from foreign_systems.smtp.server import Server

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NO_SUCH_NAME: Final = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
# Where clouds hand out credentials, beside the link-local addresses that most of them use.
_METADATA: Final = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "fd00:ec2::254",  # Amazon
        "fd00:ec2::23",
        "fd20:ce::254",  # Google
        "168.63.129.16",  # Azure
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle
        "fd00:c1::a9fe:a9fe",
        "fd00:42::42",  # Scaleway
    )
)
# Ranges whose last 32 bits are an IPv4 address: compatible and mapped (RFC 4291), translated
# (RFC 2765), NAT64 (RFC 6052).
_CARRIERS: Final = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
)
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
_ISATAP: Final = (0x00005EFE, 0x02005EFE)  # RFC 5214


def resolve(server: Server, deadline: Deadline) -> list[IpAddress]:
    """Return the addresses that may be dialled, in order of preference; Trouble if none."""
    host = server.address.host
    try:
        found = [ipaddress.ip_address(host)]
    except ValueError:
        found = _look_up(server, deadline)
    allowed = [
        address
        for address in (getattr(a, "ipv4_mapped", None) or a for a in found)
        if may_dial(address)
    ]
    if server.loopback_only:
        allowed = [address for address in allowed if address.is_loopback]
        if not allowed:
            raise _outside(server)
    if not allowed:
        shown = ", ".join(map(str, found))
        raise destination_trouble(
            f"{host} is {shown}, which can't be a {server.address.server}'s address.", alert=True
        )
    return allowed


def dial(
    addresses: list[IpAddress], server: Server, deadline: Deadline
) -> tuple[socket.socket, IpAddress]:
    """Connect to the first of these addresses that answers; Trouble if none does."""
    port = server.address.port
    reasons = []
    for address in addresses:
        try:
            connected = socket.create_connection((str(address), port), deadline.step())
        except TimeoutError:
            reasons.append(f"{address} port {port}: no answer in time")
        except OSError as error:
            reasons.append(f"{address} port {port}: {error.strerror or error}")
        else:
            # The final dot is a small write after a big one: Nagle would hold it back.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected, address
        if deadline.over:
            break
    raise destination_trouble("Connecting failed. " + "; ".join(reasons))


def may_dial(address: IpAddress) -> bool:
    """Private ranges are fine for mail servers; link-local ones hold cloud metadata services.

    What an IPv6 address carries counts as well: a gateway would lead there.
    """
    return not any(
        each.is_unspecified or each.is_multicast or each.is_link_local or each in _METADATA
        for each in (address, *carried(address))
    )


def carried(address: IpAddress) -> list[ipaddress.IPv4Address]:
    """Every IPv4 address that `address` may stand for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    number = int(address)
    low = [number & 0xFFFFFFFF]
    found: list[int] = []
    if number > 1 and any(address in network for network in _CARRIERS):
        found = low
    elif address in _LOCAL_NAT64:
        # Each length of prefix puts it elsewhere, around the byte that is always zero.
        spread = [
            number >> 64 << 16 & 0xFFFF0000 | number >> 40 & 0xFFFF,  # /48
            number >> 64 << 24 & 0xFF000000 | number >> 32 & 0xFFFFFF,  # /56
            number >> 24 & 0xFFFFFFFF,  # /64
        ]
        found = [each for each in spread + low if each] or low
    elif address.sixtofour:
        found = [int(address.sixtofour)]
    elif address.teredo:
        found = [int(each) for each in address.teredo]
    elif number >> 32 & 0xFFFFFFFF in _ISATAP:
        found = low
    return [ipaddress.IPv4Address(each) for each in found]


def _look_up(server: Server, deadline: Deadline) -> list[IpAddress]:
    """Resolve on a thread of its own, since the system's resolver knows no deadline."""
    host = server.address.host
    outcome: list[list[str] | OSError] = []

    def work() -> None:
        try:
            outcome.append(server.resolve(host))
        except OSError as error:
            outcome.append(error)

    thread = threading.Thread(target=work, name="smtp-resolve", daemon=True)
    thread.start()
    thread.join(deadline.step())
    if outcome and isinstance(outcome[0], list):
        return [ipaddress.ip_address(text.partition("%")[0]) for text in outcome[0]]
    if server.loopback_only:
        raise _outside(server)
    if not outcome:
        raise destination_trouble(f"The name server gave no answer for {host} in time.")
    error = outcome[0]
    if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_NAME:
        raise destination_trouble(
            f"There is no server named {host}. Is the name spelled correctly?", alert=True
        )
    raise destination_trouble(f"The name server could not look up {host}: {error}")


def _outside(server: Server) -> Trouble:
    host, kind = server.address.host, server.address.server
    return destination_trouble(
        f"Not connected to {host}: a trial connects only to {kind}s on this machine. Start it with "
        "--real-mail to use others."
    )
