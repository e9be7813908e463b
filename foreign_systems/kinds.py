"""The typed settings of each kind of foreign system, as its row keeps them in JSON. Pure."""

from dataclasses import dataclass

from items.settings import Settings


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
    ehlo_name: str = ""  # how we introduce ourselves; "": this host's full name, else its address
