"""What Admin ▸ Configuration ▸ Advanced sets, with the presets. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from core.settings import Settings


class RequiredFrom(StrEnum):
    """Who must have a second factor, of those who sign in by password."""

    NOBODY = "nobody"
    CHANGING = "changing"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class ConsoleSettings(Settings):
    """The bounds are those of the form's fields."""

    second_person: bool = False  # for changes of active policies, and of what they use
    keep_events: int = 90  # days
    keep_evidence: int = 365  # days after a request was closed, whatever a purge task says
    event_megabytes: int = 20  # of one computer a day until events lose their bulky parts
    openings_per_account: int = 20  # an hour, of one account on one computer
    openings_per_computer: int = 60  # an hour
    request_mails_per_minute: int = 0  # to one approver; further ones come in a digest. 0: no limit
    calls_per_computer: int = 600  # a minute
    registrations_per_address: int = 20  # a minute
    offline_policies: int = 7  # days that an agent may go by policies that it can't renew
    wrong_passwords: int = 5  # of a person from one address, until no more are looked at
    lock_minutes: int = 15
    second_factor: str = RequiredFrom.NOBODY.value
    idle_minutes: int = 60  # until a session ends that nobody uses. 0: no limit
