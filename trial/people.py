"""The people of the example, and the administrator's first password."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.models import Group

from core.people.models import EndpointAccount, User

ADMINISTRATOR = "admin"
DANA, LEE = "dana@example.com", "lee@example.com"


@dataclass(frozen=True)
class _Person:
    username: str
    email: str
    first_name: str
    last_name: str
    role: str = ""

    @property
    def account(self) -> str:
        return f"EXAMPLE\\{self.username}"


# Approvers have endpoint accounts too: without them their own requests would not be recognised.
_PEOPLE = (
    _Person("alice", "alice@example.com", "Alice", "Moreau"),
    _Person("bob", "bob@example.com", "Bob", "Hansen"),
    _Person("dana", DANA, "Dana", "Whitfield", role="Helpdesk"),
    _Person("lee", LEE, "Lee", "Adeyemi", role="Helpdesk"),
    _Person(ADMINISTRATOR, "admin@example.com", "", "", role="Administrators"),
)


def add_people() -> None:
    """Add all. Nobody has a password yet; the administrator gets one when the console runs."""
    for person in _PEOPLE:
        user = User.objects.create_user(
            person.username,
            email=person.email,
            password=None,
            first_name=person.first_name,
            last_name=person.last_name,
        )
        EndpointAccount.objects.create(user=user, name=person.account)
        if person.role:
            user.groups.add(Group.objects.get(name=person.role))


def first_password() -> str | None:
    """Give the administrator a password and return it; None if there is one already.

    Called when all is running, so that a start that fails does not swallow it.
    """
    user = User.objects.filter(name=ADMINISTRATOR).first()
    if user is None or user.has_usable_password():
        return None
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.save(update_fields=["password"])
    return password
