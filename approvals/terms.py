"""The settings of an approval process, and the terms that a request freezes of them.

Later edits affect new requests only. Pure: no Django, no database.

A setting is a field here and one of the form (approvals/process_forms.py). One that says how a request
is decided belongs to DecidingSettings, one that says who is asked and when to AskingSettings: requests
then freeze it without being told.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from core.settings import Settings

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Characteristics:
    """What a timed grant is bound to beyond computer, account and approval type."""

    file_specific: bool = True
    policy_specific: bool = False
    command_line_specific: bool = True

    @classmethod
    def of(cls, source: object) -> Self:
        """Those of an approval type, or those that a request's `Terms` froze."""
        return cls(**{field.name: getattr(source, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class Rights:
    """What a program gets beyond its user's own rights. Only an allowed program gets any."""

    elevate: bool = False
    run_as: str = ""  # "" for the user's own account
    environment: Mapping[str, str] = field(default_factory=dict)
    remove_rights: bool = False

    def include(self, wanted: "Rights") -> bool:
        """Whether a program with the rights `wanted` gets no more than these.

        Without administrator rights, a user's own account is less than any other.
        """
        own_account = not wanted.run_as and not wanted.elevate
        return (
            (self.elevate or not wanted.elevate)
            and (wanted.remove_rights or not self.remove_rights)
            and (own_account or wanted.run_as == self.run_as)
            and wanted.environment.items() <= self.environment.items()
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class DecidingSettings(Settings):
    """How a request is decided. Times are minutes."""

    approvals_needed: int = 1
    expires_after: int = 8 * 60
    longest_grant: int = MINUTES_A_DAY
    one_time_ends_after: int = MINUTES_A_DAY  # unless it is used
    tell_before_end: int = 0  # the requester, of a timed grant; 0: nobody is told
    pause_after_denial: int = 60  # 0: none
    link_needs_sign_in: bool = True
    mail_domain: str = ""  # makes DOMAIN\alice alice@mail_domain


@dataclass(frozen=True, kw_only=True)
class AskingSettings(Settings):
    """From where approvers are asked, and what happens while none answers. Times are minutes."""

    to_addresses: tuple[str, ...] = ()
    from_address: str = ""  # "" for the server's Default From
    from_name: str = ""  # shown before it; "" for the server's Default From Name
    remind_after: int = 0  # those who haven't answered, once; 0: never
    escalate_to: tuple[str, ...] = ()  # asked too, then or as soon as too few others could decide
    escalate_to_manager: bool = False  # the requester's, like them
    escalate_to_role: str = ""  # whoever holds it then, like them; "": nobody
    escalate_after: int = 0  # 0: only when too few could

    @property
    def escalates(self) -> bool:
        return bool(self.escalate_to or self.escalate_to_manager or self.escalate_to_role)


@dataclass(frozen=True, kw_only=True)
class ProcessSettings(DecidingSettings, AskingSettings):
    """What an approval process keeps: how it decides and whom it asks."""

    asks_manager: bool = False  # the requester's, by his profile, beside the addresses
    manager_fallback: str = ""  # asked if no manager can be; "": nobody is
    report_to_run: str = "most-recent-pending"

    @property
    def asks_somebody(self) -> bool:
        return bool(self.to_addresses or self.asks_manager)


@dataclass(frozen=True, kw_only=True)
class Terms(DecidingSettings, AskingSettings):
    """What a request froze of its process and type, at the moment it was asked. Stored as JSON."""

    process_name: str
    process_kind: str
    decided_by_mail: bool  # else in the console alone: its emails only tell
    type_name: str
    sender_mail_domain: str = ""  # of the process that sends, where another one decides
    manager: str = ""  # the address of the requester's, if the process asks or escalates to them
    file_specific: bool
    policy_specific: bool
    command_line_specific: bool
    rights: Rights  # what an approval gives, and nothing more

    @property
    def mail_domains(self) -> tuple[str, ...]:
        """Those that tell who the requester is."""
        return tuple(dict.fromkeys(filter(None, (self.mail_domain, self.sender_mail_domain))))

    @property
    def elevated(self) -> bool:
        return self.rights.elevate

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        by_mail = {"decided_by_mail": data["process_kind"] == "email"}  # what older requests lack
        return super().from_json({**by_mail, **data, "rights": Rights(**data["rights"])})

    @classmethod
    def freeze(cls, decides: DecidingSettings, asks: AskingSettings, **more: Any) -> Self:
        """These terms: all that `decides` says of deciding, and `asks` of asking; `more` fields win."""
        shared = {field.name: getattr(decides, field.name) for field in fields(DecidingSettings)}
        shared |= {field.name: getattr(asks, field.name) for field in fields(AskingSettings)}
        return cls(**{**shared, **more})
