"""Test Connection and Send Test E-mail: what an SMTP server does, in plain words and in its own.

A headline and what to do, the steps that an administrator thinks in, and the transcript. Each
text is one line in which control and bidi characters are visible; none holds the password.
"""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from foreign_systems.smtp.answers import Answer, Kind, printable
from foreign_systems.smtp.opening import Obstacle, TlsFacts
from foreign_systems.smtp.probe import Attempt, Fault, TranscriptLine, attempt
from foreign_systems.smtp.server import Server
from foreign_systems.smtp_url import Security

__all__ = ["TranscriptLine", "Tried", "TriedStep", "send_test", "try_connection"]

Tone = Literal["good", "bad", "off"]
Words = tuple[str, str]  # headline and advice, in which {names} stand for values

_LABELS: Final = {  # of the steps of a probe
    "Resolve": "Name",
    "Connect": "Connection",
    "Greeting": "Connection",
    "EHLO": "Connection",
    "TLS": "Encryption",
    "AUTH": "Sign-in",
    "MAIL FROM": "Sender",
    "RCPT TO": "Recipient",
    "DATA": "Message",
}
_MOST_NAMES: Final = 3  # of a certificate that may have a hundred
_LONGEST_QUOTE: Final = 300  # characters; the transcript has it whole

_OBSTACLES: Final[dict[Obstacle, Words]] = {
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
        "If it is the server you mean, paste its certificate (PEM) into Certificate Authority. "
        "Nothing was sent.",
    ),
    Obstacle.UNKNOWN_AUTHORITY: (
        "The server's certificate is from an unknown authority",
        "Paste the certificate (PEM) of the authority that signed it into Certificate Authority, "
        "in place of any that stands there. Nothing was sent.",
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

_GREETING_REFUSED: Final = (
    "The server refused the connection",
    "It said {words} It may not know this machine: ask its administrators to allow it.",
)
_REFUSALS: Final[dict[str, Words]] = {
    "Greeting": _GREETING_REFUSED,
    "EHLO": _GREETING_REFUSED,
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
_UNUSABLE: Final[dict[str, Words]] = {
    "MAIL FROM": ("The sender's address cannot be used", "{words} Correct Default From."),
    "RCPT TO": ("The recipient's address cannot be used", "{words} Correct the address."),
    "DATA": ("The server cannot take this test e-mail", "{words}"),
}
_WRONG_SECRET: Final = (
    "The server refused the sign-in",
    "It does not accept the account name or secret of {account}. Enter the right ones in the "
    "credential, then test again.",
)
_SIGN_IN_WANTED: Final = (
    "The server wants a sign-in",
    "No credential is chosen, and the server takes no mail without one. Choose the credential "
    "of an account that may send.",
)
_ENCRYPTION_WANTED: Final = (
    "The server wants encryption",
    "It takes nothing in clear, and offers no STARTTLS on port {port}. Write {usual_tls} if it "
    "speaks TLS there; nothing was sent.",
)
_BUSY: Final = (
    "The server is busy",
    "It said {words} Try again in a few minutes; if it stays so, lower the Connection Limit.",
)
_NOT_NOW: Final = (
    "The server takes no mail at the moment",
    "It said {words} That mostly passes (greylisting, a full disk): try again in a few minutes.",
)
_SIGN_IN_NOT_NOW: Final = (
    "The server cannot check sign-ins at the moment",
    "It said {words} Try again in a few minutes.",
)
_MAYBE: Final = (
    "Whether the test e-mail was taken is unknown",
    "It was sent whole, and no answer came: {words} Look into the mailbox of {recipient} before "
    "you send another.",
)
_NO_ANSWER: Final = (
    "No usable answer to {step}",
    "{words} Try again; if it stays so, the server's log tells its administrators why.",
)
_STEPS_IN_WORDS: Final = {
    "EHLO": "our greeting",
    "TLS": "STARTTLS",
    "AUTH": "the sign-in",
    "MAIL FROM": "the sender",
    "RCPT TO": "the recipient",
    "DATA": "the test e-mail",
}


@dataclass(frozen=True)
class TriedStep:
    """One line of the result. `tone` is good, bad, or off where it was not tried."""

    label: str
    tone: Tone
    text: str


@dataclass(frozen=True)
class Tried:
    """What became of a try; `advice` is one or two sentences on what to do about it."""

    ok: bool
    headline: str
    advice: str
    steps: tuple[TriedStep, ...]
    transcript: tuple[TranscriptLine, ...]
    milliseconds: int


def try_connection(server: Server, *, mail_from: str) -> Tried:
    """Connect, encrypt, sign in and ask whether `mail_from` may send. Nothing is sent.

    No fault of network or server raises. Takes at most `server.total_timeout` seconds.
    """
    return _Report(server, attempt(server, mail_from=mail_from), mail_from).tried()


def send_test(server: Server, *, mail_from: str, recipient: str, data: bytes) -> Tried:
    """Really send `data`, a ready-made message, to `recipient`; see try_connection."""
    tried = attempt(server, mail_from=mail_from, recipient=recipient, data=data)
    return _Report(server, tried, mail_from, recipient).tried()


@dataclass(frozen=True)
class _Report:
    server: Server
    attempt: Attempt
    sender: str
    recipient: str | None = None

    def tried(self) -> Tried:
        headline, advice = self._verdict()
        values = self._values()
        return Tried(
            ok=self.attempt.fault is None,
            headline=headline.format(**values),
            advice=printable(advice.format(**values)),
            steps=self._steps(),
            transcript=self.attempt.transcript,
            milliseconds=self.attempt.milliseconds,
        )

    def _values(self) -> dict[str, str]:
        address, fault = self.server.address, self.attempt.fault
        return {
            "host": address.host,
            "port": str(address.port),
            "same_port_tls": str(replace(address, scheme="smtps")),
            "same_port_starttls": str(replace(address, scheme="smtp+starttls")),
            "usual_tls": str(replace(address, scheme="smtps", port=465)),
            "timeout": f"{self.server.timeout:g}",
            "account": self.server.username or "the account",
            "sender": _shown(self.sender),
            "recipient": _shown(self.recipient or ""),
            "words": _sentence(fault.answer) if fault else self.attempt.said("DATA") or "",
            "step": _STEPS_IN_WORDS.get(fault.step, "us") if fault else "",
        }

    # Headline and advice.

    def _verdict(self) -> Words:
        fault = self.attempt.fault
        if fault is None:
            return self._all_well()
        if fault.obstacle is not None:
            return _OBSTACLES[fault.obstacle]
        answer = fault.answer
        if answer.kind is Kind.UNKNOWN:
            return _MAYBE
        if answer.code is None:
            return _UNUSABLE[fault.step] if answer.kind is Kind.FAILED else _NO_ANSWER
        return self._refusal(fault, answer.code)

    def _all_well(self) -> Words:
        if self.recipient is not None:
            return (
                "The test e-mail was accepted",
                "The server answered “{words}”. If it does not arrive at {recipient}, look into "
                "the spam folder, then ask for these words in the server's log.",
            )
        peer = self.attempt.progress.peer
        in_clear = self.attempt.progress.tls is None and peer is not None and not peer.is_loopback
        return (
            "The server takes our mail",
            "Mail to it travels unencrypted, since it offers no STARTTLS; nothing was sent yet."
            if in_clear
            else "Nothing was sent. Send a test e-mail to see whether one arrives.",
        )

    def _refusal(self, fault: Fault, code: int) -> Words:
        label = self._label(fault)
        if code == 421:
            return _BUSY
        if label == "Encryption" and fault.step != "TLS":
            return _ENCRYPTION_WANTED
        if label == "Sign-in":
            if fault.step != "AUTH":
                return _SIGN_IN_WANTED
            if code == 535:
                return _WRONG_SECRET
            return _SIGN_IN_NOT_NOW if code < 500 else _REFUSALS["AUTH"]
        return _NOT_NOW if code < 500 else _REFUSALS[fault.step]

    def _label(self, fault: Fault) -> str:
        """The step to put right, which for 530 and 538 is an earlier one than was being tried."""
        if fault.answer.code in {530, 538} and fault.step not in {"Greeting", "EHLO", "TLS"}:
            in_clear = self.attempt.progress.tls is None
            words = fault.answer.text.upper()
            if in_clear and (fault.answer.code == 538 or "STARTTLS" in words):
                return "Encryption"
            if self.server.username is None:
                return "Sign-in"
        return _LABELS[fault.step]

    # The steps.

    def _steps(self) -> tuple[TriedStep, ...]:
        found = {
            "Name": self._name(),
            "Connection": self._connection(),
            "Encryption": self._encryption(),
            "Sign-in": self._sign_in(),
            "Sender": self._accepted("MAIL FROM", self.sender),
        }
        if self.recipient is not None:
            found["Recipient"] = self._accepted("RCPT TO", self.recipient)
            found["Message"] = self.attempt.said("DATA")
        steps = {
            label: TriedStep(label, "good", printable(text))
            if text
            else TriedStep(label, "off", "not tried")
            for label, text in found.items()
        }
        if steps["Sign-in"].tone == "off" and self._opened and self.server.username is None:
            steps["Sign-in"] = TriedStep("Sign-in", "off", "not needed: no credential is chosen")
        fault = self.attempt.fault
        if fault is not None:
            label, tried = self._label(fault), _LABELS[fault.step]
            steps[tried] = TriedStep(tried, "off", "not decided")
            steps[label] = TriedStep(label, "bad", printable(self._bad(fault, label)))
        return tuple(steps.values())

    @property
    def _opened(self) -> bool:
        """Whether it came to MAIL."""
        fault = self.attempt.fault
        return fault is None or fault.step in {"MAIL FROM", "RCPT TO", "DATA"}

    def _name(self) -> str | None:
        addresses = [str(address) for address in self.attempt.progress.addresses]
        host = self.server.address.host
        if addresses == [host]:
            return f"{host} is an address, no name to look up"
        return f"{host} is {', '.join(addresses)}" if addresses else None

    def _connection(self) -> str | None:
        progress = self.attempt.progress
        if progress.peer is None:
            return None
        which = f" of {progress.peer}" if len(progress.addresses) > 1 else ""
        took = max(1, round(progress.connected_in * 1_000))
        return f"port {self.server.address.port}{which} answered in {took} ms"

    def _encryption(self) -> str | None:
        progress, fault = self.attempt.progress, self.attempt.fault
        if progress.tls is not None:
            implicit = self.server.address.security is Security.IMPLICIT
            return f"{'from the first byte' if implicit else 'STARTTLS'}, {_facts(progress.tls)}"
        if self._opened or (fault is not None and fault.step == "AUTH"):
            return "not encrypted: the server offers no STARTTLS"
        return None

    def _sign_in(self) -> str | None:
        return self._account if self.attempt.said("AUTH") is not None else None

    @property
    def _account(self) -> str:
        return f"AUTH {self.attempt.progress.mechanism} as {self.server.username}"

    def _accepted(self, step: str, address: str) -> str | None:
        return f"{_shown(address)} is accepted" if self.attempt.said(step) is not None else None

    def _bad(self, fault: Fault, label: str) -> str:
        answer = fault.answer
        if answer.code is None or fault.obstacle is not None:
            return answer.text
        refused = f"{'refused' if answer.code >= 500 else 'put off'} ({answer.code})"
        if label != _LABELS[fault.step]:
            in_clear = "not encrypted, and the server wants it"
            no_account = "no credential is chosen, and the server wants one"
            return f"{in_clear if label == 'Encryption' else no_account} ({answer.code})"
        whose = {
            "Connection": self._connection() or "",
            "Encryption": "STARTTLS",
            "Sign-in": self._account,
            "Sender": _shown(self.sender),
            "Recipient": _shown(self.recipient or ""),
        }
        return f"{whose[label]}: {refused}" if label in whose else str(answer)


def _shown(address: str) -> str:
    return printable(address) or "the empty address"


def _sentence(answer: Answer) -> str:
    """The server's words in quotation marks, or ours as they are, with a full stop."""
    text = str(answer)
    if len(text) > _LONGEST_QUOTE:
        text = f"{text[:_LONGEST_QUOTE]}…"
    if answer.code is not None:
        return f"“{text}”."
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _facts(tls: TlsFacts) -> str:
    version = tls.version.replace("TLSv", "TLS ")
    names = ", ".join(tls.names[:_MOST_NAMES])
    more = len(tls.names) - _MOST_NAMES
    until = tls.until
    with contextlib.suppress(ValueError):
        day = datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC)
        until = f"{day.day} {day:%b %Y}"
    others = f" and {more} more" if more > 0 else ""
    return f"{version}; certificate for {names or 'no name'}{others}, valid until {until}"
