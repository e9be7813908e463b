"""A changed or deleted profile may leave open requests with too few who can decide them."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.services.asking_again import ask_others_if_too_few
from core.people.models import User
from core.people.selectors import user_key
from items.models import Change


def judge_requests_of(instance: Change, **_signal: Any) -> None:
    """Of a person whose change is saved: others are asked where too few are left who can decide.

    After the commit, since whoever decides a request holds it, and refers to the profile then.
    """
    if instance.model == User._meta.label_lower and instance.verb != Change.Verb.CREATE:
        key = user_key(User(pk=instance.item_id))
        transaction.on_commit(partial(_judge, key), robust=True)


def _judge(key: str) -> None:
    """The open requests that whoever is known by this key was asked about, or has answered."""
    known = Cast("known_as", TextField())
    asked = Invitation.objects.annotate(known=known).filter(known__contains=f'"{key}"')
    answered = Decision.objects.filter(person_key=key)
    is_theirs = Q()
    for rows in (asked, answered):
        pending = rows.filter(request__state=ApprovalRequest.State.PENDING)
        is_theirs |= Q(pk__in=pending.values("request"))
    for request in ApprovalRequest.objects.open().filter(is_theirs):
        with transaction.atomic():
            ask_others_if_too_few(request)
