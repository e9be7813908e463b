"""The terms of a request: what its process and type said when it was opened.

They are frozen into the request as JSON, so that later edits affect new requests only. Pure: no
Django, no database.
"""

from dataclasses import dataclass, fields
from typing import Self

from items.settings import Settings

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
class ProcessSettings(Settings):
    """Parameters of an approval process. Times are minutes."""

    to_addresses: tuple[str, ...] = ()
    from_address: str = ""
    report_to_run: str = "most-recent-pending"
    approvals_needed: int = 1
    expires_after: int = 8 * 60
    longest_grant: int = MINUTES_A_DAY
    pause_after_denial: int = 60
    link_needs_sign_in: bool = True
    mail_domain: str = ""  # makes DOMAIN\alice alice@mail_domain


@dataclass(frozen=True)
class Terms(Settings):
    """What a request froze of its process and type."""

    process_name: str
    process_kind: str
    type_name: str
    to_addresses: tuple[str, ...]
    from_address: str
    approvals_needed: int
    expires_after: int
    longest_grant: int
    pause_after_denial: int
    link_needs_sign_in: bool
    mail_domain: str
    file_specific: bool
    policy_specific: bool
    command_line_specific: bool
    elevated: bool  # whether the policy adds administrative rights
