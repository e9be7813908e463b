"""Who was asked about a request, and what they answered: invitations and decisions."""

from collections.abc import Iterable
from itertools import chain, product

from django.db import models
from django.utils.functional import cached_property
from django.utils.text import get_text_list

from approvals.models.requests import ApprovalRequest
from core.actors import MAX_ACTOR_ID, MAX_ACTOR_KIND, MAX_ACTOR_NAME
from core.addresses import spelling_key
from core.ids import uuid7
from core.people.models import User
from core.people.selectors import (
    are_told_apart,
    holder_key,
    mail_key,
    mailboxes_of,
    may_be_one_person,
    may_hold,
    people_by_mailbox,
    people_with_address,
    short_names_of,
    user_key,
)


class Invitation(models.Model):
    """One approver of a request. Tokens are derived when needed; only their hashes are stored."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        CLOSED = "closed", "Closed"

    MANAGER = "manager"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(
        ApprovalRequest, on_delete=models.CASCADE, related_name="invitations"
    )
    address = models.EmailField()
    on_behalf_of = models.EmailField(blank=True)  # the approver who is away; this is the delegate
    # Why the approver is asked whose address the process doesn't name: MANAGER, or a role's name.
    asked_as = models.CharField(max_length=150, blank=True, db_default="")
    # Whose profiles held these addresses when it was made, as person keys: they may change.
    known_as = models.JSONField(blank=True, default=list, db_default=[])
    # Where none did, whose user name or account the address was then: for the safe side only.
    may_be_of = models.JSONField(blank=True, default=list, db_default=[])
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    key_number = models.PositiveIntegerField()
    reply_hash = models.CharField(max_length=64, unique=True)
    link_hash = models.CharField(max_length=64, unique=True)
    last_unclear_at = models.DateTimeField(null=True, blank=True)  # one short answer an hour
    last_closed_at = models.DateTimeField(null=True, blank=True)
    stranger_notified_at = models.DateTimeField(null=True, blank=True)  # once only
    unaddressed_notified_at = models.DateTimeField(null=True, blank=True)  # once only

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                "request", "address", name="approvals_one_invitation_per_address"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request} to {self.address}"

    @property
    def addresses(self) -> list[str]:
        """The one that was asked, and the approver's if that is a delegate's."""
        return [*filter(None, (self.address, self.on_behalf_of))]

    @property
    def part(self) -> str:
        """The address of the approver whose part it is: of two, if a delegate was asked as well."""
        return spelling_key(self.on_behalf_of or self.address)

    @property
    def answerer_known_as(self) -> list[str]:
        """Of those keys, whoever was to answer: of two, the delegate, who stands last."""
        keys: list[str] = self.known_as
        return keys[-1:] if self.on_behalf_of else keys

    @property
    def answerer_may_be(self) -> list[str]:
        """Those keys, also of whom its address only may have been: for the safe side."""
        return [*self.answerer_known_as, *self.may_be_of]

    def people_when_asked(self, keys: Iterable[str] | None = None) -> list[User]:
        """Whose mailboxes its addresses may have been when it was made; of these `keys` alone, where
        they're given.
        """
        keys = [*self.known_as, *self.may_be_of] if keys is None else keys
        ids = [key.removeprefix("user:") for key in keys]
        with_names = User.objects.prefetch_related("mail_addresses", "endpoint_accounts")
        return list(with_names.filter(pk__in=ids)) if ids else []

    @property
    def role(self) -> str:
        """The role by which the approver was asked; "" if it was for something else."""
        return "" if self.asked_as == self.MANAGER else self.asked_as

    @property
    def is_notified(self) -> bool:
        """Whether the approver was told that a reply didn't count; later ones may answer that."""
        told = (self.last_unclear_at, self.stranger_notified_at, self.unaddressed_notified_at)
        return any(told)

    @property
    def asked_as_words(self) -> str:
        """Why the approver is asked; "" if the process names the address."""
        if self.role:
            return f"a holder of the role {self.role}"
        return "the requester's manager" if self.asked_as else ""


class Decision(models.Model):
    """Who answered what, when and by which channel. With a quorum a request has several."""

    class Answer(models.TextChoices):
        APPROVE = "approve", "Approved"
        DENY = "deny", "Denied"

    class Channel(models.TextChoices):
        REPLY = "reply", "by email"
        LINK = "link", "by email link"
        BEARER = "bearer", "by email link, without sign-in"
        CONSOLE = "console", "in the console"
        COMMAND = "command", "operator override"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="decisions")
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="decisions"
    )
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    person_key = models.CharField(max_length=300)  # who counts as one in a quorum
    actor_kind = models.CharField(max_length=MAX_ACTOR_KIND)
    actor_id = models.CharField(max_length=MAX_ACTOR_ID)
    name = models.CharField(max_length=MAX_ACTOR_NAME)  # who, as pages and mails say it
    channel = models.CharField(max_length=10, choices=Channel)
    answer = models.CharField(max_length=10, choices=Answer)
    minutes = models.PositiveIntegerField(null=True, blank=True)  # null: One Time
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    written_at = models.DateTimeField()  # of a reply: by its Date, but never later than it came
    incoming = models.ForeignKey(
        "approvals.IncomingMail", on_delete=models.SET_NULL, null=True, blank=True
    )
    evidence = models.JSONField(default=dict)  # raw hash, authentication, how it was read

    class Meta:
        ordering = ["at"]
        indexes = [models.Index("at", "id", name="approvals_decision_by_time")]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} by {self.name}, {self.get_channel_display()}"

    @property
    def decided_alone(self) -> bool:
        """Whether no other approval was needed beside it, if it decided."""
        return "approved_by" not in self.evidence

    @property
    def deciders(self) -> str:
        """Who decided with it: all who gave the approvals that it completed, else its author."""
        return str(get_text_list(self.evidence.get("approved_by", [self.name]), "and"))

    def counts_with(self, other: "Decision") -> bool:
        """Whether both count as one answer: one person gave both, by profiles of then or of today, or
        they are of one approver's part.
        """
        mine, theirs = self.invitation, other.invitation
        same_part = mine is not None and theirs is not None and mine.part == theirs.part
        return (
            same_part
            or self.is_by_author_of(other)
            or self._is_by_whom_answered(other)
            or other._is_by_whom_answered(self)
            or bool(self._names & other._names)
        )

    def replaces(self, earlier: "Decision") -> bool:
        """Whether it takes the place of an earlier one: the very same author gave it, by the same
        invitation, or one of them in the console."""
        ways = {self.invitation_id, earlier.invitation_id}
        # One of them in the console, the other by whoever was asked: browsers are shared. Of addresses
        # with a +tag the process may name several, of several people.
        asked = next(filter(None, (self.invitation, earlier.invitation)), None)
        is_own = not asked or "+" not in asked.address
        is_own = is_own and all(each.author == each.person for each in (self, earlier))
        is_known = self.person_key.startswith("user:") and None in ways and is_own
        same_way = len(ways) == 1 and None not in ways
        return self.person_key == earlier.person_key and (is_known or same_way)

    def may_be_by_author_of(self, other: "Decision") -> bool:
        """Whether one person may have given both, by names that are alike: they aren't two then.

        Of two whose addresses the process names, whoever wrote it knows that they are two, unless one of
        them was signed in as somebody else.
        """
        if self._is_as_named and other._is_as_named:
            return False
        pairs = list(product(self._people, other._people))
        if any(may_be_one_person(*pair) for pair in pairs) or (
            self._shared_a_name_with(other) and not any(are_told_apart(*pair) for pair in pairs)
        ):
            return True
        return any(
            may_hold(who, address)
            for people, asked in (
                (self._people, other.invitation),
                (other._people, self.invitation),
            )
            if asked is not None
            for address in asked.addresses
            for who in people
        )

    def _shared_a_name_with(self, other: "Decision") -> bool:
        """Whether a name of one of them, then, is or was one of the other: profiles may have changed."""
        then = [set(each.evidence.get("named", ())) for each in (self, other)]
        today = [each.people_named_today() for each in (self, other)]
        return bool(then[0] & (then[1] | today[1]) or today[0] & then[1])

    def people_named_today(self) -> set[str]:
        """The short names of those whose word it may be."""
        return set(chain.from_iterable(map(short_names_of, self._people)))

    @cached_property
    def _people(self) -> list[User]:
        """Whose word it may be: who answered, and whose mailbox it was that was asked, then or today."""
        people = [*filter(None, (self.author, self.person))]
        if asked := self.invitation:
            mailboxes = people_by_mailbox(asked.addresses)
            people += [*asked.people_when_asked(), *chain.from_iterable(mailboxes.values())]
        return list(dict.fromkeys(people))

    @cached_property  # each is compared with all others
    def author(self) -> User | None:
        """The user who answered, if it's known; whose link it was doesn't matter."""
        kind, _, key = self.person_key.partition(":")
        if kind != "user":
            return None
        with_names = User.objects.prefetch_related("mail_addresses", "endpoint_accounts")
        return with_names.filter(pk=key).first()

    def _is_by_whom_answered(self, other: "Decision") -> bool:
        """Whether its author is the approver on whose behalf the other was given."""
        return bool(self.keys & other.absent_keys)

    @cached_property
    def absent_keys(self) -> set[str]:
        """The approver who is away and for whom it was given."""
        absent = self.invitation.on_behalf_of if self.invitation else ""
        return {holder_key(absent, self._absent)} if absent else set()

    def is_by_author_of(self, other: "Decision") -> bool:
        """Whether it is known that one person gave both."""
        same_invitation = (
            self.invitation_id is not None and self.invitation_id == other.invitation_id
        )
        return same_invitation or bool(self.keys & other.keys)

    @cached_property
    def keys(self) -> set[str]:
        """Who gave it, by the profiles of that moment and by today's."""
        own = self.invitation if self.author == self.person else None
        return {self.person_key} | ({holder_key(own.address, self._holders)} if own else set())

    @cached_property
    def _holders(self) -> list[User]:
        """Whose profiles hold the address that was asked today."""
        return people_with_address(self.invitation.address) if self.invitation else []

    @cached_property
    def _absent(self) -> list[User]:
        """Whose profiles hold the address today on whose behalf it was asked."""
        absent = self.invitation.on_behalf_of if self.invitation else ""
        return people_with_address(absent) if absent else []

    def names_today(self) -> set[str]:
        """By what else its author may be known: mailboxes, and the approver for whom it was given."""
        known = mailboxes_of(self.author) if self.author else set()
        asked = [] if self.invitation is None else self.invitation.addresses
        people = chain.from_iterable(people_by_mailbox(asked).values())
        return {*map(mail_key, known.union(asked)), *map(user_key, people), *self.absent_keys}

    @cached_property
    def _names(self) -> set[str]:
        asked = self.invitation
        then = [*asked.known_as, *asked.may_be_of] if asked else ()
        return {*self.keys, *self.names_today(), *then, *self.evidence.get("known_as", ())}

    @property
    def _is_as_named(self) -> bool:
        """Whether it was given as the process names the approver, by nobody else."""
        asked = self.invitation
        return bool(asked and not asked.asked_as and not asked.on_behalf_of) and (
            self.author == self.person
        )
