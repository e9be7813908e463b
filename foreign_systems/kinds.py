"""The typed settings of each kind of foreign system, as its row keeps them in JSON. Pure."""

from dataclasses import dataclass

from core.settings import Settings


@dataclass(frozen=True)
class SmtpSettings(Settings):
    """How to reach an SMTP server and how to use it."""

    base_url: str = ""  # smtp://host:port, smtp+starttls:// or smtps://; never with a password
    from_address: str = ""  # default From, for processes that name none
    from_name: str = "pmconsole approvals"  # shown before it, for those that name none; "": nothing
    # Connections of one worker process. A server that takes 50 ms gets 200 messages a second over
    # ten; two processes stay within what servers allow one client (Exchange 20, Postfix 50).
    connection_limit: int = 10
    timeout: float = 30.0  # seconds for one step of a conversation
    ca: str = ""  # a private certificate authority, PEM
    # Each email has a bounce address of its own as MAIL FROM, to which what can't be delivered comes
    # back. Without: the From address.
    bounce_addresses: bool = True
    ehlo_name: str = ""  # how we introduce ourselves; "": this host's full name, else its address


@dataclass(frozen=True)
class SyslogSettings(Settings):
    """Where audit entries go as RFC 5424 messages."""

    base_url: str = ""  # syslog+tls://host:port or syslog://host:port
    enabled: bool = True
    timeout: float = 10.0  # seconds for one step
    ca: str = ""  # a private certificate authority, PEM


@dataclass(frozen=True)
class WebhookSettings(Settings):
    """Where audit entries go as signed POST requests."""

    base_url: str = ""  # https://host/path
    enabled: bool = True
    private_network: bool = False  # addresses of private networks may be dialled as well
    timeout: float = 10.0  # seconds for one step
    ca: str = ""  # a private certificate authority, PEM


@dataclass(frozen=True)
class MailboxSettings(Settings):
    """Where replies arrive by IMAP, and by what its mail server's results are known."""

    base_url: str = ""  # imaps://host:port, imap+starttls:// or imap://; never with a password
    enabled: bool = True
    inbox: str = "INBOX"  # the folder that is read
    processed: str = "Processed"  # where replies go that were read
    failed: str = "Failed"  # and those that can't be
    timeout: float = 30.0  # seconds for one step of a conversation
    ca: str = ""  # a private certificate authority, PEM
    # How senders are proven (docs/replies.md, step 4).
    authserv_ids: tuple[str, ...] = ()  # of the Authentication-Results that count
    results_without_id: bool = False  # the topmost field counts where it names no server
    one_field_per_filter: bool = False  # the fields with our id that stand together on top are one
    verifies_dkim: bool = False  # signatures are verified here as well
    internal_header: str = ""  # a field that the server sets for its own signed-in users only
    internal_value: str = ""
    internal_domains: tuple[str, ...] = ()  # From domains that it counts for

    @property
    def knows_senders(self) -> bool:
        """Whether there is anything by which a sender could be proven."""
        ours = self.authserv_ids or self.results_without_id
        return bool(ours or self.internal_header or self.verifies_dkim)
