"""My profile: what people change about themselves.

By what they are known (addresses, accounts) and what they may do, only administrators change: whoever
gave himself the address of an approver would decide in their place.
"""

from dataclasses import replace
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.people.browsers import browser_words
from console.people.factor_views import own_factors
from console.people.passwords import ChangePasswordForm
from core.actors import Actor
from core.audit.services import record
from core.people.models import User
from core.people.password import SessionEnded, enter_again
from core.people.sessions import end_sessions
from core.roles import Permission, requires, roles_of
from core.text import visible
from core.zones import known_zones, shown_zone
from items.areas import Tab
from items.author import Author
from items.services import StaleItem, changing

THEME_COOKIE: Final = "theme"  # templates/bare.html reads it
YEAR: Final = 365 * 24 * 60 * 60  # seconds
MAX_SHOWN: Final = 300  # characters of a browser's own words
_TABS: Final = {"profile": "Profile", "security": "Sign-in and Security", "keyboard": "Keyboard"}


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # of User
    """A person's own name, and how pages look to them."""

    time_zone = forms.ChoiceField(
        label="Time Zone",
        required=False,
        help_text="Of times on pages. Forms, files and emails use the console's.",
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "theme", "time_zone")
        labels = {"first_name": "First Name", "last_name": "Last Name"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [("", "The console's"), *((name, name) for name in known_zones())]


def with_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """The response, and from it on this browser's pages before the sign-in in this theme; "": the device's."""
    if theme:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, secure=secure, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@requires(Permission.HOME)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, theme and time zone; and, to read, by what this person is known."""
    person = _person(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=person)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            # Roles don't limit what people say about themselves.
            try:
                with changing(person, by=replace(Author.of(request), roles=None)):
                    pass
            except StaleItem:
                form.add_error(None, "Your profile was just changed. Save it again.")
                status = 409
            else:
                messages.success(request, "Saved.")
                return with_theme(redirect("profile"), person.theme)
    known = User.objects.select_related("manager", "delegate").get(pk=person.pk)
    context = {
        **_frame(request, "profile"),
        "form": form,
        "known": known,
        "roles": sorted(roles_of(known)),
        "accounts": known.endpoint_accounts.order_by("pk"),
        "addresses": known.mail_addresses.order_by("pk"),
    }
    return render(request, "console/people/profile.html", context, status=status)


@requires(Permission.HOME)
@require_http_methods(["GET", "HEAD", "POST"])
def security(request: HttpRequest) -> HttpResponse:
    """The password, and where this person is signed in. POST changes the password."""
    person = _person(request)
    form, status = ChangePasswordForm(person), 200
    if request.method == "POST":
        form, status = ChangePasswordForm(person, request.POST), 422
        try:
            right = not form.old_password or enter_again(request, person, form.is_right)
        except SessionEnded:
            messages.error(request, "Too many wrong passwords. You are signed out.")
            return redirect("account_login")
        if right and form.is_valid():
            _change_password(request, person, form)
            messages.success(request, "Password changed. Your other sessions have ended.")
            return redirect("security")
        form.is_valid()
    context = {
        **_frame(request, "security"),
        "password_form": form,
        "sessions": [
            (session, browser_words(session.user_agent), visible(session.user_agent, MAX_SHOWN))
            for session in sorted(
                UserSession.objects.purge_and_list(person),
                key=lambda each: each.created_at,
                reverse=True,
            )
        ],
        **own_factors(person),
        "session_key": request.session.session_key,
    }
    return render(request, "console/people/security.html", context, status=status)


@requires(Permission.HOME)
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    person = _person(request)
    with transaction.atomic():
        ended = end_sessions(person, but=request.session.session_key)
        _record(person, "end sessions", ended=ended)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("security")


@requires(Permission.HOME)
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out one other browser of one's own."""
    person = _person(request)
    others = UserSession.objects.filter(user=person).exclude(
        session_key=request.session.session_key
    )
    with transaction.atomic():
        session = others.filter(pk=session_id).first()
        if session is not None:  # else it ended meanwhile, which is as good
            _record(person, "end sessions", ended=1, browser=session.user_agent, address=session.ip)
            session.end()
    messages.success(request, "That browser is signed out.")
    return redirect("security")


@requires(Permission.HOME)
@require_safe
def keyboard(request: HttpRequest) -> HttpResponse:
    """Which keys do what."""
    return render(request, "console/people/keyboard.html", _frame(request, "keyboard"))


def _change_password(request: HttpRequest, person: User, form: ChangePasswordForm) -> None:
    with transaction.atomic():
        form.save()
        end_sessions(person, but=request.session.session_key)
        _record(person, "set password")
    update_session_auth_hash(request, person)  # this session goes on, under another key
    UserSession.objects.filter(user=person).delete()
    UserSession.objects.create_from_request(request)


def _record(person: User, verb: str, **facts: object) -> None:
    record(actor=Actor.of_user(person), verb=verb, kind="user", object_id=person.pk, facts=facts)


def _person(request: HttpRequest) -> User:
    """The signed-in person as stored now."""
    assert isinstance(request.user, User)
    return User.objects.get(pk=request.user.pk)


def _frame(request: HttpRequest, current: str) -> dict[str, Any]:
    return {
        "tabs": [Tab(label, reverse(name), name == current) for name, label in _TABS.items()],
        "zone": str(shown_zone()),
    }
