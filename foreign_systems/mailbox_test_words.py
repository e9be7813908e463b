"""The headlines and advice of a mailbox's Test Connection: what is wrong, and what to do about it.

Names in braces stand for values; see `_Check._values` in foreign_systems/mailbox_test.py.
"""

from __future__ import annotations

from typing import Final

from foreign_systems import connection_test_words
from foreign_systems.connection_test_words import Words
from foreign_systems.smtp.progress import Obstacle

OBSTACLES: Final[dict[Obstacle, Words]] = {
    **connection_test_words.OBSTACLES,
    Obstacle.TRIAL_ONLY: (
        "A trial doesn't connect to other machines",
        "This trial connects to this machine only, and {host} is not on it. To read real mail, "
        "start it with --real-mail.",
    ),
    Obstacle.REFUSED: (
        "The connection was refused",
        "The machine is there, but nothing is listening on port {port}. Check the port in the Base "
        "URL (usually 993 or 143) and whether the server's IMAP is switched on.",
    ),
    Obstacle.NOT_SMTP: (
        "Something other than an IMAP server answered",
        "What port {port} says isn't IMAP. Check the port in the Base URL: IMAP servers usually "
        "listen on 993 or 143.",
    ),
    Obstacle.SPEAKS_CLEAR: (
        "This port doesn't start with TLS",
        "The Base URL speaks TLS from the first byte, and port {port} starts unencrypted: it "
        "expects STARTTLS. Use {same_port_starttls} instead, or {usual_tls}",
    ),
    Obstacle.HANDSHAKE: (
        "TLS couldn't be negotiated",
        "{words} The server may be too old for TLS 1.2, or port {port} doesn't match the Base "
        "URL: imaps:// is usually on 993, imap+starttls:// on 143.",
    ),
    Obstacle.NO_STARTTLS: (
        "The server offers no encryption",
        "imap+starttls:// needs STARTTLS, which the server doesn't offer on port {port}, or which "
        "someone in between removes. Check the port, or use {usual_tls} if it speaks TLS there.",
    ),
    Obstacle.UNSAFE_SIGN_IN: (
        "Signing in isn't safe here",
        "The server offers no encryption, so the secret would travel unencrypted and wasn't sent. "
        "Use {usual_tls} if it speaks TLS there, or have STARTTLS switched on.",
    ),
    Obstacle.NO_MECHANISM: (
        "The server doesn't let us sign in this way",
        "{words} Choose a credential of another kind (password, or OAuth 2.0), or have the server's "
        "administrators switch this one on.",
    ),
}
GREETING: Final = connection_test_words.GREETING_REFUSED
TLS: Final = connection_test_words.REFUSALS["TLS"]
NO_TOKEN: Final = connection_test_words.NO_TOKEN
TOKEN_REFUSED: Final = connection_test_words.TOKEN_REFUSED
WRONG_SECRET: Final = (
    "The server refused the sign-in",
    "It said {words} Correct the account name or secret of {account} in the credential, and check "
    "that IMAP is switched on for this mailbox.",
)
PASSWORD_OFF_MICROSOFT: Final = (
    "Microsoft doesn't accept passwords for IMAP",
    "It said {words} Exchange Online has switched off sign-in by password for IMAP, also where "
    "the password is right. Choose a credential that signs in by OAuth 2.0.",
)
PASSWORD_OFF_GOOGLE: Final = (
    "Google wants an app password or OAuth 2.0",
    "It said {words} The account's own password isn't accepted for IMAP. Create an app password "
    "for {account} and enter it in the credential, or choose one that signs in by OAuth 2.0.",
)
LATER: Final = (
    "The server can't check sign-ins right now",
    "It said {words} Try again in a few minutes.",
)
CUT: Final = (
    "The conversation ended early",
    "{words} Try again; if it keeps failing, the server's log tells its administrators why.",
)
FOLDER_REFUSED: Final = (
    "The server refused a folder",
    "It said {words} Have {account} allowed to read and change {folder}.",
)
NO_INBOX: Final = (
    "The folder {folder} doesn't exist",
    "Replies are read from it. Correct Inbox; usually it is INBOX.",
)
FOLDERS_MISSING: Final = (
    "A folder is missing",
    "Replies are moved to it once they were read: {missing}. Choose Create Folders below, or enter "
    "folders that exist.",
)
UNKNOWN_SERVER: Final = (
    "Replies here couldn't be verified",
    "The newest messages carry Authentication-Results of {found}, and Authentication Servers "
    "{trusted}. If {found} is your own mail server, enter it there; else every reply is rejected.",
)
NO_RESULTS: Final = (
    "Replies here couldn't be verified",
    "The newest messages carry no Authentication-Results. Have your mail server verify senders "
    "(SPF, DKIM, DMARC) and write them; else every reply is rejected.",
)
SHARED: Final = (
    "The mailbox can be read; it is shared with other mail",
    "{others} of {messages} messages in {folder} aren't addressed to {reply}. They are left "
    "alone. A mailbox of its own is easier to watch.",
)
ALL_WELL: Final = (
    "The mailbox can be read",
    "Nothing was changed. Replies are read from {folder}, and moved to the other two folders.",
)
