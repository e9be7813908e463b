"""What Home shows: the checklist until the first approval has gone through, then figures that exist."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from actions.models import Action
from approvals.items import PROCESSES
from approvals.models import ApprovalProcess, ApprovalRequest, Decision, GrantUse, OutgoingMail
from core.dates import length_words
from foreign_systems.items import SMTP_SERVERS
from foreign_systems.models import ForeignSystem
from policies.items import POLICIES
from policies.models import Computer, Policy

DAYS = 14
SILENT_AFTER = timedelta(days=1)
State = ApprovalRequest.State


@dataclass(frozen=True)
class Step:
    """One step of the set-up. The first that is not done is the next one."""

    title: str
    text: str
    done: bool
    url: str = ""
    button: str = ""
    command: str = ""


@dataclass(frozen=True)
class Tile:
    """One figure with its word. `tone` as in console.css."""

    word: str
    figure: str
    note: str
    unit: str = ""
    tone: str = ""
    url: str = ""


def first_approval_went_through() -> bool:
    """Whether a program has run under a grant."""
    return GrantUse.objects.exists()


def checklist() -> list[Step]:
    """From mail server to the first program that ran."""
    return [_smtp(), _process(), _policy(), _asked(), _answered(), _ran()]


def _smtp() -> Step:
    server = ForeignSystem.objects.filter(kind="smtp").order_by("-is_default").first()
    text = f"E-mails leave over {server.name}." if server else "Approval e-mails need one to leave."
    return Step("SMTP server", text, server is not None, SMTP_SERVERS.url, "SMTP servers")


def _process() -> Step:
    for process in ApprovalProcess.objects.all():
        asked = process.typed.to_addresses
        if process.sends_requests and asked:
            text = f"{process.name} asks {', '.join(asked)}."
            return Step(
                "Approval process", text, True, PROCESSES.url_of(process), "Open the process"
            )
    text = "None of them asks anybody by e-mail yet."
    return Step("Approval process", text, False, PROCESSES.url, "Approval processes")


def _policy() -> Step:
    asking = Action.objects.filter(approval_type__process__isnull=False)
    policy = Policy.objects.filter(is_active=True, policy_actions__action__in=asking).first()
    text = f"{policy.name} is active." if policy else "No active policy asks for approval yet."
    url = POLICIES.url_of(policy) if policy else POLICIES.url
    button = "Open the policy" if policy else "Application policies"
    return Step("Policy", text, policy is not None, url, button)


def _asked() -> Step:
    first = ApprovalRequest.objects.order_by("number").first()
    if first is not None:
        text = f"{first.short_account} asked for {first.file_name} on {first.computer_name}."
        return Step("A program asks", text, True, _record(first), f"Open {first}")
    if settings.TRIAL:
        text = (
            "In a second terminal, play a blocked program on an endpoint. It waits for the answer."
        )
        command = '.venv/bin/python manage.py simulate_execution --reason "Need the CAD viewer"'
        return Step("A program asks", text, done=False, command=command)
    text = "Register an agent, and start a program there that a policy wants to have approved."
    return Step("A program asks", text, done=False)


def _answered() -> Step:
    decision = Decision.objects.select_related("request").order_by("at").first()
    if decision is not None:
        text = f"{decision.name} answered {decision.get_channel_display()}: "
        text += f"{decision.get_answer_display().lower()}."
        return Step("An approver answers", text, True, _record(decision.request), "See how")
    if settings.TRIAL:
        text = "The Trial Mailbox holds the e-mail to the approver. Answer it there as he would."
        return Step(
            "An approver answers", text, False, reverse("trial:mailbox"), "Open the Trial Mailbox"
        )
    text = "Approvers reply to the e-mail, use its link, or decide in Manage Approvals."
    return Step(
        "An approver answers", text, False, reverse("approvals:request_list"), "Manage Approvals"
    )


def _ran() -> Step:
    return Step(
        "The program runs",
        "The waiting endpoint reports again, and the approval's grant lets it run.",
        done=first_approval_went_through(),
    )


def _record(request: ApprovalRequest) -> str:
    return reverse("approvals:request_detail", args=[request.number])


def tiles(*, now: datetime) -> list[Tile]:
    """Figures of the last DAYS days, as far as there is anything to count."""
    since = now - timedelta(days=DAYS)
    return [_pending(now), *_time_to_decision(since), *_requests(since), _mail(now), *_agents(now)]


def _pending(now: datetime) -> Tile:
    waiting = ApprovalRequest.objects.open()
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    note = f"longest {length_words(now - oldest)}" if oldest else "nobody waits"
    url = reverse("approvals:request_list")
    return Tile("Pending now", str(waiting.count()), note, url=url)


def _time_to_decision(since: datetime) -> list[Tile]:
    times = ApprovalRequest.objects.filter(
        state__in=[State.APPROVED, State.DENIED], created_at__gte=since
    ).values_list("created_at", "closed_at")
    lengths = sorted(closed - asked for asked, closed in times if closed)
    if not lengths:
        return []
    median, slow = (
        lengths[len(lengths) // 2],
        lengths[min(len(lengths) * 9 // 10, len(lengths) - 1)],
    )
    figure = length_words(median).replace("less than", "<")  # a figure has little room
    return [Tile("Time to decision", figure, f"nine of ten: {length_words(slow)}")]


def _requests(since: datetime) -> list[Tile]:
    recent = ApprovalRequest.objects.filter(created_at__gte=since)
    total = recent.count()
    if not total:
        return []
    approved = recent.filter(state=State.APPROVED).count()
    url = reverse("approvals:decided_list")
    return [Tile("Requests", str(total), f"{round(100 * approved / total)} % approved", url=url)]


def _mail(now: datetime) -> Tile:
    late = OutgoingMail.objects.unfinished().exclude(state=OutgoingMail.State.QUEUED)
    oldest = late.order_by("created_at").values_list("created_at", flat=True).first()
    if oldest is None:
        waiting = OutgoingMail.objects.unfinished().count()
        return Tile("Mail queue", str(waiting), "nothing is held up", unit="waiting")
    note = f"oldest {length_words(now - oldest)}"
    return Tile("Mail queue", str(late.count()), note, unit="deferred", tone="wait")


def _agents(now: datetime) -> list[Tile]:
    registered = Computer.objects.filter(revoked_at__isnull=True)
    total = registered.count()
    if not total:
        return []
    silent = total - registered.filter(last_seen_at__gte=now - SILENT_AFTER).count()
    note, tone = ("all within a day", "") if not silent else (f"{silent} silent for a day", "wait")
    return [Tile("Agents seen", str(total - silent), note, unit=f"of {total}", tone=tone)]
