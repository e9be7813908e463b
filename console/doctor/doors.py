"""Where people, agents and mail servers come in: each is knocked at, as they do."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from approvals.inbox.listener_tls import UnusableTls, out_of_date, tls_context
from approvals.models import IncomingMail
from console.doctor.checks import Check, Options
from console.doctor.findings import Finding, Kind, Level
from console.doctor.programs import SILENT_AFTER
from console.health.live import LIVE_PATH
from core.dates import length_words
from core.heartbeats.models import Heartbeat

MAX_WAIT: Final = 4.0  # seconds for one answer
WAIT_PATH: Final = "/agent/v1/wait"

WEB_AWAY = Kind(
    "web-away",
    Level.TROUBLE,
    "{address} doesn't answer: {why}.",
    "People can't open the console or a link, and agents can't ask: programs that need an approval don't "
    "start, or go by what agents know offline.",
    "Start the web processes and the proxy in front of them; their logs say why they stopped. "
    "`--web http://127.0.0.1:8001` knocks at one process, past the proxy. If only this machine can't "
    "reach the address, nothing is wrong for people.",
)
WAITING_AWAY = Kind(
    "waiting-away",
    Level.WARNING,
    "Waiting agents get no answer at {address}: {why}.",
    "A program that was approved doesn't go on by itself: its user has to start it again.",
    "Start the process for waiting agents (`manage.py serve`; pmconsole-wait with systemd), and see that "
    f"the proxy sends {WAIT_PATH} to it.",
)
LISTENER_MISSING = Kind(
    "listener-missing",
    Level.TROUBLE,
    "No listener is running. {sign}",
    "Replies wait at your mail server, which returns them to their senders after some days; until then "
    "nothing is decided by email.",
    "Start it: `manage.py receive_mail`. With systemd, `systemctl status pmconsole-listener` shows why "
    "it stopped. If replies come by another road now, this ends with the first of them.",
)
LISTENER_SILENT = Kind(
    "listener-silent",
    Level.TROUBLE,
    "The listener at {address} runs and doesn't greet: {why}.",
    "Replies wait at your mail server, which returns them to their senders after some days; until then "
    "nothing is decided by email.",
    "Restart it: `manage.py receive_mail`. Its log's last lines say with what it is busy.",
)


LISTENER_CERTIFICATE = Kind(
    "listener-certificate",
    Level.TROUBLE,
    "{why}",
    "A running listener goes on with the certificate that it had. Once that has expired, mail servers "
    "that insist on TLS keep replies back; and with files that can't be used, no listener starts.",
    "Correct the files of LISTENER_TLS_CERTIFICATE and LISTENER_TLS_KEY. A running listener takes them "
    "at its next connection.",
)


def look_at_web(options: Options) -> Iterator[Finding]:
    for base in options.web or (settings.PUBLIC_URL,):
        address, path = f"{base.rstrip('/')}{LIVE_PATH}", f"{base.rstrip('/')}{WAIT_PATH}"
        if why := _trouble_with(address, wanted=http.client.OK):
            yield WEB_AWAY.found(address=address, why=why)
        elif why := _trouble_with(path):
            yield WAITING_AWAY.found(address=path, why=why)


def _trouble_with(address: str, wanted: int = 0) -> str:
    """What is wrong with the answer to a GET: none, an error of the server's, or not the one `wanted`."""
    url = urlsplit(address)
    try:
        if url.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.netloc, timeout=MAX_WAIT, context=ssl.create_default_context()
            )
        else:
            connection = http.client.HTTPConnection(url.netloc, timeout=MAX_WAIT)
        with closing(connection):
            connection.request("GET", url.path)
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return getattr(error, "strerror", None) or str(error).rstrip(".") or type(error).__name__
    bad = status != wanted if wanted else status >= http.client.INTERNAL_SERVER_ERROR
    return f"it answers {status}" if bad else ""


def look_at_listener(options: Options) -> Iterator[Finding]:
    """It is missed if it died within a day, or if the newest message came in by one."""
    if why := _trouble_with_certificate():
        yield LISTENER_CERTIFICATE.found(why=why)
    listeners = Heartbeat.objects.filter(kind=Heartbeat.Kind.LISTENER).annotate(age=Now() - F("at"))
    alive = listeners.filter(at__gt=Now() - SILENT_AFTER)
    if alive:
        for each in alive.filter(host=socket.gethostname()).exclude(address=""):
            if why := _no_greeting(each.address):
                yield LISTENER_SILENT.found(address=each.address, why=why)
        return
    lost = listeners.filter(at__gt=Now() - timedelta(days=1)).order_by("-at").first()
    newest = IncomingMail.objects.order_by("-received_at", "-id").values_list("source", flat=True)
    if lost is not None:
        sign = f"Its last sign of life, from {lost.host}, is {length_words(lost.age)} old."
        yield LISTENER_MISSING.found(sign=sign)
    elif newest.first() == "listener":
        yield LISTENER_MISSING.found(sign="The newest message came in by one.")


def _trouble_with_certificate() -> str:
    certificate, key = settings.LISTENER_TLS_CERTIFICATE, settings.LISTENER_TLS_KEY
    if not (certificate or key):
        return ""
    try:
        tls_context(certificate, key)
        return out_of_date(certificate, timezone.now())
    except UnusableTls as error:
        return str(error)


def _no_greeting(address: str) -> str:
    """Why the listener at this path or host:port says nothing; "" if it does. A refusal is an answer."""
    host, _, port = address.rpartition(":")
    try:
        if address.startswith("/"):
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(MAX_WAIT)
            client.connect(address)
        else:
            client = socket.create_connection((host.strip("[]"), int(port)), MAX_WAIT)
        with client:
            client.settimeout(MAX_WAIT)
            greeting = client.recv(200)
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
    return "" if greeting[:3].isdigit() else "it closes the connection"


WEB = Check("web", "The console's address", (WEB_AWAY, WAITING_AWAY), look_at_web, 10.0, False)
LISTENER = Check(
    "listener",
    "The listener for replies",
    (LISTENER_CERTIFICATE, LISTENER_MISSING, LISTENER_SILENT),
    look_at_listener,
)
