"""The name by which we introduce ourselves to SMTP servers (EHLO; RFC 5321, section 4.1.4). Pure."""

import ipaddress
from urllib.parse import urlsplit

from core.addresses import BadAddress, ascii_host

EXAMPLE = "pm.example.com"


def ehlo_name(text: str) -> str:
    """As it is sent: a full host name in A-labels, or an address in brackets. Raises ValueError."""
    if text.startswith("[") and text.endswith("]"):
        literal = text[1:-1]
        version, prefix = (6, "IPv6:") if literal[:5].lower() == "ipv6:" else (4, "")
        try:
            address = ipaddress.ip_address(literal[len(prefix) :])
        except ValueError:
            address = None
        if address is None or address.version != version or "%" in literal:
            raise ValueError("the brackets don't hold an IP address")
        return f"[{prefix}{address}]"
    try:
        name = ascii_host(text.removesuffix("."))
    except BadAddress as error:
        raise ValueError(str(error)) from None
    if "." not in name:
        raise ValueError("it has no dot; servers want a full name")
    return name


def of_public_url(public_url: str) -> str:
    """The console's own host, if that is a full name: the preset. "" otherwise."""
    try:
        return ehlo_name(urlsplit(public_url).hostname or "")
    except ValueError:
        return ""
