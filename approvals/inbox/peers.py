"""Who may hand mail over to the listener."""

import contextlib
import ipaddress
from dataclasses import dataclass
from typing import Final

UNIX: Final = "unix"  # the network of whoever may open the Unix socket


@dataclass(frozen=True)
class Peer:
    """A network that may hand mail over, such as 127.0.0.1/32, or "unix".

    `verifies_senders`: its Authentication-Results count.
    """

    network: str
    verifies_senders: bool = False


class Peers:
    """The listed peers. Where none is listed, loopback may hand mail over; its results don't count."""

    def __init__(self, listed: tuple[Peer, ...], *, on_unix_socket: bool) -> None:
        """Raise ValueError for a network that isn't one."""
        self._nobody_listed = not listed
        self._unix_peer = (
            Peer(UNIX, any(p.verifies_senders for p in listed if p.network == UNIX))
            if on_unix_socket
            else None
        )
        networks = [(ipaddress.ip_network(p.network), p) for p in listed if p.network != UNIX]
        # The narrowest network that holds an address speaks for it.
        self._networks = sorted(networks, key=lambda pair: -pair[0].prefixlen)

    def peer_of(self, socket_name: object) -> Peer | None:
        """The peer at the other end of a socket, from its name; None for a stranger."""
        if self._unix_peer is not None:
            return self._unix_peer
        if not isinstance(socket_name, tuple):
            return None
        address = ipaddress.ip_address(str(socket_name[0]).partition("%")[0])
        address = getattr(address, "ipv4_mapped", None) or address
        if self._nobody_listed and address.is_loopback:
            return Peer(str(address))
        return next((peer for network, peer in self._networks if address in network), None)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a socket that listens on `host`."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
