"""Settings as the environment writes them: each is read here, or refused with ImproperlyConfigured in one
sentence that names it and says what to write. None repeats a value that may hold a password.
"""

import ipaddress
import logging
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

from core.addresses import BadAddress, sent_address

UNIX = "+unix"  # in LISTENER_PEERS: whoever may open the listener's Unix socket
ENGINES = {"django.db.backends.sqlite3", "django.db.backends.postgresql"}
env = environ.Env()


def required(name: str) -> str:
    """The value of a setting without a default."""
    value = str(env.str(name, default="")).strip()
    if not value or value.startswith("change-me"):
        raise ImproperlyConfigured(
            f"{name} isn't set. Set it in the environment (README.md, Production in brief), "
            "or start a trial with `make run`."
        )
    return value


def host_of(url: str) -> str:
    """The host that PUBLIC_URL names, as ALLOWED_HOSTS writes it: an IPv6 address in brackets."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ImproperlyConfigured(
            f"PUBLIC_URL is {url!r}. Enter the console's address without a path: "
            "https://pm.example.com or http://[::1]:8000"
        )
    return f"[{host}]" if ":" in host else host


def database(name: str) -> dict[str, Any]:
    """Django's settings of the SQLite or PostgreSQL database at this URL."""
    engine = env.DB_SCHEMES.get(required(name).partition("://")[0], "")
    try:
        config: dict[str, Any] = env.db(name) if engine in ENGINES else {}
    except ValueError:
        config = {}
    if not (config.get("NAME") or config.get("OPTIONS")):
        raise ImproperlyConfigured(
            f"{name} isn't the URL of a database. Enter postgres://user:password@host:5432/name or "
            "sqlite:////folder/file; write special characters of the password as %XX."
        )
    return config


def redis_url(name: str, default: str) -> str:
    url = str(env.str(name, default=default))
    try:
        parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} isn't the URL of a Redis. Enter redis://host:6379/0, rediss://host:6379/0 for TLS "
            "or unix:///path/to/socket?db=0"
        ) from None
    return url


def whole_number(name: str, default: int) -> int:
    """From 0."""
    text = str(env.str(name, default=str(default))).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ImproperlyConfigured(f"{name} is {text!r}. Enter a whole number from 0.")
    return int(text)


def networks(name: str, default: list[str], *, plus: bool = False) -> tuple[str, ...]:
    """Addresses and networks; with `plus`, each may have a "+" before it, and one may be "unix"."""
    listed = tuple(text.strip() for text in env.list(name, default=default))
    for text in listed:
        try:
            if not (plus and text in {UNIX, UNIX[1:]}):
                ipaddress.ip_network(text.removeprefix("+") if plus else text)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} holds {text!r}, which isn't a network. Enter addresses and networks with "
                "commas between them: 10.1.2.3,10.2.0.0/16"
            ) from None
    return listed


def mail_address(name: str, default: str) -> str:
    """ASCII before the @: tokens are put there."""
    address = str(env.str(name, default=default)).strip()
    try:
        sent_address(address)
        if not address.rpartition("@")[0].isascii():
            raise BadAddress("it has to be ASCII before the @")
    except BadAddress as error:
        raise ImproperlyConfigured(
            f"{name} is {address!r}, which isn't a valid email address: {error}. "
            f"Enter one such as {default}"
        ) from None
    return address


def time_zone(name: str) -> str:
    zone = str(env.str(name, default="UTC")).strip()
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, LookupError):
        raise ImproperlyConfigured(
            f"{name} is {zone!r}, which isn't a time zone. Enter one such as Europe/Oslo or UTC."
        ) from None
    return zone


def log_level(name: str) -> str:
    level = str(env.str(name, default="INFO")).strip()
    if level.upper() not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"{name} is {level!r}. Enter DEBUG, INFO, WARNING or ERROR.")
    return level.upper()
