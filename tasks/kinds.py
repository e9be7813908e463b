"""The typed settings of each kind of task, as its row keeps them in JSON. Pure."""

from dataclasses import dataclass

from core.settings import Settings

EMAIL_REPORT = "email_report"  # Send E-mail Task, Command: Email Report Results
PURGE = "purge"  # Purge Maintenance Task


@dataclass(frozen=True)
class EmailReport(Settings):
    """Which report is mailed, from and to whom. Its SMTP server and policy are the row's own."""

    report: str = ""  # its key in core/reports.py
    from_address: str = ""  # "" for the server's default From
    to_addresses: tuple[str, ...] = ()
    period_days: int = 7  # how far the report looks back from the moment it is run
    only_if_rows: bool = False


@dataclass(frozen=True)
class Purge(Settings):
    """What is deleted, and from which age on."""

    what: str = "policy_events"  # its key in tasks/purging.py
    older_than: int = 365  # days


SETTINGS: dict[str, type[Settings]] = {EMAIL_REPORT: EmailReport, PURGE: Purge}
