"""An attempt at an SMTP server, put into the words of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from foreign_systems import connection_test_words as words
from foreign_systems.connection_report import (
    ConnectionReport,
    ReportedStep,
    end_of,
    quoted,
    tls_in_words,
    values_of,
)
from foreign_systems.known_refusals import known_refusal
from foreign_systems.smtp.answers import Kind, printable
from foreign_systems.smtp.attempt import Attempt
from foreign_systems.smtp.certificate import Certificate
from foreign_systems.smtp.fault import Fault
from foreign_systems.smtp.progress import Obstacle
from foreign_systems.smtp.server import Server
from foreign_systems.smtp_url import Security

_LABELS: Final = {  # of the steps of an attempt
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


@dataclass(frozen=True)
class Reporter:
    """Puts an attempt at an SMTP server into words."""

    server: Server
    attempt: Attempt
    sender: str
    recipient: str | None = None
    only_bounce_address: bool = False  # is refused: the From as envelope sender is accepted

    def report(self) -> ConnectionReport:
        headline, advice = self._verdict()
        values = self._values()
        return ConnectionReport(
            ok=self.attempt.fault is None,
            headline=headline.format(**values),
            advice=printable(advice.format(**values)),
            steps=self._steps(),
            transcript=self.attempt.transcript,
            milliseconds=self.attempt.milliseconds,
            certificate=self._certificate(),
            encrypted_until=end_of(self.attempt.progress.tls),
        )

    def _values(self) -> dict[str, str]:
        fault = self.attempt.fault
        return {
            **values_of(self.server, "smtp", tls_port=465),
            "sender": _shown(self.sender),
            "recipient": _shown(self.recipient or ""),
            "words": quoted(fault.answer) if fault else self.attempt.said("DATA") or "",
            "step": words.STEPS_IN_WORDS.get(fault.step, "us") if fault else "",
        }

    def _certificate(self) -> Certificate | None:
        fault = self.attempt.fault
        shown = fault.certificate if fault else b""
        return Certificate.from_der(shown) if shown else None

    # Headline and advice.

    def _verdict(self) -> words.Words:
        fault = self.attempt.fault
        if fault is None:
            return self._all_well()
        if self.only_bounce_address:
            return words.BOUNCE_ADDRESS_SENT if self.recipient else words.BOUNCE_ADDRESS_REFUSED
        if fault.obstacle is Obstacle.SELF_SIGNED and self.server.ca:
            return words.SELF_SIGNED_ANOTHER
        if fault.obstacle is Obstacle.SELF_SIGNED and self._certificate() is None:
            return words.SELF_SIGNED_UNSEEN
        if fault.obstacle is not None:
            return words.OBSTACLES[fault.obstacle]
        answer = fault.answer
        if answer.refuses_ehlo_name:
            return words.EHLO_NAME_REFUSED
        if answer.kind is Kind.UNKNOWN:
            return words.MAYBE
        if answer.code is None and fault.step == "AUTH" and self.server.tokens is not None:
            return words.NO_TOKEN
        if answer.code is None:
            return words.UNUSABLE[fault.step] if answer.kind is Kind.FAILED else words.NO_ANSWER
        return self._refusal(fault, answer.code)

    def _all_well(self) -> words.Words:
        if self.recipient is not None:
            return (
                "The test email was accepted",
                "The server answered “{words}”. If it doesn't arrive at {recipient}, check the "
                "spam folder, then have these words looked up in the server's log.",
            )
        peer = self.attempt.progress.peer
        in_clear = self.attempt.progress.tls is None and peer is not None and not peer.is_loopback
        return (
            "The server accepts our mail",
            "Mail to it travels unencrypted, since it offers no STARTTLS. Nothing was sent."
            if in_clear
            else "Nothing was sent. Send a test email to see whether it arrives.",
        )

    def _refusal(self, fault: Fault, code: int) -> words.Words:
        known = known_refusal(fault)
        if known is not None:
            return known.words
        label = self._label(fault)
        if code == 421:
            return words.BUSY
        if label == "Encryption" and fault.step != "TLS":
            return words.ENCRYPTION_WANTED
        if label == "Sign-in":
            if fault.step != "AUTH":
                return words.SIGN_IN_WANTED
            if code == 535:
                by_token = self.server.tokens is not None
                return words.TOKEN_REFUSED if by_token else words.WRONG_SECRET
            return words.SIGN_IN_NOT_NOW if code < 500 else words.REFUSALS["AUTH"]
        return words.NOT_NOW if code < 500 else words.REFUSALS[fault.step]

    def _label(self, fault: Fault) -> str:
        """The step to put right, which may be an earlier one than was being tried."""
        if self.only_bounce_address:
            return "Sender"
        known = known_refusal(fault)
        if known is not None:
            return known.label
        if fault.answer.refuses_ehlo_name:
            return _LABELS["EHLO"]
        if fault.answer.code in {530, 538} and fault.step not in {"Greeting", "EHLO", "TLS"}:
            in_clear = self.attempt.progress.tls is None
            said = fault.answer.text.upper()
            if in_clear and (fault.answer.code == 538 or "STARTTLS" in said):
                return "Encryption"
            if self.server.username is None:
                return "Sign-in"
        return _LABELS[fault.step]

    # The steps.

    def _steps(self) -> tuple[ReportedStep, ...]:
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
            label: ReportedStep(label, "good", printable(text))
            if text
            else ReportedStep(label, "off", "not tried")
            for label, text in found.items()
        }
        if steps["Sign-in"].tone == "off" and self._opened and self.server.username is None:
            steps["Sign-in"] = ReportedStep("Sign-in", "off", "not needed: no credential is chosen")
        fault = self.attempt.fault
        if fault is not None:
            label, tried = self._label(fault), _LABELS[fault.step]
            steps[tried] = ReportedStep(tried, "off", "not decided")
            steps[label] = ReportedStep(label, "bad", printable(self._bad(fault, label)))
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
            return f"{host} is an address, so there is no name to look up"
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
            return (
                f"{'from the first byte' if implicit else 'STARTTLS'}, {tls_in_words(progress.tls)}"
            )
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
        refused = f"{'refused' if answer.code >= 500 else 'deferred'} ({answer.code})"
        if label in {"Encryption", "Sign-in"} and label != _LABELS[fault.step]:
            in_clear = "not encrypted, and the server requires it"
            no_account = "no credential is chosen, and the server requires one"
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
