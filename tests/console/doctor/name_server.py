"""A real name server on a free port of this machine, with the records that a test gives it."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], str]  # name and type: what the record says


class NameServer:
    """Answers by UDP from `zone`, which may be changed while it runs. `silent`: not at all."""

    def __init__(self, zone: Zone) -> None:
        self.zone, self.silent = zone, False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "NameServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ask_to_end()
        self._thread.join(5)
        self._socket.close()

    def _ask_to_end(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"", self._socket.getsockname())

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(4096)
            if not wire:
                return
            if not self.silent:
                self._socket.sendto(self._answer(dns.message.from_wire(wire)), client)

    def _answer(self, query: dns.message.Message) -> bytes:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        found = self.zone.get((name, kind))
        if found is not None:
            response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, found))
        elif name not in {known for known, _ in self.zone}:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()
