"""A changed or deleted profile may leave open requests with too few who can decide them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.services.asking_again import ask_others_if_too_few
from core.people.models import User
from core.people.selectors import user_key
from items.models import Item


@contextmanager
def judging_requests(item: Item, _refusable: bool) -> Iterator[None]:
    """Write a profile in the block; then others are asked, or an alert is raised, where too few are left.

    A guard of items. The requests are judged after the commit: whoever decides one holds it, and refers
    to the profile then.
    """
    if isinstance(item, User) and not item._state.adding:
        transaction.on_commit(partial(_judge, user_key(item)), robust=True)
    yield


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
