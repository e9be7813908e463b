"""Who changes something, and by which way it came."""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from core.actors import Actor
from core.people.models import User
from core.roles import Roles, roles_of
from items.models import Change


@dataclass(frozen=True)
class Author:
    """("Sam Ortega (sam.ortega)", "in the console from 192.0.2.40")."""

    actor: Actor
    via: str = ""
    roles: Roles | None = None  # what allows the change; None: it isn't limited by roles

    @classmethod
    def of(cls, request: HttpRequest) -> "Author":
        """The signed-in user and the address of the browser."""
        assert isinstance(request.user, User)
        address = get_adapter().get_client_ip(request)
        return cls(
            Actor.of_user(request.user),
            f"in the console from {address}",
            roles_of(request.user),
        )

    def wrote(self, change: Change) -> None:
        """Called with each version that is written in this name; an import keeps them."""
