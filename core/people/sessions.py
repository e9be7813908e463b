"""The sessions of people: how long they last, and where somebody is signed in.

The settings name this module as SESSION_ENGINE. A session's row says until when it lasts, so that one
that nobody uses has ended for whoever asks: SESSION_COOKIE_AGE after the password was entered at the
latest, and sooner if nobody uses it for as long as Configuration ▸ Advanced says.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.advanced.models import advanced
from core.people.models import User

ENTERED_AT: Final = "password_entered_at"  # in the session, in seconds of the epoch
WRITTEN_EVERY: Final = timedelta(minutes=1)  # that somebody uses it


class SessionStore(db.SessionStore):
    """Django's, with an end that use puts off."""

    lasts_until: datetime | None = None  # as stored

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        self.lasts_until = row.expire_date if row else None
        return row

    def get_expiry_date(self, **_: Any) -> datetime:
        """When it ends if it is used now, and never again."""
        now = timezone.now()
        entered = datetime.fromtimestamp(self.get(ENTERED_AT, now.timestamp()), UTC)
        end = min(entered, now) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        idle = advanced().idle_minutes
        return min(end, now + timedelta(minutes=idle)) if idle else end

    def note_use(self) -> None:
        """Put off the end of a session in which the password was entered."""
        if self.get(ENTERED_AT) is None or self.lasts_until is None:
            return
        end = self.get_expiry_date()
        if abs(end - self.lasts_until) > WRITTEN_EVERY:
            rows = self.model.objects.filter(session_key=self.session_key)
            rows.filter(expire_date__gt=timezone.now()).update(expire_date=end)


def is_poll(request: HttpRequest) -> bool:
    """Whether an open page asks by itself, as static/ui/console.js marks it: nobody uses anything."""
    return "HX-Poll" in request.headers


class Sessions(SessionMiddleware):
    """Django's; what an open page asks for by itself doesn't keep a session."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if request.session.session_key and not is_poll(request):
            request.session.note_use()  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if is_poll(request) and request.session.is_empty():
            # Sent just before the session was renewed, perhaps: Django would take the new cookie away.
            return response
        return super().process_response(request, response)


def renew(request: HttpRequest) -> None:
    """Let this session go on under another key: the one before opens nothing any more."""
    before = request.session.session_key
    request.session.cycle_key()
    own = UserSession.objects.filter(session_key=before)
    own.update(session_key=request.session.session_key)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign the person out everywhere, except in the session with the key `but`; how many ended."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    return ended
