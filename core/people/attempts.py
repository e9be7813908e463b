"""Tries to prove by a password who one is: at sign-in, and again before a sensitive change.

Wrong ones are counted by person *and* address: whatever spelling of a user name is typed, it is one
person; and nobody can lock out somebody at another address. Each address has a limit of its own.
"""

import ipaddress
import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest

from core import limits
from core.advanced.models import advanced
from core.dates import duration
from core.people.accounts import folded
from core.people.models import User

MAX_OF_ADDRESS: Final = 10  # by an address, whoever it says it is
WINDOW_OF_ADDRESS: Final = 60


@dataclass(frozen=True)
class Attempt:
    """One try, counted when it begins, so that many at once are no way around the limit."""

    people: tuple[tuple[str, ...], ...]  # what each one's tries are counted under
    address: str
    refused: bool  # there were too many before: the password must not be looked at
    is_last: bool  # if it is wrong, the next one is refused

    @classmethod
    def of_user(cls, request: HttpRequest, user: User) -> "Attempt":
        return cls._begin(request, (of_person(user.pk),))

    @classmethod
    def of_name(cls, request: HttpRequest, name: str) -> "Attempt":
        """By whatever name or address somebody signs in: everyone whom it may mean is counted."""
        meant = User.objects.filter(Q(name__iexact=name) | Q(email__iexact=name))
        keys = [of_person(pk) for pk in meant.values_list("pk", flat=True)[:10]]
        return cls._begin(request, tuple(keys) or ((f"name:{folded(name)}",),))

    @classmethod
    def _begin(cls, request: HttpRequest, people: tuple[tuple[str, ...], ...]) -> "Attempt":
        address = _network_of(get_adapter().get_client_ip(request))
        most, window = advanced().wrong_passwords, lock_seconds()
        of_address = limits.count("passwords", address, window=WINDOW_OF_ADDRESS)
        of_people = max(limits.count("password", *p, address, window=window) for p in people)
        refused = of_people > most or of_address > MAX_OF_ADDRESS
        return cls(people, address, refused, is_last=of_people == most)

    def rollback(self) -> None:
        """The password was right. Named as allauth calls it."""
        limits.uncount("passwords", self.address, window=WINDOW_OF_ADDRESS)
        for person in self.people:
            limits.uncount("password", *person, self.address, window=lock_seconds())


def of_person(key: object) -> tuple[str, ...]:
    """What tries of the user with this key are counted under: something new after `unlock`."""
    return (f"user:{key}", str(cache.get(_unlocked(key), "")))


def unlock(key: object) -> None:
    """Let this user try again at once, from everywhere; nobody else gets more tries by it."""
    cache.set(_unlocked(key), secrets.token_hex(8), lock_seconds())


def _unlocked(key: object) -> str:
    return f"unlocked:{key}"


def lock_seconds() -> int:
    """How long wrong passwords and codes count."""
    return advanced().lock_minutes * 60


def lock_words() -> str:
    """The same for whoever has to wait: "15 minutes"."""
    return duration(advanced().lock_minutes)


def _network_of(address: str) -> str:
    """The address, of IPv6 the network that one customer has."""
    with suppress(ValueError):
        if ipaddress.ip_address(address).version == 6:
            return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
