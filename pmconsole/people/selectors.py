"""Who is who: the one place that joins endpoint accounts, mail addresses and people."""

from django.db.models import Q

from pmconsole.people.models import User


def bare_address(address: str) -> str:
    """The mailbox behind an address: lower case, without a +tag in the local part."""
    local, _, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def person_with_address(address: str) -> User | None:
    """The person whose profile holds `address`, +tags aside."""
    bare = bare_address(address)
    return User.objects.filter(
        Q(email__iexact=bare) | Q(mail_addresses__address__iexact=bare)
    ).first()


def person_with_account(*, name: str, identifier: str) -> User | None:
    """The person whose profile holds an endpoint account: by SID or uid first, then by name."""
    if identifier:
        found = User.objects.filter(endpoint_accounts__identifier=identifier).first()
        if found:
            return found
    return User.objects.filter(endpoint_accounts__name__iexact=name).first()


def addresses_of(user: User) -> set[str]:
    """All mailboxes of a person, as `bare_address` writes them."""
    addresses = {user.email, *user.mail_addresses.values_list("address", flat=True)}
    return {bare_address(address) for address in addresses if address}


def person_key(address: str) -> str:
    """What counts as one person in a quorum: the profile if there is one, else the mailbox."""
    person = person_with_address(address)
    return f"user:{person.pk}" if person else f"mail:{bare_address(address)}"
