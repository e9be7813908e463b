"""Approving an execution at a computer without a connection, by codes that are read out by phone.

The console can't check what the caller says, so it is recorded as said, and compared with the event when
the agent reports it.
"""

import re
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from agents.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from agents.models import OfflineApproval
from agents.signing import offline_response
from approvals.eligibility import Requester
from core import limits
from core.actors import Actor
from core.alerts.services import raise_alert
from core.audit.services import record
from core.people.accounts import Account, Likeness, folded
from core.people.models import User
from core.text import name_key
from policies.models import Computer, PolicyEvent

CODES_LIVE: Final = timedelta(minutes=15)  # the endpoint keeps to it too
SKEW: Final = timedelta(minutes=5)  # between an endpoint's clock and ours
WINDOW: Final = 60 * 60  # seconds
PER_COMPUTER, PER_PERSON = 10, 40  # codes in a window
_CODE: Final = re.compile(r"[A-Z2-7]{8}")


def read_code(typed: str) -> str:
    """A request code as it is meant: no blanks or dashes, capital letters. Raises ValueError."""
    code = re.sub(r"[\s-]", "", typed).upper()
    if not _CODE.fullmatch(code):
        raise ValueError("Enter the 8 letters and digits (2 to 7) that the computer shows.")
    return code


def approve_offline(
    *, computer_name: str, request_code: str, account: str, program: str, reason: str, user: User
) -> str:
    """Record the approval; the response code for the caller.

    Raises NotFound without such a computer, Forbidden if `user` may be the caller, Conflict for a
    request code that was answered already, TooMany beyond the limits, and Invalid for one that is none.
    """
    try:
        code = read_code(request_code)
    except ValueError as wrong:
        raise Invalid("invalid", str(wrong), field="request_code") from None
    computer = Computer.objects.filter(
        name_key=name_key(computer_name), retired_at=None, revoked_at=None
    ).first()
    if computer is None:
        raise NotFound("no_computer", "No active computer has this name.", field="computer")
    said = Account(account)
    why_not = Requester.asking_now(said).reason_against(user=user)
    if why_not:
        raise Forbidden("own_request", why_not, field="account")
    _count(computer, user)
    actor = Actor.of_user(user)
    try:
        with transaction.atomic():
            approval = OfflineApproval.objects.create(
                computer=computer,
                request_code=code,
                account=account,
                program=program,
                reason=reason,
                given_at=timezone.now(),
                **actor.columns("by"),
            )
            record(
                actor=actor,
                verb="approve offline",
                kind="computer",
                object_id=computer.pk,
                facts={
                    "offline_approval": str(approval.pk),
                    "request_code": code,
                    "account": account,
                    "program": program,
                    "reason": reason,
                },
            )
    except IntegrityError:
        raise Conflict(
            "answered",
            "This request code was answered before, and works once. Ask the caller to start the program "
            "again, which shows another one.",
            field="request_code",
        ) from None
    return offline_response(code, computer_key=computer.key())


def compare(request_code: str, event: PolicyEvent) -> None:
    """Note what an approval was used for, and tell administrators where that isn't what was said.

    Within the transaction that stores the event.
    """
    approval = OfflineApproval.objects.filter(
        computer=event.computer, request_code=request_code
    ).first()
    if approval is None:
        _tell(
            event, f"{event.file_path} ran on {event.computer} by an offline code that nobody gave."
        )
        return
    differs = " ".join(_differences(approval, event))[:500]
    first = OfflineApproval.objects.filter(pk=approval.pk, event_id=None)
    if not first.update(event_id=event.pk, differs=differs):
        differs = f"The code that {approval.by} gave works once, and was used again. {differs}"
    if differs:
        _tell(event, f"Offline approval on {event.computer}: {differs}")


def _count(computer: Computer, user: User) -> None:
    for kind, who, most in (
        ("computer", computer.pk, PER_COMPUTER),
        ("person", user.pk, PER_PERSON),
    ):
        if limits.count(f"offline-{kind}", who, window=WINDOW) > most:
            raise TooMany(
                "too_many_codes",
                f"More than {most} offline codes in an hour for one {kind}. Try again later.",
            )


def _differences(approval: OfflineApproval, event: PolicyEvent) -> list[str]:
    """Sentences on how the event isn't what was approved."""
    found = []
    account = Account(event.account, event.event.get("account_id", ""))
    if Account(approval.account).likeness(account) is Likeness.OTHER:
        found.append(f"The user was {event.account}, not {approval.account}.")
    giver = User.objects.filter(pk=approval.by_id).first()
    asked = Requester.asking_now(account)
    if giver and asked.reason_against(user=giver):
        found.append(f"The user, {event.account}, may be who gave the code.")
    if folded(approval.program) not in (folded(event.file_path), folded(event.file_name)):
        found.append(f"The program was {event.file_path}, not {approval.program}.")
    given = approval.given_at
    if not given - SKEW <= event.at <= given + CODES_LIVE + SKEW:
        found.append("It didn't run within the 15 minutes of the code, by the computer's clock.")
    return found


def _tell(event: PolicyEvent, text: str) -> None:
    link = reverse("policy_events:detail", args=[event.pk])
    raise_alert(key=f"offline:{event.computer_id}", text=text, link=link)
