"""Admin | Tools | Offline Approvals: the codes that were given by phone, and giving one."""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agents.errors import Refusal
from agents.models import OfflineApproval
from agents.pages.dialogs import Behind, CodeGiven
from agents.services.offline_codes import CODES_LIVE, approve_offline, read_code
from core.roles import Permission, allowed, requires, roles_of, roles_with
from core.tables import Column
from core.text import visible
from items.confirm import ConfirmForm, DialogForm
from items.listings import Choice, Listing
from items.trail import crumbs, place
from policies.seen import seen_computers

PLACE = place(
    ("Admin", "Tools", "Offline Approvals"),
    "offline_approvals:list",
    roles_with(Permission.APPROVALS_VIEW),
)
LIST = "items/listing.html"
_USES = {
    "as_said": "As said",
    "differs": "Not as said",
    "unreported": "Not reported yet",
}


def _use(approval: OfflineApproval) -> str:
    if approval.differs:
        return "differs"
    return "as_said" if approval.event_id else "unreported"


def _of_use(rows: Any, use: str) -> Any:
    if use == "unreported":
        return rows.filter(event_id=None)
    return rows.exclude(event_id=None).filter(~Q(differs="") if use == "differs" else Q(differs=""))


LISTING = Listing(
    noun="offline approval",
    plural="offline approvals",
    columns=(
        Column(
            "Computer",
            lambda approval: approval.computer.name,
            link=lambda approval: reverse("agents:detail", args=[approval.computer_id]),
        ),
        Column("User", lambda approval: approval.account, place="below"),
        Column("Program", lambda approval: approval.program, width="wide"),
        Column("Reason", lambda approval: approval.reason, place="below"),
        Column("Given", lambda approval: approval.given_at, sort="given_at", width="fit"),
        Column("By", lambda approval: approval.by, place="below"),
        Column(
            "What Ran",
            lambda approval: _USES[_use(approval)],
            tone=lambda approval: {"as_said": "active", "differs": "denied"}.get(
                _use(approval), "off"
            ),
            link=lambda approval: (
                reverse("policy_events:detail", args=[approval.event_id])
                if approval.event_id
                else ""
            ),
        ),
        Column("", lambda approval: approval.differs, place="below"),
    ),
    sort="-given_at",
    choices=(Choice("use", "What Ran", lambda: list(_USES.items()), _of_use),),
    dates="given_at",
    search=lambda query: (
        Q(computer__name__icontains=query)
        | Q(account__icontains=query)
        | Q(program__icontains=query)
        | Q(by__icontains=query)
    ),
    searched="Computer, user, program, person",
    blank_icon="key",
    blank_text="When somebody at a computer without a connection calls and reads out a request code, "
    "press Give Code.",
)


def _page(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """The list's rows, and what its page says beside them."""
    rows = OfflineApproval.objects.filter(computer__in=seen_computers(roles_of(request.user)))
    may_give = allowed(request, Permission.APPROVALS_DECIDE)
    return rows.select_related("computer").defer(
        "computer__secret_hash", "computer__encrypted_key"
    ), {
        "crumbs": crumbs(PLACE)[:-1],
        "heading": PLACE[-1],
        "create_url": reverse("offline_approvals:give") if may_give else "",
        "create_words": "Give Code",
        "lead": "Codes that let one program run at a computer without a connection. What the caller "
        "said is compared with what ran once the computer reports it.",
    }


@requires(Permission.APPROVALS_VIEW)
@require_safe
def offline_approvals(request: HttpRequest) -> HttpResponseBase:
    """The codes that were given, the newest first."""
    rows, page = _page(request)
    return LISTING.answer(request, rows, LIST, **page)


class OfflineForm(DialogForm):
    """What the caller says, and why it is approved."""

    computer = forms.CharField(
        label="Computer",
        max_length=255,
        error_messages={"required": "Enter the computer's name."},
    )
    request_code = forms.CharField(
        label="Request Code",
        max_length=20,
        help_text="The 8 characters that the computer shows.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": "Enter the request code."},
    )
    account = forms.CharField(
        label="User",
        max_length=256,
        help_text="The account that asks, such as EXAMPLE\\alice.",
        error_messages={"required": "Enter the account of the person who asks."},
    )
    program = forms.CharField(
        label="Program",
        max_length=1024,
        help_text="Its name or path, as the computer shows it.",
        error_messages={"required": "Enter the program."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter why you approve it."},
    )
    field_order = ("computer", "request_code", "account", "program", "reason")

    def clean_request_code(self) -> str:
        try:
            return read_code(self.cleaned_data["request_code"])
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean(self) -> dict[str, Any]:
        for name in ("account", "program", "reason"):
            typed = self.cleaned_data.get(name, "")
            if visible(typed) != typed.replace("\r\n", " ").replace("\n", " "):
                self.add_error(name, "Remove the characters that can't be seen.")
        return self.cleaned_data


class GiveCode(CodeGiven):
    """Gives the response to a request code."""

    def about(self) -> dict[str, Any]:
        return {
            "title": "Give Code",
            "caution": "The code approves whatever the computer asks with this request code. Make "
            "sure that you know who calls.",
        }

    def form(self, data: Any) -> ConfirmForm:
        return OfflineForm(data, confirm=self.confirm)

    def behind(self) -> Behind:
        def context() -> dict[str, Any]:
            rows, page = _page(self.request)
            return {**LISTING.context(self.request, rows), **page}

        return Behind(LIST, reverse("offline_approvals:list"), context)

    def act(self, form: ConfirmForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            code = approve_offline(
                computer_name=given["computer"],
                request_code=given["request_code"],
                account=given["account"],
                program=given["program"],
                reason=" ".join(given["reason"].split()),
                user=self.user,
            )
        except Refusal as refused:
            form.add_error(refused.field or None, refused.message)
            return self.show(form, refused.status)
        until = timezone.now() + CODES_LIVE
        return self.show_code(
            form, f"{code[:4]} {code[4:]}", "Response Code", until=until, given=given
        )
