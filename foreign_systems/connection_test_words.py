"""The headlines and advice of Test Connection: what is wrong, and what to do about it.

Names in braces stand for values; see `Reporter._values` in foreign_systems/reporter.py.
"""

from __future__ import annotations

from typing import Final

from foreign_systems.smtp.progress import Obstacle

Words = tuple[str, str]  # headline and advice

OBSTACLES: Final[dict[Obstacle, Words]] = {
    Obstacle.TRIAL_ONLY: (
        "A trial doesn't connect to other machines",
        "This trial connects to this machine only, and {host} is not on it. To send real mail, "
        "start it with --real-mail.",
    ),
    Obstacle.NO_SUCH_NAME: (
        "No server has this name",
        "DNS has no entry for {host}. Check the Base URL for typing errors.",
    ),
    Obstacle.NAME_SERVER: (
        "The name server isn't answering",
        "It couldn't be found out whether {host} exists. Try again; if it keeps failing, check the "
        "network and the name servers of the machine that runs pmconsole.",
    ),
    Obstacle.BAD_ADDRESS: (
        "This can't be a mail server's address",
        "{words} Correct the host name in the Base URL, or its DNS entry.",
    ),
    Obstacle.REFUSED: (
        "The connection was refused",
        "The machine is there, but nothing is listening on port {port}. Check the port in the Base "
        "URL (usually 25, 587 or 465) and whether the mail server is running.",
    ),
    Obstacle.TIMED_OUT: (
        "The connection timed out",
        "Nothing answered at {host} port {port}. A firewall may be blocking it: have it opened "
        "for this machine, or check the host and port in the Base URL.",
    ),
    Obstacle.UNREACHABLE: (
        "The server can't be reached",
        "{words} Check the host name in the Base URL and the network of this machine.",
    ),
    Obstacle.SILENT: (
        "The server sends no greeting",
        "Something accepted the connection on port {port} and said nothing for {timeout} seconds. "
        "Check that this is a mail server's port; a slow server needs a longer Timeout.",
    ),
    Obstacle.CLOSED: (
        "The server hung up before its greeting",
        "It may accept connections from certain machines only: ask its administrators to allow "
        "this one. Or port {port} isn't a mail server's port.",
    ),
    Obstacle.NOT_SMTP: (
        "Something other than a mail server answered",
        "What port {port} says isn't SMTP. Check the port in the Base URL: mail servers usually "
        "listen on 25, 587 or 465.",
    ),
    Obstacle.SPEAKS_TLS: (
        "This port speaks TLS from the first byte",
        "The Base URL starts unencrypted, and port {port} doesn't. Use {same_port_tls} instead.",
    ),
    Obstacle.SPEAKS_CLEAR: (
        "This port doesn't start with TLS",
        "The Base URL speaks TLS from the first byte, and port {port} starts unencrypted. Use "
        "{same_port_starttls} instead, or the port that speaks TLS, usually {usual_tls}",
    ),
    Obstacle.HANDSHAKE: (
        "TLS couldn't be negotiated",
        "{words} The server may be too old for TLS 1.2, or port {port} doesn't match the Base "
        "URL: smtp+starttls:// is usually on 587, smtps:// on 465.",
    ),
    Obstacle.AUTHORITY: (
        "The Certificate Authority can't be read",
        "Paste the whole certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END "
        "CERTIFICATE-----, or leave the field empty to trust the usual authorities.",
    ),
    Obstacle.SELF_SIGNED: (
        "The server's certificate is self-signed",
        "If this is the server you mean, you can put the certificate that is shown below into "
        "Certificate Authority. Nothing was sent.",
    ),
    Obstacle.UNKNOWN_AUTHORITY: (
        "The server's certificate is from an unknown authority",
        "Paste the certificate (PEM) of the authority that signed it into Certificate Authority, "
        "replacing what is there; the server's own isn't enough. Nothing was sent.",
    ),
    Obstacle.EXPIRED: (
        "The server's certificate has expired",
        "Ask the server's administrators to renew it. If they say that it's valid, "
        "check this machine's clock.",
    ),
    Obstacle.NOT_YET_VALID: (
        "The server's certificate isn't valid yet",
        "Check this machine's clock, then ask the server's administrators when the certificate "
        "becomes valid.",
    ),
    Obstacle.MISNAMED: (
        "The server's certificate is for another name",
        "It isn't valid for {host}. Use the name it was issued for in the Base URL, or have it "
        "renewed with this name.",
    ),
    Obstacle.CERTIFICATE: (
        "The server's certificate isn't accepted",
        "{words} Ask the server's administrators for a valid certificate.",
    ),
    Obstacle.NO_STARTTLS: (
        "The server offers no encryption",
        "smtp+starttls:// needs STARTTLS, which the server doesn't offer on port {port}, or which "
        "someone in between removes. Check the port, or use {usual_tls} if it speaks TLS there.",
    ),
    Obstacle.STRIPPED: (
        "The server no longer offers encryption",
        "It offered STARTTLS before; someone in between may be removing it, so nothing was sent. "
        "Ask the server's administrators whether they switched it off.",
    ),
    Obstacle.UNSAFE_SIGN_IN: (
        "Signing in isn't safe here",
        "The server offers no encryption, so the secret would travel unencrypted and wasn't sent. "
        "Have STARTTLS switched on, use {usual_tls} if it speaks TLS there, or choose no "
        "credential.",
    ),
    Obstacle.NO_MECHANISM: (
        "The server offers no sign-in by password",
        "{words} If it accepts mail from this machine without sign-in, choose no credential; "
        "otherwise ask its administrators to offer AUTH PLAIN or LOGIN.",
    ),
}

SELF_SIGNED_UNSEEN: Final = (
    "The server's certificate is self-signed",
    "It couldn't be fetched or read, so it isn't shown here. If this is the server you mean, test "
    "again, or paste its certificate (PEM) into Certificate Authority. Nothing was sent.",
)
SELF_SIGNED_ANOTHER: Final = (
    "The server's certificate isn't the trusted one",
    "It's self-signed, and not the one in Certificate Authority. If the server's administrators "
    "haven't renewed it, someone else is answering in its place. Nothing was sent.",
)
GREETING_REFUSED: Final = (
    "The server refused the connection",
    "It said {words} It may not know this machine: ask its administrators to allow it.",
)
EHLO_NAME_REFUSED: Final = (
    "The server refused our EHLO Name",
    "{words} Enter a name that DNS knows this machine by in EHLO Name.",
)
REFUSALS: Final[dict[str, Words]] = {
    "Greeting": GREETING_REFUSED,
    "EHLO": GREETING_REFUSED,
    "TLS": (
        "The server refused to encrypt",
        "It offers STARTTLS, and then said {words} Ask its administrators; nothing was sent.",
    ),
    "AUTH": (
        "The server refused the sign-in",
        "It said {words} Ask its administrators whether {account} may sign in from this machine.",
    ),
    "MAIL FROM": (
        "The server refused the sender",
        "It said {words} Correct Default From, or have this machine or account allowed to send as "
        "{sender}.",
    ),
    "RCPT TO": (
        "The server refused the recipient",
        "It said {words} Check the address {recipient}; if it mentions relaying or access, "
        "choose a credential or have this machine allowed to send.",
    ),
    "DATA": (
        "The server refused the test email",
        "It said {words} Its administrators can tell you which rule this was.",
    ),
}

_BOUNCE_ADDRESSES_OFF: Final = (
    "Turn Bounce Addresses off for this server (Admin | Configuration, Foreign Systems), or have it let "
    "{account} send as bounce addresses."
)
BOUNCE_ADDRESS_REFUSED: Final = (
    "The server refuses bounce addresses as senders",
    "It doesn't let {account} send as {sender}, and accepts Default From as the envelope sender. It said "
    f"{{words}} {_BOUNCE_ADDRESSES_OFF}",
)
BOUNCE_ADDRESS_SENT: Final = (
    "The server refuses bounce addresses as senders",
    "The test email was accepted only with Default From as its envelope sender; real mail has a bounce "
    f"address, such as {{sender}}. It said {{words}} {_BOUNCE_ADDRESSES_OFF}",
)

UNUSABLE: Final[dict[str, Words]] = {
    "MAIL FROM": ("The sender's address can't be used", "{words} Correct Default From."),
    "RCPT TO": ("The recipient's address can't be used", "{words} Correct the address."),
    "DATA": ("The server can't accept this test email", "{words}"),
}
WRONG_SECRET: Final = (
    "The server refused the sign-in",
    "It doesn't accept the account name or secret of {account}. Correct them in the credential, "
    "then test again.",
)
NO_TOKEN: Final = ("No sign-in by OAuth 2.0", "{words} Correct the credential, then test again.")
TOKEN_REFUSED: Final = (
    "The server doesn't accept the access token",
    "It said {words} The token server gave the token, so check that {account} is the mailbox's "
    "address, that this client may act for it, and the Scope in the credential.",
)
SIGN_IN_WANTED: Final = (
    "The server requires sign-in",
    "No credential is chosen, and the server accepts no mail without one. Choose the credential "
    "of an account that may send.",
)
ENCRYPTION_WANTED: Final = (
    "The server requires encryption",
    "It accepts nothing unencrypted, and offers no STARTTLS on port {port}. Use {usual_tls} if it "
    "speaks TLS there; nothing was sent.",
)
BUSY: Final = (
    "The server is busy",
    "It said {words} Try again in a few minutes; if it keeps failing, lower the Connection Limit.",
)
NOT_NOW: Final = (
    "The server isn't accepting mail right now",
    "It said {words} This usually passes (greylisting, a full disk): try again in a few minutes.",
)
SIGN_IN_NOT_NOW: Final = (
    "The server can't check sign-ins right now",
    "It said {words} Try again in a few minutes.",
)
MAYBE: Final = (
    "It's unknown whether the test email was accepted",
    "All of it was sent, and no answer came: {words} Check the mailbox of {recipient} before you "
    "send another.",
)
NO_ANSWER: Final = (
    "No usable answer to {step}",
    "{words} Try again; if it keeps failing, the server's log tells its administrators why.",
)
STEPS_IN_WORDS: Final = {
    "EHLO": "our greeting",
    "TLS": "STARTTLS",
    "AUTH": "the sign-in",
    "MAIL FROM": "the sender",
    "RCPT TO": "the recipient",
    "DATA": "the test email",
}
