"""The queue of pending requests, as its page, a single row and the poll show it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from approvals.facts import signs_of_request
from approvals.letters.signs import Sign
from approvals.models import ApprovalRequest
from approvals.pages.described import Fact, facts_of, hidden_characters
from approvals.pages.earlier import FileHistory, file_histories
from approvals.pages.outcome import outcome_words
from approvals.pages.search import matching
from core.pages import page_of
from core.roles import allowed


@dataclass(frozen=True)
class Row:
    """One request in a list."""

    request: ApprovalRequest
    earlier: FileHistory
    is_open: bool = False
    ticked: bool = False
    may_decide: bool = False

    @property
    def number(self) -> int:
        return self.request.number

    @property
    def waits(self) -> bool:
        """Whether somebody may still decide it; else the row shows its result."""
        return self.request.is_pending and self.request.expires_at > timezone.now()

    @property
    def state(self) -> str:
        return "expired" if self.request.is_pending else self.request.state

    @property
    def outcome(self) -> str:
        return "Expired" if self.request.is_pending else outcome_words(self.request)

    @property
    def hidden(self) -> str:
        return hidden_characters(self.request)

    @property
    def signs(self) -> tuple[Sign, ...]:
        return signs_of_request(self.request)

    @property
    def facts(self) -> list[Fact]:
        left_out = {"User", "Policy"}  # the row above has them
        return [fact for fact in facts_of(self.request) if fact.label not in left_out]


def rows_of(
    http: HttpRequest,
    requests: Iterable[ApprovalRequest],
    *,
    opened: Collection[int] = (),
    ticked: Collection[int] = (),
) -> list[Row]:
    """Rows for these requests; what was decided before about their files is fetched at once."""
    requests = list(requests)
    earlier = file_histories(requests)
    may_decide = allowed(http, "approvals.decide")
    return [
        Row(
            request=request,
            earlier=earlier.get(request.sha256, FileHistory()),
            is_open=request.number in opened,
            ticked=request.number in ticked,
            may_decide=may_decide,
        )
        for request in requests
    ]


def numbers_in(http: HttpRequest, name: str) -> list[int]:
    """The request numbers of a repeated parameter; what is no number is left out."""
    given = (http.GET if http.method == "GET" else http.POST).getlist(name)
    return [int(text) for text in given if text.isdecimal() and len(text) < 19]


def queue_context(http: HttpRequest) -> dict[str, Any]:
    """Context of the Pending page: longest waiting first."""
    query = http.GET.get("q", "").strip()[:200]
    pending = ApprovalRequest.objects.open().filter(matching(query))
    page = page_of(pending, http, by="created_at")
    opened, ticked = numbers_in(http, "open"), numbers_in(http, "request")
    return {
        "tab": "pending",
        "query": query,
        "page": page,
        "rows": rows_of(http, page.rows, opened=opened, ticked=ticked),
        "newest": max((request.number for request in page.rows), default=0),
        "may_decide": allowed(http, "approvals.decide"),
        "last_decided": _last_decided() if not page.rows and not query else None,
    }


def _last_decided() -> ApprovalRequest | None:
    decided = ApprovalRequest.objects.filter(state__in=["approved", "denied"])
    return decided.prefetch_related("decisions").order_by("-closed_at").first()
