"""The reports about approvals and their mail, registered in core/reports.py."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse

from approvals.models import ApprovalRequest, Decision, Grant, OutgoingMail
from approvals.models.requests import request_number
from approvals.pages.outcome_words import given_words
from approvals.reply.secrets import Mask
from core.reports import MAX_ROWS, Column, Parameters, Report, Row, register
from core.text import visible

State = OutgoingMail.State
NOT_STUCK = timedelta(minutes=5)  # mail that waits no longer than this is simply on its way


def _shown(text: str, limit: int = 300) -> str:
    return visible(text, limit)


def _request_url(text: str) -> str:
    number = request_number(text)
    return reverse("approvals:request_detail", args=[number]) if number else ""


REQUEST = Column("Request", link=_request_url)
_USER_COMPUTER_FILE = (Column("User"), Column("Computer"), Column("File"))
_PENDING = (
    REQUEST,
    *_USER_COMPUTER_FILE,
    Column("Policy"),
    Column("Reason"),
    Column("Asked", "time"),
    Column("Expires", "time"),
)


def _of_policy(parameters: Parameters, path: str) -> Q:
    """The condition that `path` leads to the chosen policy; none for all policies."""
    return Q(**{path: parameters.policy_id}) if parameters.policy_id else Q()


def _user_computer_file(request: ApprovalRequest) -> Row:
    file = request.file_path or request.file_name
    return _shown(request.account), _shown(request.computer_name), _shown(file)


def pending(parameters: Parameters, limit: int = MAX_ROWS) -> Iterator[Row]:
    """Every request that can still be decided, the newest first."""
    found = ApprovalRequest.objects.open().filter(_of_policy(parameters, "policy_id"))
    for request in found.order_by("-created_at", "-number")[:limit]:
        yield (
            str(request),
            *_user_computer_file(request),
            _shown(request.policy_name),
            _shown(request.reason),
            request.created_at,
            request.expires_at,
        )


def most_recent_pending(parameters: Parameters) -> Iterator[Row]:
    """The newest request that can still be decided, if there is one."""
    return pending(parameters, limit=1)


def _decisions_in(parameters: Parameters) -> "QuerySet[Decision]":
    return Decision.objects.filter(
        _of_policy(parameters, "request__policy_id"),
        at__gte=parameters.since,
        at__lt=parameters.until,
    )


def decisions(parameters: Parameters) -> Iterator[Row]:
    """Each decision of the period, the newest first."""
    found = _decisions_in(parameters).select_related("request").order_by("-at", "-id")
    for decision in found[:MAX_ROWS]:
        approved = decision.answer == Decision.Answer.APPROVE
        given = given_words(decision.minutes) if approved else ""
        yield (
            decision.at,
            str(decision.request),
            f"{decision.get_answer_display()}{given}",
            f"{_shown(decision.name)}, {decision.get_channel_display()}",
            *_user_computer_file(decision.request),
            _shown(decision.comment),
        )


def by_approver(parameters: Parameters) -> Iterator[Row]:
    """How often each person approved and denied in the period, the busiest first."""
    approve, deny = Decision.Answer.APPROVE, Decision.Answer.DENY
    counted = (
        _decisions_in(parameters)
        .order_by()
        .values("person_key")
        .annotate(
            known_as=Max("name"),
            total=Count("pk"),
            approvals=Count("pk", filter=Q(answer=approve)),
            denials=Count("pk", filter=Q(answer=deny)),
            last=Max("at"),
        )
        .order_by("-total", "-last", "person_key")
    )
    for person in counted[:MAX_ROWS]:
        yield (
            _shown(person["known_as"]),
            person["approvals"],
            person["denials"],
            person["total"],
            person["last"],
        )


def active_grants(parameters: Parameters) -> Iterator[Row]:
    """Each grant that can still be used, the newest first."""
    found = (
        Grant.objects.valid()
        .filter(_of_policy(parameters, "request__policy_id"))
        .select_related("request")
        .prefetch_related("request__decisions")
        .order_by("-granted_at", "-id")
    )
    for grant in found[:MAX_ROWS]:
        request, final = grant.request, grant.request.final_decision
        given = given_words(grant.minutes).lstrip(", ")
        yield (
            str(request),
            *_user_computer_file(request),
            f"{given[:1].upper()}{given[1:]}{', ends when used' if grant.one_time else ''}",
            grant.granted_at,
            grant.expires_at,
            _shown(final.deciders) if final else "",
        )


def undelivered(parameters: Parameters) -> Iterator[Row]:
    """Mails of the period that failed, came back or are stuck, the newest first."""
    stuck = Q(state=State.QUEUED, due_at__lte=parameters.now - NOT_STUCK)
    trouble = Q(state__in=(State.FAILED, State.DEFERRED, State.UNKNOWN))
    found = (
        OutgoingMail.objects.filter(
            trouble | stuck | Q(bounced_at__isnull=False),
            created_at__gte=parameters.since,
            created_at__lt=parameters.until,
        )
        .defer("draft")
        .order_by("-created_at", "-id")
    )
    mask = Mask(settings.REPLY_ADDRESS)  # a server's answer may repeat what it was sent
    for mail in found[:MAX_ROWS]:
        about = f", PM-{mail.request_id}" if mail.request_id else ""
        yield (
            mail.created_at,
            _shown(mail.recipient),
            f"{mail.kind.title}{about}",
            "Came back" if mail.bounced_at else mail.get_state_display(),
            mail.tries,
            _shown(mask.text(mail.last_answer), 500),
        )


register(
    Report(
        key="most-recent-pending",
        name="Most Recent Pending Application Approval Request",
        description="The newest request that is waiting for a decision.",
        columns=_PENDING,
        rows=most_recent_pending,
        takes_policy=True,
        takes_period=False,
    )
)
register(
    Report(
        key="pending",
        name="Pending Approval Requests",
        description="Every request that is waiting for a decision.",
        columns=_PENDING,
        rows=pending,
        takes_policy=True,
        takes_period=False,
    )
)
register(
    Report(
        key="decisions",
        name="Approval Decisions",
        description="Who decided what, when and how, with the comment.",
        columns=(
            Column("When", "time"),
            REQUEST,
            Column("Decision"),
            Column("By"),
            *_USER_COMPUTER_FILE,
            Column("Comment"),
        ),
        rows=decisions,
        takes_policy=True,
        tells_at_once=True,
    )
)
register(
    Report(
        key="by-approver",
        name="Approvals by Approver",
        description="How often each approver approved and denied.",
        columns=(
            Column("Approver"),
            Column("Approvals", "number"),
            Column("Denials", "number"),
            Column("Answers", "number"),
            Column("Last answer", "time"),
        ),
        rows=by_approver,
        takes_policy=True,
    )
)
register(
    Report(
        key="undelivered-mail",
        name="Undelivered Mail",
        description="Emails that failed, came back, or are waiting for their server.",
        columns=(
            Column("Queued", "time"),
            Column("To"),
            Column("About"),
            Column("State"),
            Column("Tries", "number"),
            Column("Last server response"),
        ),
        rows=undelivered,
        takes_policy=False,
        about_mail=True,
    )
)
register(
    Report(
        key="active-grants",
        name="Active Grants",
        description="Every approval that can still be used, and until when.",
        columns=(
            REQUEST,
            *_USER_COMPUTER_FILE,
            Column("Given"),
            Column("Since", "time"),
            Column("Ends", "time"),
            Column("Approver"),
        ),
        rows=active_grants,
        takes_policy=True,
        takes_period=False,
    )
)
