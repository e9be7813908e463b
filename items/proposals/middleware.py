"""What a page does with a change that needs a second person: it becomes a draft of a proposal."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from core.dialogs import go_to
from items.author import SecondPersonNeeded
from items.proposals.services import draft


class Drafting:
    """Leads whoever made the change to its draft, by whatever page it was made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SecondPersonNeeded):
            return None
        proposal = draft(exception)
        return go_to(request, reverse("proposals:detail", args=[proposal.pk]))
