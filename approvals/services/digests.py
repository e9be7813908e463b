"""Many requests for one approver at once: after so many mails in a minute, the rest come in a digest.

A digest is a mail in the outbox that is due a minute later. The request mails in it follow it and are
never sent themselves; with its end they end (approvals/outbox/results.py). Until a worker takes it, it
is composed anew whenever a request joins it or is closed; from then on its bytes stay.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F, Max, Q
from django.utils import timezone

from approvals import outbox
from approvals.facts import facts_of_request, ways_of
from approvals.letters.compose import Draft
from approvals.letters.digest import MAX_REQUESTS, digest
from approvals.letters.facts import RequestFacts, Ways
from approvals.letters.kinds import DIGEST, REQUEST
from approvals.models import ApprovalRequest, MailDraft, OutgoingMail
from approvals.models.mail import OutgoingQuerySet
from approvals.outbox import Letter
from approvals.services.why_asked import WhyAsked
from core.advanced.models import advanced
from foreign_systems.models import ForeignSystem

MINUTE = timedelta(minutes=1)
_IN_DIGEST = Q(follows__purpose=DIGEST.key)


def hold_back(
    letters: Sequence[Letter], *, request: ApprovalRequest, server: ForeignSystem | None
) -> tuple[list[Letter], list[OutgoingMail]]:
    """The request mails as they are to be queued, and the digests that some of them join.

    Those digests have to be composed anew once the mails are queued, in the same transaction.
    """
    limit = advanced().request_mails_per_minute
    if not limit:
        return list(letters), []
    queued, joined = [], []
    # By recipient, as everywhere: whoever waits for a digest's row holds no later one.
    for letter in sorted(letters, key=lambda letter: letter.recipient):
        found = _digest_for(letter, limit, request, server)
        if found is None:
            queued.append(letter)
        else:
            queued.append(replace(letter, follows=found, due=found.due_at))
            joined.append(found)
    return queued, joined


def unsent_with(request: ApprovalRequest) -> list[OutgoingMail]:
    """The digests with this request that no worker has taken yet, their rows held."""
    mails = set(_untouched().filter(followers__request=request))
    # Sorted here as in `hold_back`: a database may sort otherwise.
    return [mail for mail in sorted(mails, key=lambda mail: mail.recipient) if hold(mail)]


def hold(mail: OutgoingMail) -> bool:
    """Hold a digest's row, if no worker has taken it yet, until the transaction ends."""
    return bool(_untouched().filter(pk=mail.pk).update(due_at=F("due_at")))


def compose_anew(mail: OutgoingMail) -> None:
    """Have a digest say what is in it now; without anything in it, it is cancelled."""
    asked = list(
        OutgoingMail.objects.unfinished()
        .filter(follows=mail, invitation__isnull=False)
        .select_related("request__process", "invitation")
        .order_by("pk")
    )
    if not asked:
        _untouched().filter(pk=mail.pk).finish(OutgoingMail.State.CANCELLED)
        return
    draft = digest([_entry(each) for each in asked])
    MailDraft.objects.filter(pk=mail.draft_id).update(
        subject=draft.subject, text=draft.text, html=draft.html
    )
    end = max(each.not_after for each in asked)
    OutgoingMail.objects.filter(pk=mail.pk).update(not_after=end)


def _entry(mail: OutgoingMail) -> tuple[RequestFacts, Ways, str]:
    request, invitation = mail.request, mail.invitation
    assert request is not None
    assert invitation is not None
    ways = ways_of(request, invitation=invitation.pk)
    return facts_of_request(request), ways, WhyAsked(request).words(invitation)


def _digest_for(
    letter: Letter, limit: int, request: ApprovalRequest, server: ForeignSystem | None
) -> OutgoingMail | None:
    """The digest that takes this mail, its row held; None: it goes alone.

    It goes alone as well if its request would have expired by then.
    """
    terms, now = request.terms, timezone.now()
    own = Q(server=server, sender=terms.from_address, sender_name=terms.from_name)
    waiting = _untouched().filter(recipient=letter.recipient, due_at__gt=now)
    for mail in waiting.filter(own).order_by("due_at"):
        room = (
            hold(mail)
            and mail.followers.filter(state=OutgoingMail.State.QUEUED).count() < MAX_REQUESTS
        )
        if room and mail.due_at < (letter.expires or mail.due_at):
            return mail
    last = waiting.aggregate(last=Max("due_at"))["last"]
    if last is None and _sent_lately(letter.recipient, now) < limit:
        return None
    due = max(last or now, now) + MINUTE
    if letter.expires is not None and letter.expires <= due:
        return None
    empty = Letter(
        kind=DIGEST,
        recipient=letter.recipient,
        draft=Draft("", "", None),
        expires=letter.expires,
        due=due,
    )
    (made,) = outbox.add(
        [empty],
        request=None,
        server=server,
        sender=terms.from_address,
        sender_name=terms.from_name,
    )
    return made


def _sent_lately(recipient: str, now: datetime) -> int:
    """How many mails with requests went to this address within a minute, or are about to."""
    mails = OutgoingMail.objects.filter(
        recipient=recipient,
        purpose__in=(REQUEST.key, DIGEST.key),
        created_at__gt=now - 2 * MINUTE,  # a digest is due a minute after it was made
        due_at__gt=now - MINUTE,
    )
    return mails.exclude(_IN_DIGEST).exclude(state=OutgoingMail.State.CANCELLED).count()


def _untouched() -> OutgoingQuerySet:
    """Digests that no worker has taken yet."""
    return OutgoingMail.objects.filter(
        purpose=DIGEST.key, state=OutgoingMail.State.QUEUED, lease_until__isnull=True, tries=0
    )
