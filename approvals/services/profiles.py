"""A changed or deleted profile may leave open requests with too few who can decide them."""

import uuid
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.services.asking_again import recount
from core.people.models import User
from core.people.selectors import mailboxes_of, user_key
from items.models import Change


def recount_requests_of(instance: Change, **_signal: Any) -> None:
    """Of a person whose change is saved: it's counted again who can decide what they were asked.

    After the commit, since whoever decides a request holds it, and refers to the profile then.
    """
    if instance.model == User._meta.label_lower:
        transaction.on_commit(partial(_recount_requests_of, instance.item_id), robust=True)


def _recount_requests_of(person_id: uuid.UUID) -> None:
    """The open requests that they were asked about or answered, or that ask an address of theirs now."""
    key = user_key(User(pk=person_id))
    asked = Q(known__contains=f'"{key}"') | Q(maybe__contains=f'"{key}"')
    for person in User.objects.filter(pk=person_id).prefetch_related(
        "mail_addresses", "endpoint_accounts"
    ):
        for local in {mailbox.partition("@")[0] for mailbox in mailboxes_of(person)}:
            asked |= Q(address__istartswith=f"{local}@") | Q(address__istartswith=f"{local}+")
    lists = {"known": "known_as", "maybe": "may_be_of"}
    texts = {name: Cast(field, TextField()) for name, field in lists.items()}
    invitations = Invitation.objects.annotate(**texts).filter(asked)
    is_theirs = Q()
    for rows in (invitations, Decision.objects.filter(person_key=key)):
        pending = rows.filter(request__state=ApprovalRequest.State.PENDING)
        is_theirs |= Q(pk__in=pending.values("request"))
    recount(*ApprovalRequest.objects.open().filter(is_theirs).values_list("pk", flat=True))
