"""What Home shows: a checklist until the first approved program has run, then figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from actions.models import Action
from approvals.items import PROCESSES
from approvals.models import ApprovalProcess, ApprovalRequest, Decision, GrantUse, OutgoingMail
from core.commands import typed
from core.dates import length_words
from core.pages import MAX_COUNT, count_of, count_words
from core.roles import Permission, Roles, roles_with
from foreign_systems.items import SMTP_SERVERS
from foreign_systems.models import ForeignSystem
from items.rights import seen_items
from policies.items import POLICIES
from policies.models import Computer

PERIODS = (7, 14, 90)  # days that figures and charts can be about
PRESET_PERIOD = 14
SILENT_AFTER = timedelta(days=1)
State = ApprovalRequest.State


@dataclass(frozen=True)
class Step:
    """One step of the set-up; the first one not done is the next."""

    title: str
    text: str
    done: bool
    url: str = ""
    button: str = ""
    command: str = ""


@dataclass(frozen=True)
class Tile:
    """One figure with its label. `tone` as in console.css."""

    word: str
    figure: str
    note: str
    unit: str = ""
    tone: str = ""
    url: str = ""


def first_approval_went_through() -> bool:
    """Whether a program has run under a grant."""
    return GrantUse.objects.exists()


def checklist(roles: Roles) -> list[Step]:
    """From mail server to the first program that ran, as somebody with these roles sees it."""
    return [*_set_up(roles), *_first_request(roles)]


def _set_up(roles: Roles) -> Iterator[Step]:
    server = ForeignSystem.objects.filter(kind="smtp").order_by("-is_default").first()
    text = f"Emails go out through {server.name}." if server else "Approval emails need one."
    yield Step("SMTP server", text, server is not None, SMTP_SERVERS.url, "SMTP servers")

    for process in ApprovalProcess.objects.all():
        asks = process.asking.typed
        approvers = asks.to_addresses + ("the requester's manager",) * asks.asks_manager
        if process.sends_requests and approvers:
            verb = "asks" if process.decided_by_mail else "tells"
            text, url = f"{process.name} {verb} {', '.join(approvers)}.", PROCESSES.url_of(process)
            yield Step("Approval process", text, True, url, "Open the process")
            break
    else:
        text = "No process asks anyone by email yet."
        yield Step("Approval process", text, False, PROCESSES.url, "Approval processes")

    asking = Action.objects.filter(approval_type__process__isnull=False)
    policies: Any = seen_items(POLICIES, roles)
    policy = policies.filter(is_active=True, policy_actions__action__in=asking).first()
    if policy is not None:
        text, url = f"{policy.name} is active.", POLICIES.url_of(policy)
        yield Step("Policy", text, True, url, "Open the policy")
    else:
        text = "No active policy asks for approval yet."
        yield Step("Policy", text, False, POLICIES.url, "Application policies")


def _first_request(roles: Roles) -> Iterator[Step]:
    first = ApprovalRequest.objects.order_by("number").first()
    title, command = "A program asks", ""
    if first is not None:
        text = f"{first.short_account} asked for {first.file_name} on {first.computer_name}."
        yield Step(title, text, True, first.get_absolute_url(), f"Open {first}")
    elif settings.TRIAL:
        text = "In a second terminal, simulate a blocked program. It waits for the answer."
        command = typed('simulate_execution --reason "Need the CAD viewer"')
        yield Step(title, text, done=False, command=command)
    else:
        text = "Register an agent, and start a program there that needs approval by a policy."
        yield Step(title, text, done=False)

    decision = Decision.objects.select_related("request").order_by("at").first()
    title = "An approver answers"
    if decision is not None:
        text = f"{decision.name} answered {decision.get_channel_display()}: "
        text += f"{decision.get_answer_display().lower()}."
        yield Step(title, text, True, decision.request.get_absolute_url(), "See how")
    elif settings.TRIAL and roles & roles_with(Permission.TRIAL_MAILBOX):
        text = "The Trial Mailbox holds the email to the approver. Answer it there."
        yield Step(title, text, False, reverse("trial:mailbox"), "Open the Trial Mailbox")
    else:
        text = "Approvers reply to the email, use its link, or decide in Manage Approvals."
        yield Step(title, text, False, reverse("approvals:request_list"), "Manage Approvals")

    text = "The waiting endpoint reports again, and the approval's grant lets it run. "
    text += "If nothing is waiting any more, start the program again."
    yield Step("The program runs", text, done=first_approval_went_through())


def tiles(roles: Roles, days: int = PRESET_PERIOD, *, now: datetime) -> list[Tile]:
    """Figures of the last `days` days for these roles; those without data are left out."""
    return [*_request_tiles(days, now), *_delivery_tiles(roles, now)]


def _request_tiles(days: int, now: datetime) -> Iterator[Tile]:
    pending = ApprovalRequest.objects.open()
    oldest = pending.order_by("created_at").values_list("created_at", flat=True).first()
    note = f"longest {length_words(now - oldest)}" if oldest else "nobody is waiting"
    url = reverse("approvals:request_list")
    yield Tile("Pending now", count_words(count_of(pending)), note, url=url)

    # Of more requests than are counted, the newest tell how it goes.
    recent = ApprovalRequest.objects.filter(created_at__gte=now - timedelta(days=days))
    facts = recent.order_by("-created_at").values_list("state", "created_at", "closed_at")
    newest = list(facts[: MAX_COUNT + 1])
    of = " of the newest" if len(newest) > MAX_COUNT else ""
    answered = {State.APPROVED, State.DENIED}
    lengths = sorted(
        closed - created for state, created, closed in newest if closed and state in answered
    )
    if lengths:
        median, slow = lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10]
        figure = length_words(median).replace("less than", "<")  # a figure has little room
        note = f"90 %{of} within {length_words(slow).removeprefix('less than ')}"
        yield Tile("Time to decision", figure, note)
    if newest:
        approved = sum(state == State.APPROVED for state, _, _ in newest)
        share = round(100 * approved / len(newest))
        url = reverse("approvals:decided_list")
        yield Tile("Requests", count_words(len(newest)), f"{share} %{of} approved", url=url)


def _delivery_tiles(roles: Roles, now: datetime) -> Iterator[Tile]:
    sees_queue = bool(roles & roles_with(Permission.MAIL_QUEUE_VIEW))
    queue = f"{reverse('mail_queue:outgoing')}?state=waiting" if sees_queue else ""
    late = OutgoingMail.objects.late()
    oldest = late.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        waiting = count_words(count_of(OutgoingMail.objects.unfinished()))
        yield Tile("Mail queue", waiting, "no delays", unit="waiting", url=queue)
    else:
        note = f"oldest {length_words(now - oldest)}"
        count = count_words(count_of(late))
        yield Tile("Mail queue", count, note, unit="deferred", tone="wait", url=queue)

    limit = now - SILENT_AFTER
    new = Q(last_seen_at__isnull=True, registered_at__gte=limit)
    agents = Computer.objects.filter(revoked_at__isnull=True).aggregate(
        total=Count("pk"),
        seen=Count("pk", filter=Q(last_seen_at__gte=limit)),
        new=Count("pk", filter=new),
    )
    silent = agents["total"] - agents["seen"] - agents["new"]
    if agents["total"]:
        not_silent = f"{agents['new']} just registered" if agents["new"] else "all within a day"
        note = f"{silent} silent for a day" if silent else not_silent
        tone = "wait" if silent else ""
        seen, unit = str(agents["seen"]), f"of {agents['total']}"
        yield Tile("Agents seen", seen, note, unit=unit, tone=tone)
