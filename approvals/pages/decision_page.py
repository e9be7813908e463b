"""The page behind the link in an e-mail: GET and HEAD show, only a person's POST decides.

Mail scanners open links and run scripts, so nothing here submits itself, and nothing is stored by
anybody on the way: no cache, no referrer for other sites, no index.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from approvals.eligibility import is_requester
from approvals.errors import AnswerRefused, NotAllowed, RequestClosed
from approvals.facts import signs_of_request
from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.pages.answer_links import answer_links
from approvals.pages.described import coverage, facts_of
from approvals.pages.forms import LinkForm
from approvals.pages.outcome import outcome_words
from approvals.services import Decider, decide
from approvals.services.deciding import closed_sentence
from approvals.tokens import invitation_of_link
from core.people.models import User
from core.people.selectors import addresses_of, bare_address
from core.roles import open_to_all

PAGE = "approvals/decision_page.html"


@open_to_all("the secret in the address says who may look; the process says whether that decides")
@require_http_methods(["GET", "HEAD", "POST"])
def decision_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show what an approver is asked, and take his answer."""
    invitation = invitation_of_link(token.lower())
    if invitation is None:
        return _guarded(render(request, "approvals/decision_unknown.html", status=404))
    return _guarded(_answered(request, invitation))


def _guarded(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    # Not no-referrer: a form would then be sent with "Origin: null", which no CSRF check can trust.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(http: HttpRequest, invitation: Invitation) -> HttpResponse:
    asked = invitation.request
    if not ApprovalRequest.objects.open().filter(pk=asked.pk).exists():
        return _closed(http, asked, closed_sentence(asked))
    form = LinkForm(http.POST if http.method == "POST" else None, longest=asked.terms.longest_grant)
    if http.method != "POST" or not _may_decide(http, invitation) or not form.is_valid():
        return _show(http, invitation, form)
    try:
        decision = _decide(http, invitation, form.cleaned_data)
    except RequestClosed as late:
        asked.refresh_from_db()
        return _closed(http, asked, late.message)
    except (NotAllowed, AnswerRefused) as refused:
        form.add_error(None, refused.message)
        return _show(http, invitation, form)
    asked.refresh_from_db()
    return render(http, "approvals/decision_done.html", {"asked": asked, "decision": decision})


def _decide(http: HttpRequest, invitation: Invitation, cleaned: dict[str, Any]) -> Decision:
    """The verb; the channel says whether a session or the address alone proved who answers."""
    if isinstance(http.user, User) and is_requester(invitation.request, user=http.user):
        raise NotAllowed("Nobody decides on his own request. Somebody else has to.")
    signed_in = _is_invited(http, invitation)
    channel = Decision.Channel.LINK if signed_in else Decision.Channel.BEARER
    user = http.user if signed_in and isinstance(http.user, User) else None
    return decide(
        number=invitation.request_id,
        decider=Decider(channel=channel, user=user, invitation=invitation),
        answer=cleaned["answer"],
        minutes=cleaned["length"],
        comment=cleaned["comment"],
    )


def _is_invited(http: HttpRequest, invitation: Invitation) -> bool:
    """Whether the session's user is the one this invitation went to."""
    user = http.user
    return isinstance(user, User) and bare_address(invitation.address) in addresses_of(user)


def _may_decide(http: HttpRequest, invitation: Invitation) -> bool:
    return not invitation.request.terms.link_needs_sign_in or _is_invited(http, invitation)


def _show(http: HttpRequest, invitation: Invitation, form: LinkForm) -> HttpResponse:
    asked = invitation.request
    may_decide = _may_decide(http, invitation)
    context = {
        "invitation": invitation,
        "asked": asked,
        "form": form,
        "facts": facts_of(asked),
        "signs": signs_of_request(asked),
        **coverage(asked),
        "may_decide": may_decide,
        "mail_links": [] if may_decide else answer_links(invitation),
    }
    if http.method != "POST":
        return render(http, PAGE, context)
    return render(http, PAGE, context, status=422 if may_decide else 403)


def _closed(http: HttpRequest, asked: ApprovalRequest, sentence: str) -> HttpResponse:
    """Decided or expired: gone (410) for who looks, too late (409) for who answers."""
    context = {
        "asked": asked,
        "sentence": sentence,
        "outcome": outcome_words(asked),
        "final": asked.final_decision,
        "typed": http.POST.get("comment", "")[:1000],
    }
    status = 409 if http.method == "POST" else 410
    return render(http, "approvals/decision_closed.html", context, status=status)
