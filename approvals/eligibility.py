"""Who may not decide: the requester, by whatever spelling, channel, address or role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from approvals.models import ApprovalRequest
from core.addresses import mailbox_key
from core.people.accounts import BUILT_IN, Account, Likeness, folded, short_key
from core.people.models import User
from core.people.selectors import (
    addresses_of,
    is_known_to_be_another,
    mail_key,
    mailboxes_of,
    people_alike,
    people_by_address,
    people_like,
    people_named_like,
    people_with_mailbox,
    share_a_name,
    short_names_of,
    user_key,
)
from core.text import visible

OWN_REQUEST = "You can't decide your own request. Ask another approver."


def may_have_asked(
    account: Account, mail_domains: Iterable[str], by_profile: Mapping[User, Likeness]
) -> dict[User, Likeness]:
    """Whoever may be the requester today, also by the name alone, by the mailbox of that name, and by
    another name of these; and who has the name and isn't (OTHER), since identifiers tell them apart.
    """
    named = people_named_like(account)
    own = _own_mail_keys(account, mail_domains)
    by_mailbox = [person for person in named if own & _keys_of(person)]
    found = {**named, **by_profile, **dict.fromkeys(by_mailbox, Likeness.SAME)}
    likely = [person for person, alike in found.items() if alike]
    has_other_names = set().union(*map(short_names_of, likely)) - {short_key(account.name)}
    others = people_alike(likely) if has_other_names else []
    return dict.fromkeys(others, Likeness.POSSIBLE) | found


def known_as(people: Mapping[User, Likeness]) -> dict[str, Likeness]:
    """By what keys people who may be a requester are known today, and how likely they are."""
    found: dict[str, Likeness] = {}
    # The certain ones last, so that they win where two people share a mailbox.
    for person, likeness in sorted(people.items(), key=lambda pair: pair[1]):
        # Unfolded of who is another: weiss@ isn't settled by who has weiß@.
        keys = _keys_of(person) if likeness else _own_keys(person)
        found |= dict.fromkeys(keys, likeness)
    return found


def known_for_good(people: Mapping[User, Likeness]) -> dict[str, Likeness]:
    """What is kept of those who may be a requester: also their names, which tell whose profile it is that
    is made later.
    """
    likely = (person for person, likeness in people.items() if likeness)
    names = {name for person in likely for name in _name_keys(person)}
    return known_as(people) | dict.fromkeys(names, Likeness.POSSIBLE)


def kept_keys(person: User) -> set[str]:
    """All that `known_for_good` may have kept of a person, as their profile is today."""
    return _keys_of(person) | _name_keys(person)


def _name_keys(person: User) -> set[str]:
    return {f"name:{name}" for name in short_names_of(person)}


def _keys_of(person: User) -> set[str]:
    return {user_key(person), *_mail_keys(mailboxes_of(person))}


def _own_keys(person: User) -> set[str]:
    return {user_key(person), *map(mail_key, mailboxes_of(person))}


def _own_mail_keys(account: Account, mail_domains: Iterable[str]) -> set[str]:
    """The mailboxes that an account is: account@mail-domain, and the address that it is itself."""
    own = {account.address, *(f"{short_key(account.name)}@{domain}" for domain in mail_domains)}
    return _mail_keys(own - {""})


def _mail_keys(addresses: Iterable[str]) -> set[str]:
    """As they are written, and folded as account names are: weiß@ is the mailbox of EXAMPLE\\weiß."""
    keys = set(map(mail_key, addresses))
    return keys | set(map(folded, keys))


@dataclass(frozen=True)
class Requester:
    """Who asked, as far as can be told: by today's profiles, so that an account added later counts,
    and by those of the time of the request.
    """

    account: Account
    mail_domains: tuple[str, ...]
    by_profile: dict[User, Likeness]
    when_asked: User | None
    asked_at: datetime
    known_then: Mapping[str, int]  # as `known_for_good` wrote it when it was asked

    @classmethod
    def of(cls, request: ApprovalRequest) -> "Requester":
        account = Account(request.account, request.account_id)
        return cls(
            account,
            request.terms.mail_domains,
            people_like(account),
            request.requester,
            request.created_at,
            request.requester_known_as,
        )

    @classmethod
    def asking_now(cls, account: Account, mail_domains: Iterable[str] = ()) -> "Requester":
        """Whoever has this account, where there is no request yet, or never will be."""
        domains, by_profile = tuple(mail_domains), people_like(account)
        then = known_for_good(may_have_asked(account, domains, by_profile))
        return cls(account, domains, by_profile, None, timezone.now(), then)

    @property
    def person(self) -> User | None:
        """The requester by today's profiles, for naming and writing to: only if certain and unique."""
        found = [person for person, alike in self.by_profile.items() if alike is Likeness.SAME]
        if found:
            return found[0] if len(found) == 1 else None
        return self.when_asked

    @property
    def is_known(self) -> bool:
        """Whether a profile holds the account: if none does, mails and pages say so."""
        return self.when_asked is not None or Likeness.SAME in self.by_profile.values()

    @cached_property
    def likely(self) -> dict[User, Likeness]:
        certain = [self.when_asked] if self.when_asked else []
        name = short_key(self.account.name)
        own = [f"{name}@{domain}" for domain in self.mail_domains]
        for holders in people_by_address(own).values() if own else ():
            certain += holders
        return self.by_profile | dict.fromkeys(certain, Likeness.SAME)

    @cached_property
    def known_today(self) -> dict[str, Likeness]:
        own = _own_mail_keys(self.account, self.mail_domains)
        return known_as(self.likely) | dict.fromkeys(own, Likeness.SAME)

    def reason_against(
        self, *, user: User | None = None, address: str = "", people: list[User] | None = None
    ) -> str:
        """Why this user or mailbox may be the requester and so can't decide; "" if it is neither.

        `people` are those whose mailbox it may be, if the caller has just asked for them.
        """
        if people is None:
            people = people_with_mailbox(address) if address else []
        people = [user, *people] if user else people
        likeness = self._likeness(people, address)
        account, key = visible(self.account.name, 120), short_key(self.account.name)
        if likeness is Likeness.SAME:
            return OWN_REQUEST
        mailboxes = {mailbox_key(address)} if address else set()
        mailboxes |= {mailbox for person in people for mailbox in addresses_of(person)}
        named = [mailbox for mailbox in mailboxes if short_key(mailbox) == key]
        settled = (
            people and all(map(self._was_told_apart, people)) and all(map(self._was_theirs, named))
        )
        if not settled and (named or any(short_key(one.username) == key for one in people)):
            return (
                f"{account} may be your account: it has your user name or the name of your email "
                "address. Ask another approver, or ask an administrator to add your accounts with "
                "their SID or uid to your profile for later requests."
            )
        has_name = not settled and any(key in short_names_of(person) for person in people)
        if not has_name and any(self._may_be(asker, people, address) for asker in self._askers):
            return (
                "You may be whoever asked: an account, user name or mailbox of theirs has the name of "
                "one of yours. Ask another approver, or ask an administrator to add your accounts and "
                "theirs to the profiles with their SID or uid for later requests."
            )
        if has_name or likeness is Likeness.POSSIBLE:
            return (
                f"{account} may be your account, and you can't decide your own request. "
                "Ask another approver."
            )
        return ""

    def is_told_apart_from(self, people: Iterable[User]) -> bool:
        """Whether identifiers tell one of these people from whoever asked."""
        return any(is_known_to_be_another(person, self.account) for person in people)

    @property
    def _askers(self) -> list[User]:
        return [person for person, alike in self.likely.items() if alike]

    @staticmethod
    def _may_be(asker: User, people: list[User], address: str) -> bool:
        """Whether one of these people, or whoever has an address that is nobody's, may be the asker."""
        if not people:
            names = short_names_of(asker) - BUILT_IN
            return mailbox_key(address) in mailboxes_of(asker) or short_key(address) in names
        return any(
            mailboxes_of(asker) & mailboxes_of(person) or share_a_name(asker, person)
            for person in people
        )

    def _was_told_apart(self, person: User) -> bool:
        """Whether identifiers told this person from the account's owner when it asked, and still do."""
        then = self.known_then.get(user_key(person))
        return then == Likeness.OTHER and is_known_to_be_another(person, self.account)

    def _was_theirs(self, mailbox: str) -> bool:
        """Whether a mailbox of the account's name was that of somebody who was told apart."""
        return self.known_then.get(mail_key(mailbox)) == Likeness.OTHER

    def _likeness(self, people: list[User], address: str) -> Likeness:
        """Of people and an address to the requester, as known today and when it was asked.

        Nothing settles what was possible then: an identifier that is added counts for later requests.
        """
        keys = {key for person in people for key in _keys_of(person)}
        if address:
            keys |= _mail_keys([address])
        today = max((self.known_today.get(key, 0) for key in keys), default=0)
        if address and not people:
            keys.add(f"name:{short_key(address)}")
        made_later = [person for person in people if person.created_at > self.asked_at]
        keys = keys.union(*map(_name_keys, made_later))
        then = max((self.known_then.get(key, 0) for key in keys), default=0)
        return Likeness(max(today, then))
