"""Who changes something, and by which way it came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from core.actors import Actor
from core.people.models import User
from core.roles import Roles, roles_of
from items.models import Change, Item
from items.relations import used_by_changed


class SecondPersonNeeded(Exception):
    """These changes need a second person, so they weren't made: they can be proposed.

    It is raised within their transaction, which it rolls back; `uses` is what they would use.
    """

    def __init__(
        self, changes: Sequence[Change], uses: Sequence[Item], by: "Author", reason: str = ""
    ) -> None:
        super().__init__("This change needs a second person.")
        self.changes, self.uses, self.by, self.reason = changes, uses, by, reason

    @classmethod
    def joined(cls, several: Sequence["SecondPersonNeeded"]) -> "SecondPersonNeeded":
        """Changes of one author that were tried one by one, to be proposed together."""
        changes = [change for each in several for change in each.changes]
        uses = {(item._meta.label_lower, item.pk): item for each in several for item in each.uses}
        return cls(changes, [uses[key] for key in sorted(uses)], several[0].by)


@dataclass(frozen=True)
class Author:
    """("Sam Ortega (sam.ortega)", "in the console from 192.0.2.40")."""

    actor: Actor
    via: str = ""
    roles: Roles | None = None  # what allows the change; None: it isn't limited by roles
    accepted_by: str = ""  # the second person's name, where one has accepted the change

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

    @property
    def is_alone(self) -> bool:
        """Whether a second person may be needed."""
        return self.actor.is_somebody and not self.accepted_by

    def wrote(self, change: Change) -> None:
        """Called with each version that is written in this name. Raises SecondPersonNeeded."""
        if change.needs_second_person:
            raise SecondPersonNeeded([change], used_by_changed([change]), self)


@dataclass(frozen=True)
class Gathering(Author):
    """An author of several changes, which are proposed together if one of them needs a second person:
    end with `finish`.
    """

    written: list[Change] = field(default_factory=list)

    @classmethod
    def like(cls, by: Author) -> Self:
        return cls(by.actor, by.via, by.roles, by.accepted_by)

    def wrote(self, change: Change) -> None:
        self.written.append(change)

    @property
    def needs_second_person(self) -> bool:
        return any(change.needs_second_person for change in self.written)

    def finish(self, *, reason: str = "") -> None:
        """Call it last in the transaction. Raises SecondPersonNeeded."""
        if self.needs_second_person:
            raise SecondPersonNeeded(self.written, used_by_changed(self.written), self, reason)
