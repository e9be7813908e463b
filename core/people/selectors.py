"""Who is who: the one place that matches endpoint accounts and mail addresses to people."""

import unicodedata
from contextlib import suppress

from django.db.models import Q

from core.people.models import User


def bare_address(address: str) -> str:
    """The mailbox behind an address: lower case, without a +tag in the local part."""
    local, _, domain = unicodedata.normalize("NFKC", address.strip()).casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{'.'.join(map(_label, domain.split('.')))}"


def _label(label: str) -> str:
    """A domain's label as text, also where it was written as an A-label (RFC 5890)."""
    if label.startswith("xn--"):
        with suppress(UnicodeError):
            label = label[4:].encode("ascii").decode("punycode").casefold()
    return label


def person_with_address(address: str) -> User | None:
    """The person whose profile holds `address`, +tags aside."""
    bare = bare_address(address)
    near = Q()
    for start in (f"{bare.partition('@')[0]}{mark}" for mark in "@+"):
        near |= Q(email__istartswith=start) | Q(mail_addresses__address__istartswith=start)
    people = User.objects.filter(near).distinct().order_by("pk")
    return next((person for person in people if bare in addresses_of(person)), None)


def people_with_account(*, name: str, identifier: str) -> list[User]:
    """Everyone who may own this account: a uid isn't unique across computers, and names get stale.

    SQLite folds the case of ASCII alone, so other letters are asked for in each case.
    """
    known = Q(endpoint_accounts__identifier=identifier) if identifier else Q()
    for spelling in {name, name.lower(), name.upper()}:
        known |= Q(endpoint_accounts__name__iexact=spelling)
    return list(User.objects.filter(known).distinct().order_by("pk"))


def addresses_of(user: User) -> set[str]:
    """All mailboxes of a person, as `bare_address` writes them."""
    addresses = {user.email, *user.mail_addresses.values_list("address", flat=True)}
    return {bare_address(address) for address in addresses if address}


def person_key(address: str) -> str:
    """Identifies a person in a quorum: the profile if there is one, else the mailbox."""
    person = person_with_address(address)
    return f"user:{person.pk}" if person else f"mail:{bare_address(address)}"
