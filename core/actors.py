"""Who acted: a stable id and a kind beside the name, so that nobody passes for somebody else. Pure."""

import uuid
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final, Protocol

MAX_ACTOR_NAME: Final = 254  # what a column holds: an address
MAX_ACTOR_KIND: Final = 10
MAX_ACTOR_ID: Final = 300
MAX_NAME: Final = 120  # characters of a person's or account's name as mails show it


class Person(Protocol):
    """What an actor needs to know of a user."""

    pk: Any
    username: str

    def get_full_name(self) -> str: ...


class ActorKind(StrEnum):
    """What kind of actor the id belongs to."""

    USER = "user"  # the primary key of core.people.User
    ADDRESS = "address"  # the invited address
    ENDPOINT = "endpoint"  # the computer's id and the account's
    SYSTEM = "system"  # pmconsole itself, or an operator at its command line


@dataclass(frozen=True)
class Actor:
    """Who did something. `name` is what pages, mails and the audit trail show.

    Names of different kinds can't be alike: a user's is the user name alone, without a blank, or ends
    with it in brackets; the others have a blank or an @ and end in no user name.
    """

    kind: ActorKind
    id: str
    account: str  # user name, address, the endpoint's account, the operator's
    name: str

    @classmethod
    def of_user(cls, user: Person) -> "Actor":
        """("Sam Ortega (sam.ortega)"), the name cut so that the user name stays."""
        account, name = user.username, user.get_full_name()
        shown = _cut(account, MAX_NAME)
        room = MAX_NAME - len(account) - len(" ()")
        if (name or "@" in account) and room > 0:
            shown = f"{_cut(name or account, room)} ({account})"
        return cls(ActorKind.USER, str(user.pk), account, shown)

    @classmethod
    def of_address(cls, address: str, person: Person | None = None) -> "Actor":
        """Somebody who proved no more than an address; `person` is whose profile holds it."""
        name = cls.of_user(person).name if person else address
        return cls(ActorKind.ADDRESS, address, address, name)

    @classmethod
    def of_endpoint(
        cls, account: str, *, computer_id: uuid.UUID, computer: str, account_id: str = ""
    ) -> "Actor":
        """("admin on WS-014"): an account as an endpoint reports it."""
        name = f"{_cut(account, 70)} on {_cut(computer, 46)}"
        return cls(ActorKind.ENDPOINT, f"{computer_id}:{account_id or account}", account, name)

    @classmethod
    def of_agent(cls, *, computer_id: uuid.UUID, computer: str) -> "Actor":
        """("the agent of WS-014"): the computer itself, for nobody in particular."""
        name = f"the agent of {_cut(computer, 100)}"
        return cls(ActorKind.ENDPOINT, str(computer_id), "", name)

    @classmethod
    def of_system(cls, part: str) -> "Actor":
        """("system: schedule"): what pmconsole does by itself."""
        return cls(ActorKind.SYSTEM, part, part, f"system: {part}")

    @classmethod
    def of_operator(cls, account: str) -> "Actor":
        """("operator root"): somebody at the command line of the console's host."""
        return cls(ActorKind.SYSTEM, f"operator:{account}", account, f"operator {account}")

    @property
    def is_somebody(self) -> bool:
        """Whether a person acts, not pmconsole by itself."""
        return self.kind is not ActorKind.SYSTEM or self.id.startswith("operator:")

    def overriding(self) -> "Actor":
        """An operator who does what is the approvers' to do, and is shown as that."""
        return replace(self, name=f"{self.name}, operator override")

    def columns(self, prefix: str) -> dict[str, str]:
        """The values of three columns: `prefix`, `prefix_kind` and `prefix_id`."""
        shown, identity = self.name[:MAX_ACTOR_NAME], self.id[:MAX_ACTOR_ID]
        return {prefix: shown, f"{prefix}_kind": self.kind.value, f"{prefix}_id": identity}

    def to_json(self) -> dict[str, str]:
        return asdict(self)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
