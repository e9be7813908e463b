"""The sessions of a person: where they are signed in."""

from allauth.usersessions.models import UserSession

from core.people.models import User


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign the person out everywhere, except in the session with the key `but`; how many ended."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    return ended
