"""What a test of a mail server found out, in plain words and in its own.

A headline and what to do, the steps that an administrator thinks in, and the transcript. Each
text is one line in which control and bidi characters are visible; none holds the password.
"""

from __future__ import annotations

import contextlib
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from foreign_systems.smtp.answers import Answer
from foreign_systems.smtp.certificate import Certificate
from foreign_systems.smtp.progress import TlsFacts
from foreign_systems.smtp.server import Server
from foreign_systems.smtp.transcript import TranscriptLine

Tone = Literal["good", "bad", "off"]

MAX_NAMES: Final = 3  # of a certificate that may have a hundred
MAX_QUOTE: Final = 300  # characters; the transcript has it whole


@dataclass(frozen=True)
class ReportedStep:
    """One line of the result. `tone` is good, bad, or off where it was not tried."""

    label: str
    tone: Tone
    text: str


@dataclass(frozen=True)
class ConnectionReport:
    """What a test found out; `advice` is one or two sentences on what to do about it."""

    ok: bool
    headline: str
    advice: str
    steps: tuple[ReportedStep, ...]
    transcript: tuple[TranscriptLine, ...]
    milliseconds: int
    certificate: Certificate | None = None  # a self-signed one, which may be trusted by itself
    encrypted_until: datetime | None = None  # the last moment of the certificate that was accepted


def values_of(server: Server, scheme: str, *, tls_port: int) -> dict[str, str]:
    """What headlines and advice say of a server; `scheme` is that of its address without TLS."""
    address = server.address
    return {
        "host": address.host,
        "port": str(address.port),
        "same_port_tls": str(replace(address, scheme=f"{scheme}s")),
        "same_port_starttls": str(replace(address, scheme=f"{scheme}+starttls")),
        "usual_tls": str(replace(address, scheme=f"{scheme}s", port=tls_port)),
        "timeout": f"{server.timeout:g}",
        "account": server.username or "the account",
    }


def quoted(answer: Answer) -> str:
    """The server's words in quotation marks, or ours as they are, with a full stop."""
    text = str(answer)
    if len(text) > MAX_QUOTE:
        text = f"{text[:MAX_QUOTE]}…"
    if answer.code is not None:
        return f"“{text}”."
    return text if text.endswith((".", "?", "!")) else f"{text}."


def tls_in_words(tls: TlsFacts) -> str:
    """What was agreed on, and whom the certificate is for."""
    version = tls.version.replace("TLSv", "TLS ")
    names = ", ".join(tls.names[:MAX_NAMES])
    more = len(tls.names) - MAX_NAMES
    end = end_of(tls)
    until = f"{end.day} {end:%b %Y}" if end else tls.until
    others = f" and {more} more" if more > 0 else ""
    return f"{version}; certificate for {names or 'no name'}{others}, valid until {until}"


def end_of(tls: TlsFacts | None) -> datetime | None:
    """The last moment of the certificate; None without one, or where it can't be read."""
    if tls is not None:
        with contextlib.suppress(ValueError):
            return datetime.fromtimestamp(ssl.cert_time_to_seconds(tls.until), UTC)
    return None
