"""The headlines and advice of Test Connection: what is wrong, and what to do about it.

Names in braces stand for values; see `_Report._values` in foreign_systems/trying.py.
"""

from __future__ import annotations

from typing import Final

from foreign_systems.smtp.opening import Obstacle

Words = tuple[str, str]  # headline and advice

OBSTACLES: Final[dict[Obstacle, Words]] = {
    Obstacle.TRIAL_ONLY: (
        "A trial does not connect to other machines",
        "This trial connects to this machine only, and {host} is not on it. To send real mail, "
        "start it with --real-mail.",
    ),
    Obstacle.NO_SUCH_NAME: (
        "There is no server of this name",
        "The name server knows no {host}. Look for a typing error in the Base URL.",
    ),
    Obstacle.NAME_SERVER: (
        "The name server does not answer",
        "Whether {host} exists could not be found out. Try again; if it stays so, check the "
        "network and the name servers of the machine that pmconsole runs on.",
    ),
    Obstacle.BAD_ADDRESS: (
        "No mail server can be at this address",
        "{words} Correct the host name in the Base URL, or its entry in the name server.",
    ),
    Obstacle.REFUSED: (
        "The connection was refused",
        "The machine is there, but nothing listens on port {port}. Check the port in the Base "
        "URL (mostly 25, 587 or 465), and whether the mail server runs.",
    ),
    Obstacle.TIMED_OUT: (
        "The connection timed out",
        "Nothing answered at {host} port {port}. A firewall may be in between: have it opened for "
        "this machine, or check host and port in the Base URL.",
    ),
    Obstacle.UNREACHABLE: (
        "The server cannot be reached",
        "{words} Check the host name in the Base URL and the network of this machine.",
    ),
    Obstacle.SILENT: (
        "The server gives no greeting",
        "Something took the connection on port {port} and said nothing for {timeout} seconds. "
        "Check that it is the port of a mail server; a slow one needs a longer Timeout.",
    ),
    Obstacle.CLOSED: (
        "The server hung up before its greeting",
        "It may take connections from certain machines only: ask its administrators to allow "
        "this one. Or port {port} is not the port of a mail server.",
    ),
    Obstacle.NOT_SMTP: (
        "Something else than a mail server answers",
        "What port {port} says is not SMTP. Check the port in the Base URL: mail servers mostly "
        "have 25, 587 or 465.",
    ),
    Obstacle.SPEAKS_TLS: (
        "This port speaks TLS from the first byte",
        "The Base URL begins in clear, and port {port} does not. Write {same_port_tls} instead.",
    ),
    Obstacle.SPEAKS_CLEAR: (
        "This port does not begin with TLS",
        "The Base URL speaks TLS from the first byte, and port {port} begins in clear. Write "
        "{same_port_starttls} instead, or the port that speaks TLS, mostly {usual_tls}",
    ),
    Obstacle.HANDSHAKE: (
        "The encryption could not be agreed on",
        "{words} The server may be too old for TLS 1.2, or port {port} is not what the Base URL "
        "says: smtp+starttls:// is mostly on 587, smtps:// on 465.",
    ),
    Obstacle.AUTHORITY: (
        "The Certificate Authority is not readable",
        "Paste the whole certificate in PEM, from -----BEGIN CERTIFICATE----- to -----END "
        "CERTIFICATE-----, or leave the field empty to trust the usual authorities.",
    ),
    Obstacle.SELF_SIGNED: (
        "The server's certificate is self-signed",
        "If it is the server you mean, the certificate that is shown below can be put into "
        "Certificate Authority. Nothing was sent.",
    ),
    Obstacle.UNKNOWN_AUTHORITY: (
        "The server's certificate is from an unknown authority",
        "Paste the certificate (PEM) of the authority that signed it into Certificate Authority, "
        "in place of any that stands there; the server's own is not enough. Nothing was sent.",
    ),
    Obstacle.EXPIRED: (
        "The server's certificate has expired",
        "Ask the server's administrators to renew it. If they say that it is valid, check the "
        "clock of this machine.",
    ),
    Obstacle.NOT_YET_VALID: (
        "The server's certificate is not valid yet",
        "Check the clock of this machine, then the certificate's first day with the server's "
        "administrators.",
    ),
    Obstacle.MISNAMED: (
        "The server's certificate is for another name",
        "It is not valid for {host}. Write the name that it is for into the Base URL, or have it "
        "renewed with this name in it.",
    ),
    Obstacle.CERTIFICATE: (
        "The server's certificate is not accepted",
        "{words} Ask the server's administrators for a certificate that holds.",
    ),
    Obstacle.NO_STARTTLS: (
        "The server offers no encryption",
        "smtp+starttls:// needs STARTTLS, which the server does not offer on port {port}, or which "
        "somebody in between removes. Check the port, or write {usual_tls} if it speaks TLS there.",
    ),
    Obstacle.STRIPPED: (
        "The server no longer offers encryption",
        "It offered STARTTLS before; somebody in between may be removing it, so nothing was sent. "
        "Ask the server's administrators whether they have switched it off.",
    ),
    Obstacle.UNSAFE_SIGN_IN: (
        "Signing in is not safe here",
        "The server offers no encryption, so the secret would travel in clear and was not sent. "
        "Have STARTTLS switched on, write {usual_tls} if it speaks TLS there, or choose no "
        "credential.",
    ),
    Obstacle.NO_MECHANISM: (
        "The server offers no sign-in by password",
        "{words} If it takes mail from this machine without a sign-in, choose no credential; else "
        "ask its administrators to offer AUTH PLAIN or LOGIN.",
    ),
}

SELF_SIGNED_UNSEEN: Final = (
    "The server's certificate is self-signed",
    "It could not be fetched, or not be read, to be shown here. If it is the server you mean, test "
    "again, or paste its certificate (PEM) into Certificate Authority. Nothing was sent.",
)
SELF_SIGNED_ANOTHER: Final = (
    "The server's certificate is not the trusted one",
    "It is self-signed, and not what stands in Certificate Authority. If the server's "
    "administrators have not renewed it, somebody else answers in its place. Nothing was sent.",
)
GREETING_REFUSED: Final = (
    "The server refused the connection",
    "It said {words} It may not know this machine: ask its administrators to allow it.",
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
        "It said {words} Check the address {recipient}; where it speaks of relaying or access, "
        "choose a credential or have this machine allowed to send.",
    ),
    "DATA": (
        "The server refused the test e-mail",
        "It said {words} The server's administrators can tell which of its rules this was.",
    ),
}
UNUSABLE: Final[dict[str, Words]] = {
    "MAIL FROM": ("The sender's address cannot be used", "{words} Correct Default From."),
    "RCPT TO": ("The recipient's address cannot be used", "{words} Correct the address."),
    "DATA": ("The server cannot take this test e-mail", "{words}"),
}
WRONG_SECRET: Final = (
    "The server refused the sign-in",
    "It does not accept the account name or secret of {account}. Enter the right ones in the "
    "credential, then test again.",
)
SIGN_IN_WANTED: Final = (
    "The server wants a sign-in",
    "No credential is chosen, and the server takes no mail without one. Choose the credential "
    "of an account that may send.",
)
ENCRYPTION_WANTED: Final = (
    "The server wants encryption",
    "It takes nothing in clear, and offers no STARTTLS on port {port}. Write {usual_tls} if it "
    "speaks TLS there; nothing was sent.",
)
BUSY: Final = (
    "The server is busy",
    "It said {words} Try again in a few minutes; if it stays so, lower the Connection Limit.",
)
NOT_NOW: Final = (
    "The server takes no mail at the moment",
    "It said {words} That mostly passes (greylisting, a full disk): try again in a few minutes.",
)
SIGN_IN_NOT_NOW: Final = (
    "The server cannot check sign-ins at the moment",
    "It said {words} Try again in a few minutes.",
)
MAYBE: Final = (
    "Whether the test e-mail was taken is unknown",
    "It was sent whole, and no answer came: {words} Look into the mailbox of {recipient} before "
    "you send another.",
)
NO_ANSWER: Final = (
    "No usable answer to {step}",
    "{words} Try again; if it stays so, the server's log tells its administrators why.",
)
STEPS_IN_WORDS: Final = {
    "EHLO": "our greeting",
    "TLS": "STARTTLS",
    "AUTH": "the sign-in",
    "MAIL FROM": "the sender",
    "RCPT TO": "the recipient",
    "DATA": "the test e-mail",
}
