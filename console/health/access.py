"""Who may read the metrics: listed networks, and whoever has the token."""

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest

from agents.rate_limits import client_address

FORWARDING = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


def may_read_metrics(request: HttpRequest) -> bool:
    """By `Authorization: Bearer TOKEN`, or by the caller's address."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer":
        return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return _is_listed(request)


def _is_listed(request: HttpRequest) -> bool:
    """By address only if it is the caller's: a proxy that TRUSTED_PROXIES doesn't count is no peer."""
    forwarded = any(name in request.headers for name in FORWARDING)
    if forwarded and not settings.TRUSTED_PROXIES:
        return False
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:  # a Unix socket has none
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in settings.METRICS_PEERS)
