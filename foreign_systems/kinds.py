"""The typed settings of each kind of foreign system, as its row keeps them in JSON. Pure."""

from dataclasses import dataclass

from items.settings import Settings


@dataclass(frozen=True)
class SmtpSettings(Settings):
    """How to reach an SMTP server and how to use it."""

    base_url: str = ""  # smtp://host:port, smtp+starttls:// or smtps://; never with a password
    from_address: str = ""  # default From, for processes that name none
    connection_limit: int = 4  # connections of one worker process
    timeout: float = 30.0  # seconds for one step of a conversation
    ca: str = ""  # a private certificate authority, PEM
