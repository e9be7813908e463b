"""The IMAP client (RFC 3501, IDLE RFC 2177, MOVE RFC 6851). It knows no Django.

Read in this order: `wire.py` is the conversation, each step under one deadline and each size bounded;
`opening.py` leads from a server's settings to a conversation that is signed in; `session.py` is what a
reader asks of it. The steps up to TLS and who may be dialled are those of `foreign_systems/smtp/`.
"""

from foreign_systems.imap.opening import Refused, open_session
from foreign_systems.imap.session import Session

__all__ = ["Refused", "Session", "open_session"]
