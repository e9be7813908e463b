"""The page behind the link in an email: GET and HEAD show, only a person's POST decides.

Mail scanners open links and run scripts, so nothing here submits itself, and nobody on the way
stores anything: no cache, no referrer for other sites, no index.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from approvals.errors import AnswerRefused, NotAllowed, RequestClosed
from approvals.models import ApprovalRequest, Decision, Invitation
from approvals.pages.answer_links import answer_links
from approvals.pages.forms import LinkForm
from approvals.pages.outcome_words import is_narrower, outcome_state, outcome_words
from approvals.pages.request_facts import more_lines, stakes
from approvals.services import Decider, decide
from approvals.services.deciding import closed_sentence
from approvals.services.notices import requester_address
from approvals.tokens import invitation_of_link
from core.people.models import User
from core.people.selectors import people_with_address, those_with_exactly, user_key
from core.roles import open_to_all


@open_to_all("the secret in the address says who may look; the process says whether that decides")
@require_http_methods(["GET", "HEAD", "POST"])
def decision_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show an approver the request, and take the answer."""
    invitation = invitation_of_link(token.lower())
    if invitation is None:
        response = render(request, "approvals/decision_unknown.html", status=404)
    else:
        response = _page(request, invitation)
    add_never_cache_headers(response)
    # Not no-referrer: a form would then be sent with "Origin: null", which no CSRF check can trust.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _page(http: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The form, the thanks for an answer, or why there is nothing to decide any more."""
    approval_request = invitation.request
    if not ApprovalRequest.objects.open().filter(pk=approval_request.pk).exists():
        return _closed(http, invitation, closed_sentence(approval_request))
    user = http.user if isinstance(http.user, User) else None
    is_invited = user is not None and _is_invited(user, invitation)
    may_decide = is_invited or not approval_request.terms.link_needs_sign_in
    data = http.POST if http.method == "POST" else None
    longest, asked = approval_request.terms.longest_grant, approval_request.asked_minutes
    form = LinkForm(data, longest=longest, asked=asked)
    if form.is_bound and may_decide and form.is_valid():
        try:
            decision = _decide(invitation, form, user=user, is_invited=is_invited)
        except RequestClosed as error:
            approval_request.refresh_from_db()
            return _closed(http, invitation, error.message)
        except (NotAllowed, AnswerRefused) as error:
            form.add_error(None, error.message)
        else:
            approval_request.refresh_from_db()
            done = {
                "approval_request": approval_request,
                "decision": decision,
                "outcome": outcome_words(approval_request),
                "is_narrower": is_narrower(decision),
                "is_told": approval_request.last_waited_at or requester_address(approval_request),
            }
            return render(http, "approvals/decision_done.html", done)
    context = {
        "invitation": invitation,
        **stakes(approval_request),
        "form": form,
        "facts": more_lines(approval_request),
        "may_decide": may_decide,
        "mail_links": [] if may_decide else answer_links(invitation),
    }
    status = 200 if not form.is_bound else 422 if may_decide else 403
    return render(http, "approvals/decision_page.html", context, status=status)


def _is_invited(user: User, invitation: Invitation) -> bool:
    """Whether the address that was asked is theirs; if it is nobody's now, whether it was."""
    holders = people_with_address(invitation.address)
    return user in those_with_exactly(invitation.address, holders) or (
        not holders and user_key(user) in invitation.answerer_known_as
    )


def _decide(
    invitation: Invitation, form: LinkForm, *, user: User | None, is_invited: bool
) -> Decision:
    """The verb; the channel says whether a session or the address alone proved who answers."""
    channel = Decision.Channel.LINK if is_invited else Decision.Channel.BEARER
    return decide(
        number=invitation.request_id,
        decider=Decider(
            channel,
            user=user if is_invited else None,
            invitation=invitation,
            signed_in=None if is_invited else user,
        ),
        answer=form.cleaned_data["answer"],
        minutes=form.cleaned_data["length"],
        comment=form.cleaned_data["comment"],
    )


def _closed(http: HttpRequest, invitation: Invitation, sentence: str) -> HttpResponse:
    """Decided or expired: gone (410) for who looks, too late (409) for who answers.

    Whoever sends the same answer again, as a browser does that reloads the page, learns that it was
    taken (200).
    """
    approval_request, typed = invitation.request, http.POST.get("comment", "").strip()[:1000]
    own = invitation.decisions.order_by("at").last()
    final = approval_request.final_decision
    if final is not None and final == own:
        sentence = f"You {approval_request.state} {approval_request}."
    again = own is not None and _is_again(own, http)
    is_lost = http.method == "POST" and not again
    headline = "Nothing was changed." if is_lost else "Your answer was recorded."
    context = {
        "headline": headline if own else "There is nothing left to decide.",
        "approval_request": approval_request,
        "sentence": sentence,
        "outcome": outcome_words(approval_request),
        "outcome_state": outcome_state(approval_request),
        "final": final,
        "typed": typed if is_lost else "",
    }
    status = 200 if again else 409 if is_lost else 410
    return render(http, "approvals/decision_closed.html", context, status=status)


def _is_again(own: Decision, http: HttpRequest) -> bool:
    """Whether what was sent is the answer that was taken."""
    typed, length = http.POST.get("comment", "").strip()[:1000], http.POST.get("length", "")
    is_as_long = own.answer == Decision.Answer.DENY or str(own.minutes or "") == length
    return (own.answer, own.comment) == (http.POST.get("answer"), typed) and is_as_long
