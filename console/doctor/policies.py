"""Policies that deny by mistake, requests that would reach nobody, and computers that are silent."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now
from django.urls import reverse

from approvals.models import ApprovalProcess, OutgoingMail
from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from core.people.models import User
from core.roles import Permission, roles_with
from policies.models import Computer, Policy
from policies.validity import problems_of

UNSEEN_AFTER = timedelta(days=7)
ALL_SILENT_AFTER = timedelta(days=1)
MAX_NAMED = 3  # computers in a sentence

INVALID = Kind(
    "policy-invalid",
    Level.TROUBLE,
    "The active policy {policy} is invalid: {problem}",
    "It denies every program that it may match.",
    "Mend it at {page}, or deactivate it there.",
)
NOBODY_ASKED = Kind(
    "process-without-approver",
    Level.TROUBLE,
    "Approval process {process} reaches nobody: {why}",
    "Requests that it handles wait until they expire, unless the help desk notices them.",
    "Correct To Address at {page}, and the people's addresses at Admin ▸ Users.",
)
UNSEEN = Kind(
    "agents-unseen",
    Level.WARNING,
    "{count} of {all} computers haven't called for 7 days: {names}",
    "They get no new policies and can't ask for approval. Perhaps they are off, or no longer exist.",
    "Look at them at Admin ▸ Agents. Retire those that are gone.",
)
ALL_SILENT = Kind(
    "agents-all-silent",
    Level.TROUBLE,
    "None of the {all} computers has called within a day.",
    "No program gets rights from policies as they are now, and nobody can ask for approval.",
    "Check from a computer that PUBLIC_URL and its certificate work, and that the proxy passes "
    "/agent/v1/ on.",
)


def look_at_policies(options: Options) -> Iterator[Finding]:
    active = list(Policy.objects.filter(is_active=True).with_parts())
    found = problems_of(active)
    for policy in active:
        for problem in found[policy.pk][:1]:
            page = reverse("policies:detail", args=[policy.pk])
            yield INVALID.found(policy=policy, problem=problem.text, page=page)


def look_at_processes(options: Options) -> Iterator[Finding]:
    used = ApprovalProcess.objects.filter(
        types__actions__policy_actions__policy__is_active=True
    ).distinct()
    deciding = User.objects.filter(
        is_active=True, groups__name__in=roles_with(Permission.APPROVALS_DECIDE)
    )
    for process in used:
        why = _of_sending(process) if process.sends_requests else ""
        if not why and not process.decided_by_mail and not deciding.exists():
            why = "no active user may decide in Manage Approvals."
        if why:
            page = reverse("approval_processes:detail", args=[process.asking.pk])
            yield NOBODY_ASKED.found(process=process, why=why, page=page)


def _of_sending(process: ApprovalProcess) -> str:
    """Why none of its addresses is reached; "" if one may be."""
    asks = process.asking.typed
    if not asks.asks_somebody:
        return f"{process.asking} has no To Address."
    addresses = asks.to_addresses
    if asks.asks_manager or not addresses:
        return ""
    unreached = [address for address in addresses if _came_back(address)]
    if len(unreached) == len(addresses):
        return f"the newest mail to each of its addresses failed or came back ({unreached[0]})."
    return ""


def _came_back(address: str) -> bool:
    finished = OutgoingMail.objects.filter(recipient=address, finished_at__isnull=False)
    newest = finished.order_by("-created_at").first()
    return newest is not None and bool(
        newest.bounced_at or newest.state == OutgoingMail.State.FAILED
    )


def look_at_agents(options: Options) -> Iterator[Finding]:
    agents = Computer.objects.filter(revoked_at=None, retired_at=None).with_seen()
    counts = agents.aggregate(
        all=Count("pk"),
        lately=Count("pk", filter=Q(seen__gt=Now() - ALL_SILENT_AFTER)),
        unseen=Count("pk", filter=Q(seen__lte=Now() - UNSEEN_AFTER)),
    )
    if counts["all"] and not counts["lately"]:
        yield ALL_SILENT.found(all=counts["all"])
    elif counts["unseen"]:
        unseen = agents.filter(seen__lte=Now() - UNSEEN_AFTER).order_by("seen")
        names = [computer.name for computer in unseen[:MAX_NAMED]]
        more = counts["unseen"] - len(names)
        listed = ", ".join(names) + (f" and {more} more" if more else "")
        yield UNSEEN.found(count=counts["unseen"], all=counts["all"], names=listed)


POLICIES = Check("policies", "Active policies", (INVALID,), look_at_policies)
PROCESSES = Check("processes", "Approval processes", (NOBODY_ASKED,), look_at_processes)
AGENTS = Check("agents", "Agents", (UNSEEN, ALL_SILENT), look_at_agents)
