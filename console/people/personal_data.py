"""What is known of one person, to hand out or to erase (`manage.py person`).

Records name people by id and by name, mails and replies hold what they wrote: so a person's requests and
decisions can only go as a whole, as a purge deletes them, once they're no longer kept as evidence.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import transaction
from django.db.models import Q, QuerySet

from agents.models import InstallCode, OfflineApproval
from approvals.eligibility import kept_keys
from approvals.models import (
    ApprovalProcess,
    ApprovalRequest,
    Grant,
    IncomingMail,
    Invitation,
    OutgoingMail,
)
from core.actors import Actor, ActorKind
from core.addresses import mailbox_key
from core.alerts.models import Alert
from core.audit.models import Entry, Payload
from core.audit.services import ERASE, record
from core.people.models import EndpointAccount, Identity, MailAddress, User
from core.people.selectors import mailboxes_of
from core.people.sessions import end_sessions
from items.models import Change
from policies.models import PolicyEvent
from tasks.models import Task
from tasks.purging import delete_with_all

ERASED: Final = "erased user"


class NotErased(Exception):
    """Nothing was erased; the message says what has to be done before."""


@dataclass(frozen=True)
class Traces:
    """Where a person is found."""

    user: User
    addresses: tuple[str, ...]
    accounts: tuple[EndpointAccount, ...]

    @classmethod
    def of(cls, user: User) -> "Traces":
        more = user.mail_addresses.values_list("address", flat=True)
        addresses = tuple(filter(None, (user.email, *more)))
        return cls(user, addresses, tuple(user.endpoint_accounts.all()))

    def requests(self) -> QuerySet[ApprovalRequest]:
        """Those that the person made, was asked about, or decided."""
        own = Q(requester=self.user) | self._of_accounts()
        asked = self._is("invitations__address") | self._is("invitations__on_behalf_of")
        decided = Q(decisions__person=self.user) | self._is("decisions__actor_id")
        found = ApprovalRequest.objects.filter(own | asked | decided)
        return ApprovalRequest.objects.filter(pk__in=found.values("pk")).order_by("number")

    def possible_requests(self) -> QuerySet[ApprovalRequest]:
        """Those that keep who the requester may be, and name the person there."""
        keys = sorted(kept_keys(self.user))
        return ApprovalRequest.objects.filter(requester_known_as__has_any_keys=keys)

    def asked_by_name(self) -> QuerySet[ApprovalRequest]:
        """Those that ask a mailbox which may be the person's, since their user name or account is it."""
        own, near = mailboxes_of(self.user), Q(pk__in=[])
        for mailbox in own:
            near |= Q(address__istartswith=mailbox.partition("@")[0])
        asked = Invitation.objects.filter(near).values_list("request", "address")
        numbers = {number for number, address in asked if mailbox_key(address) in own}
        return ApprovalRequest.objects.filter(pk__in=numbers)

    def events(self) -> QuerySet[PolicyEvent]:
        return PolicyEvent.objects.filter(self._of_accounts(identifier=""))

    def offline_approvals(self) -> QuerySet[OfflineApproval]:
        """Those that were given for the person, whom the caller may have named without a domain."""
        found = self._of_accounts(identifier="")
        for account in self.accounts:
            found |= Q(account__iexact=account.name.rpartition("\\")[2])
        return OfflineApproval.objects.filter(found)

    def mail_to(self) -> QuerySet[OutgoingMail]:
        """Reports and other mail of no request."""
        return OutgoingMail.objects.filter(self._is("recipient"), request=None)

    def mail_from(self) -> QuerySet[IncomingMail]:
        return IncomingMail.objects.filter(self._is("envelope__mail_from"), request=None)

    def entries(self) -> list[int]:
        """The audit trail's entries that say something of the person. Reads all of them."""
        words = tuple(self._words())
        texts = Payload.objects.values_list("entry_id", "text").iterator(chunk_size=2000)
        found = {sequence for sequence, text in texts if any(w in text.lower() for w in words)}
        about = Q(object_kind="user", object_id=str(self.user.pk)) | self.is_actor("actor")
        return sorted(found | set(Entry.objects.filter(about).values_list("pk", flat=True)))

    def is_actor(self, column: str) -> Q:
        """Whether the actor in the columns of this name is the person, as user, address or account."""
        kind, key = f"{column}_kind", f"{column}_id"
        found = Q(**{kind: ActorKind.USER, key: str(self.user.pk)})
        found |= Q(**{kind: ActorKind.ADDRESS}) & self._is(key)
        for account in self.accounts:
            for name in filter(None, (account.name, account.identifier)):
                found |= Q(**{kind: ActorKind.ENDPOINT, f"{key}__iendswith": f":{name}"})
        return found

    def _words(self) -> Iterator[str]:
        """What names the person in an entry's JSON; a short name counts only as a whole value."""
        whole = [self.user.name, *(a.name for a in self.accounts), self.user.get_full_name()]
        for word in filter(None, whole):
            yield json.dumps(word).lower()
        shown = f"({json.dumps(self.user.name)[1:-1]})"
        parts = (
            str(self.user.pk),
            *self.addresses,
            *(a.name for a in self.accounts if "\\" in a.name),
            *map(str, self.offline_approvals().values_list("pk", flat=True)),
        )
        yield from (shown.lower(), *(json.dumps(part)[1:-1].lower() for part in parts))

    def _of_accounts(self, identifier: str = "account_id") -> Q:
        found = Q(pk__in=[])
        for account in self.accounts:
            found |= Q(account__iexact=account.name)
            if identifier and account.identifier:
                found |= Q(**{f"{identifier}__iexact": account.identifier})
        return found

    def _is(self, field: str) -> Q:
        found = Q(pk__in=[])
        for address in self.addresses:
            found |= Q(**{f"{field}__iexact": address})
        return found


def personal_data(user: User) -> dict[str, Any]:
    """All of it, as plain values for JSON."""
    traces = Traces.of(user)
    texts = Payload.objects.filter(pk__in=traces.entries()).order_by("pk")
    hidden = {"password", "encrypted_raw", "encrypted_recipients", "reply_hash", "link_hash"}

    def rows(of: Any, *without: str) -> list[dict[str, Any]]:
        names = [f.attname for f in of.model._meta.concrete_fields if f.name not in hidden]
        return list(of.values(*[name for name in names if name not in without]))

    requests = traces.requests()
    return {
        "profile": rows(User.objects.filter(pk=user.pk))[0],
        "roles": list(user.groups.values_list("name", flat=True)),
        "email_addresses": list(traces.addresses),
        "endpoint_accounts": [str(each.account) for each in traces.accounts],
        "identities": list(user.identities.values("issuer", "subject")),
        "sessions": list(
            UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at")
        ),
        "requests": [
            {
                **request,
                "decisions": list(
                    ApprovalRequest.objects.filter(pk=request["number"], decisions__isnull=False)
                    .order_by("decisions__at")
                    .values("decisions__answer", "decisions__comment", "decisions__at")
                ),
            }
            for request in rows(requests, "terms_json")
        ],
        "emails_sent_to": list(
            OutgoingMail.objects.filter(traces._is("recipient"))
            .order_by("created_at")
            .values("created_at", "recipient", "purpose", "state", "draft__subject", "draft__text")
        ),
        "policy_events": rows(traces.events(), "decision"),
        "offline_approvals": rows(traces.offline_approvals().order_by("given_at")),
        "changes_made": list(
            Change.objects.filter(by_kind=ActorKind.USER, by_id=str(user.pk))
            .order_by("at")
            .values("at", "model", "item_name", "verb", "via")
        ),
        "audit_trail": [json.loads(text) for text in texts.values_list("text", flat=True)],
    }


def settings_naming(user: User) -> list[str]:
    """The items whose settings name an address of the person, for an administrator to change."""
    addresses = [address.lower() for address in Traces.of(user).addresses]
    return [
        item.name
        for model in (ApprovalProcess, Task)
        for item in model._default_manager.order_by("name")
        if any(address in json.dumps(item.settings).lower() for address in addresses)
    ]


def erase(user: User, *, by: Actor, reason: str, with_evidence: bool = False) -> dict[str, int]:
    """Delete what is known of the person, for good; how many rows of what.

    The records that stay say "erased user". The audit trail's entries stay without what they said,
    so that it can be verified, and one more says which these are. Raises NotErased.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        traces = Traces.of(user)
        numbers = _requests_that_go(traces, with_evidence=with_evidence)
        entries = traces.entries()
        done = {
            "requests": delete_with_all(ApprovalRequest, numbers),
            "policy events": traces.events().delete()[1].get(PolicyEvent._meta.label, 0),
            "emails": delete_with_all(
                OutgoingMail, list(traces.mail_to().values_list("pk", flat=True))
            )
            + traces.mail_from().delete()[1].get(IncomingMail._meta.label, 0),
            "offline approvals": _empty_offline_approvals(traces),
            "audit entries": Payload.objects.filter(pk__in=entries).delete()[0],
        }
        _rename_in_records(traces)
        _forget_possible_requester(traces)
        _empty_profile(user)
        verb, kind = ERASE
        facts = {"entries": entries, "requests": numbers, "deleted": done, "reason": reason}
        record(actor=by, verb=verb, kind=kind, object_id=user.pk, facts=facts)
    return done


def _requests_that_go(traces: Traces, *, with_evidence: bool) -> list[int]:
    user, requests = traces.user, traces.requests()
    if user.is_active:
        raise NotErased(f"Disable {user.name} first: a user who can sign in isn't erased.")
    concerned = requests | traces.possible_requests() | traces.asked_by_name()
    pending = concerned.filter(state=ApprovalRequest.State.PENDING)
    in_force = Grant.objects.valid().filter(request__in=concerned.values("pk"))
    for number in (
        *pending.values_list("pk", flat=True),
        *in_force.values_list("request", flat=True),
    ):
        raise NotErased(
            f"PM-{number} is pending, or its approval is in force. Decide or revoke it first."
        )
    numbers = list(requests.values_list("pk", flat=True))
    if numbers and not with_evidence:
        raise NotErased(
            f"{len(numbers)} requests with their decisions and emails are kept as evidence, from "
            f"PM-{numbers[0]} to PM-{numbers[-1]}. Wait until a purge has deleted them, or add "
            "--with-evidence to delete them now."
        )
    return numbers


def _rename_in_records(traces: Traces) -> None:
    """Wherever an actor stands with kind and id, whatever the model."""
    user, shown = traces.user, Actor.of_user(traces.user).name
    for model in apps.get_models():
        columns = {field.name for field in model._meta.get_fields()}
        for name in (each for each in columns if {f"{each}_kind", f"{each}_id"} <= columns):
            rows = model._default_manager.filter(traces.is_actor(name))
            rows.update(**{name: ERASED, f"{name}_id": str(user.pk)})
    Change.objects.filter(accepted_by=shown).update(accepted_by=ERASED)
    own = Change.objects.filter(item_id=user.pk, model=User._meta.label_lower)
    own.update(item_name=ERASED, labels=[], fields=[], values={})
    InstallCode.objects.filter(created_by=shown).update(created_by=ERASED)
    alerts = Q(link__contains=str(user.pk))
    for word in (*traces.addresses, *(account.name for account in traces.accounts)):
        alerts |= Q(text__icontains=word)
    Alert.objects.filter(alerts).delete()


def _forget_possible_requester(traces: Traces) -> None:
    """In closed requests of others, which a namesake might have made."""
    keys = kept_keys(traces.user)
    for request in traces.possible_requests().only("requester_known_as"):
        known = request.requester_known_as
        request.requester_known_as = {key: known[key] for key in known.keys() - keys}
        request.save(update_fields=["requester_known_as"])


def _empty_offline_approvals(traces: Traces) -> int:
    """The rows stay: a request code is answered once. How an event differs names accounts too."""
    theirs = traces.offline_approvals()
    words = Q(pk__in=theirs.values("pk"))
    for account in traces.accounts:
        words |= Q(differs__icontains=account.name)
    OfflineApproval.objects.filter(words).exclude(differs="").update(differs=ERASED)
    return theirs.update(account=ERASED, program="", reason="")


def _empty_profile(user: User) -> None:
    """The row stays: records refer to it. Its id says nothing."""
    end_sessions(user)
    for model in (EmailAddress, Authenticator, EndpointAccount, Identity, MailAddress):
        model._default_manager.filter(user=user).delete()
    user.groups.clear()
    user.team.update(manager=None)
    user.delegate_of.update(delegate=None)
    user.name = f"erased-{user.pk.hex[-12:]}"
    user.first_name = user.last_name = user.email = user.description = user.time_zone = ""
    user.manager = user.delegate = user.delegate_from = user.delegate_until = user.last_login = None
    user.set_unusable_password()
    user.version += 1  # whoever has the old profile open can't put it back
    user.save()
