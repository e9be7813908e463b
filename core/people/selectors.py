"""Who is who: the one place that matches endpoint accounts and mail addresses to people."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import product

from django.db.models import Q, QuerySet

from core.addresses import mailbox_key, spelling_key
from core.people.accounts import BUILT_IN, Account, Likeness, short_key
from core.people.models import User

_BEYOND_ASCII = "[^ -~]"


def people_by_address(addresses: Iterable[str]) -> dict[str, list[User]]:
    """Of each address the people whose profiles hold it, +tags aside. Asks once for all."""
    keys = {address: mailbox_key(address) for address in addresses}
    near = _is_near(keys.values(), "email") | _is_near(keys.values(), "mail_addresses__address")
    held = [(person, addresses_of(person)) for person in _people(near)]
    return {
        address: [person for person, own in held if key in own] for address, key in keys.items()
    }


def people_with_address(address: str) -> list[User]:
    """The people whose profiles hold `address`, +tags aside."""
    return people_by_address([address])[address]


def people_by_mailbox(addresses: Iterable[str]) -> dict[str, list[User]]:
    """Of each address the people whose mailbox it may be: whose profiles hold it or, where none does,
    whose user name or account it is.

    For the safe side only, such as who doesn't decide: at some providers people choose their user names.
    """
    found = people_by_address(addresses)
    keys = {address: mailbox_key(address) for address, people in found.items() if not people}
    if not keys:
        return found
    near = Q(endpoint_accounts__short_key__in=set(map(short_key, keys)))
    named = [(each, mailboxes_of(each)) for each in _people(near | _is_near(keys.values(), "name"))]
    return found | {
        address: [person for person, own in named if key in own] for address, key in keys.items()
    }


def people_with_mailbox(address: str) -> list[User]:
    """The people whose mailbox `address` may be, +tags aside: for the safe side only."""
    return people_by_mailbox([address])[address]


def _is_near(mailboxes: Collection[str], field: str) -> Q:
    """What begins like one of these mailboxes. Not every database knows the case of letters beyond
    ASCII: all that hold one are compared later.
    """
    near = Q(pk__in=[])
    if not all(mailbox.rpartition("@")[0].isascii() for mailbox in mailboxes):
        near |= Q(**{f"{field}__regex": _BEYOND_ASCII})
    for start in {f"{mailbox.partition('@')[0]}{mark}" for mailbox in mailboxes for mark in "@+"}:
        near |= Q(**{f"{field}__istartswith": start})
    return near


def _people(which: Q) -> QuerySet[User]:
    people = User.objects.filter(which).distinct().order_by("created_at", "pk")
    return people.select_related("delegate").prefetch_related("mail_addresses", "endpoint_accounts")


def are_disabled(people: Iterable[User]) -> bool:
    """Whether these people, who hold an address, are disabled all of them; not if nobody holds it."""
    states = [person.is_active for person in people]
    return bool(states) and not any(states)


def may_be_disabled(address: str, people: Sequence[User]) -> bool:
    """Whether whoever has a mailbox is disabled: all whose profiles hold it; where none does, any of
    these people, whose user name or account it is.
    """
    if holders := those_holding(address, people):
        return are_disabled(holders)
    return not all(person.is_active for person in people)


def person_with_address(address: str) -> User | None:
    """The person whose profile holds this very `address`; the first of several."""
    return next(iter(those_with_exactly(address, people_with_address(address))), None)


def people_like(account: Account) -> dict[User, Likeness]:
    """Everyone who is, or may be, the owner of an account as an endpoint reports it.

    An account that is a mail address is the person with that address.
    """
    near = Q(endpoint_accounts__short_key=short_key(account.name))
    if account.identifier:
        near |= Q(endpoint_accounts__identifier__iexact=account.identifier.strip())
    people = User.objects.filter(near).distinct().order_by("created_at", "pk")
    found = {
        person: max(account.likeness(each.account) for each in person.endpoint_accounts.all())
        for person in people.prefetch_related("endpoint_accounts", "mail_addresses")
    }
    if account.address:
        found |= dict.fromkeys(people_with_address(account.address), Likeness.SAME)
    return {person: likeness for person, likeness in found.items() if likeness}


def people_named_like(account: Account) -> dict[User, Likeness]:
    """Whose user name, mailbox or account has the account's short name: POSSIBLE, or OTHER where
    identifiers tell them apart from its owner.
    """
    return {
        person: Likeness.OTHER if is_known_to_be_another(person, account) else Likeness.POSSIBLE
        for person in _people_named({short_key(account.name)})
    }


def people_alike(people: Collection[User]) -> list[User]:
    """Whoever else shares a name with one of these people."""
    found = _people_named(set().union(*map(short_names_of, people)) - BUILT_IN)
    return [
        other
        for other in found
        if other not in people and any(share_a_name(person, other) for person in people)
    ]


def share_a_name(one: User, other: User) -> bool:
    """Whether they have a name in common, but for built-in ones, and nothing tells them apart."""
    shared = short_names_of(one) & short_names_of(other) - BUILT_IN
    return bool(shared) and not are_told_apart(one, other)


def _people_named(keys: set[str]) -> list[User]:
    """Whose user name, mailbox or account has one of these short names."""
    near = Q(endpoint_accounts__short_key__in=keys)
    for key in keys:
        near |= Q(name__iexact=key) | Q(name__iendswith=f"+{key}")
        for start in (f"{key}@", f"{key}+"):
            near |= Q(name__istartswith=start) | Q(email__istartswith=start)
            near |= Q(mail_addresses__address__istartswith=start)
    for field in ("name", "email", "mail_addresses__address"):  # "weiß" is "weiss", folded
        near |= Q(**{f"{field}__regex": _BEYOND_ASCII})
    people = User.objects.filter(near).distinct().order_by("created_at", "pk")
    with_names = people.prefetch_related("endpoint_accounts", "mail_addresses")
    return [person for person in with_names if keys & short_names_of(person)]


def is_known_to_be_another(person: User, account: Account) -> bool:
    """Whether identifiers of one kind tell the owner of an account from `person`, whose accounts are
    others."""
    return any(
        account.is_told_apart_from(known.account) for known in person.endpoint_accounts.all()
    )


def people_with_account(*, name: str, identifier: str) -> list[User]:
    """Everyone who certainly owns this account: several, where profiles contradict each other."""
    people = people_like(Account(name, identifier))
    return [person for person, likeness in people.items() if likeness is Likeness.SAME]


def manager_to_ask(person: User) -> tuple[User, str] | None:
    """The person's manager with the address to write to; None unless both are there and in use."""
    manager = person.manager
    if manager is None or not manager.is_active:
        return None
    address = address_to_write_to(manager)
    return (manager, address) if address else None


def delegate_to_ask(person: User, day: date) -> tuple[User, str] | None:
    """Who answers for them on this day, with the address to write to; None if they do themselves."""
    begin, until, delegate = person.delegate_from, person.delegate_until, person.delegate
    is_away = (begin is None or begin <= day) and (until is None or day <= until)
    if delegate is None or not delegate.is_active or not is_away:
        return None
    address = address_to_write_to(delegate)
    return (delegate, address) if address else None


def address_to_write_to(person: User) -> str:
    """The email address of a person; "" if the profile has none."""
    further = person.mail_addresses.order_by("pk").values_list("address", flat=True)
    return person.email or further.first() or ""


def addresses_of(user: User) -> set[str]:
    """All mailboxes of a person, as `mailbox_key` writes them."""
    return set(map(mailbox_key, _addresses_of(user)))


def _addresses_of(user: User) -> set[str]:
    """As the profile writes them."""
    return {user.email, *(further.address for further in user.mail_addresses.all())} - {""}


def those_holding(address: str, people: Iterable[User]) -> list[User]:
    """Those of these people whose profiles hold an address, +tags aside."""
    return [person for person in people if mailbox_key(address) in addresses_of(person)]


def those_with_exactly(address: str, people: Iterable[User]) -> list[User]:
    """Those whose profiles hold this very address, +tag and all, for what is somebody's right: another
    tag may be another person's.
    """
    key = spelling_key(address.lower())
    return [
        person
        for person in people
        if key in {spelling_key(own.lower()) for own in _addresses_of(person)}
    ]


def mailboxes_of(user: User) -> set[str]:
    """Their addresses, and those that their user name and their accounts are, for the safe side."""
    names = [Account(user.name), *(each.account for each in user.endpoint_accounts.all())]
    return addresses_of(user) | {mailbox_key(name.address) for name in names if name.address}


def user_key(user: User) -> str:
    """As whom a quorum counts whoever has a profile."""
    return f"user:{user.pk}"


def mail_key(address: str) -> str:
    """As whom a quorum counts whoever answers from an address that no profile holds."""
    return f"mail:{mailbox_key(address)}"


def person_keys(addresses: Iterable[str]) -> set[str]:
    """Who counts as one in a quorum: whose profile holds an address if anybody's, else the mailbox."""
    return {holder_key(*found) for found in people_by_address(addresses).items()}


def holder_key(address: str, people: Sequence[User]) -> str:
    """As whom a quorum counts whoever answers from an address, which these people's profiles hold."""
    return user_key(people[0]) if people else mail_key(address)


def may_be_one_person(one: User, other: User) -> bool:
    """Whether two users may be the same person: by their addresses, accounts and names, as a requester is
    compared with whoever decides. Identifiers tell people apart whose names alone are alike.
    """
    if one.pk == other.pk or mailboxes_of(one) & mailboxes_of(other):
        return True
    if any(a.likeness(b) for a, b in _pairs_of_accounts(one, other)):
        return True
    return not are_told_apart(one, other) and bool(short_names_of(one) & short_names_of(other))


def are_told_apart(one: User, other: User) -> bool:
    """Whether identifiers of their accounts say that they are two people."""
    return any(a.is_told_apart_from(b) for a, b in _pairs_of_accounts(one, other))


def _pairs_of_accounts(one: User, other: User) -> list[tuple[Account, Account]]:
    mine = [each.account for each in one.endpoint_accounts.all()]
    return list(product(mine, [each.account for each in other.endpoint_accounts.all()]))


def may_hold(person: User, address: str) -> bool:
    """Whether an address that no profile holds may be this person's: by it, or by its name."""
    is_own = mailbox_key(address) in mailboxes_of(person)
    return is_own or short_key(address) in short_names_of(person)


def short_names_of(person: User) -> set[str]:
    """The names, as `short_key` writes them, of a user, of their mailboxes and of their accounts."""
    accounts = {each.name for each in person.endpoint_accounts.all()}
    return set(map(short_key, {person.name, *addresses_of(person), *accounts})) - {""}
