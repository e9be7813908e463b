"""A message of ours to our own reply address: sent as all mail is, and followed until it is back.

It goes to the plain address and to one with a plus part, by the outbox, a worker and the real From;
and to one that bounces would come to, where the server sends with such addresses.
The reader recognises it by its Message-ID, stores it as it does a reply, and it decides nothing.
"""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from approvals.inbox import probe_words as words
from approvals.letters.compose import draft_of
from approvals.letters.kinds import PROBE
from approvals.models import IncomingMail, OutgoingMail
from approvals.outbox.queue import Letter, add
from approvals.reply import MailboxRules
from approvals.reply.headers import Fields, Malformed, fields_of, split_head, values
from approvals.reply.keys import ids_in
from approvals.reply.limits import TooMuch
from core.addresses import bounce_address
from foreign_systems.models import ForeignSystem, MailboxContact, sender_of

LIVES: Final = timedelta(minutes=30)  # that it is sent and awaited
LOOK_EVERY: Final = 0.5  # seconds
MAX_NAMES: Final = 3  # of servers, in a sentence
_AUTHSERV_ID: Final = re.compile(r"\s*([^\s;=]{1,253})\s*(?:\d+\s*)?;")
State = OutgoingMail.State


@dataclass(frozen=True)
class Probe:
    """The messages, by their recipients. No `bounce`: the server's bounces come elsewhere."""

    plain: OutgoingMail
    plus: OutgoingMail
    bounce: OutgoingMail | None = None


@dataclass(frozen=True)
class Verdict:
    """`key` names what was found, as doctor does; "" if both directions work."""

    key: str
    headline: str
    advice: str
    is_final: bool  # waiting longer would change nothing


def send_probe(server: ForeignSystem | None) -> Probe:
    """Queue the messages for `server`, or the default one; a worker sends them."""
    places = {
        settings.REPLY_ADDRESS: "the plain reply address",
        _with_plus(settings.REPLY_ADDRESS): "an address with a plus part",
    }
    chosen = server or ForeignSystem.objects.default()
    if chosen is not None and chosen.typed.bounce_addresses:
        places[_with_plus(bounce_address(settings.REPLY_ADDRESS))] = "a bounce address"
    letters = [
        Letter(PROBE, address, draft_of(PROBE, {"place": place}), expires=timezone.now() + LIVES)
        for address, place in places.items()
    ]
    with transaction.atomic():
        sent = add(letters, request=None, server=server, sender=sender_of("", server))
    return Probe(*sent)


def _with_plus(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}+probe{secrets.token_hex(8)}@{domain}"


def is_awaited(address: str) -> bool:
    """Whether a probe to this address was sent lately: the listener takes it then."""
    lately = OutgoingMail.objects.filter(purpose=PROBE.key, created_at__gt=Now() - LIVES)
    return lately.filter(recipient=address).exists()


def note_return(mail: IncomingMail, rules: MailboxRules) -> None:
    """If `mail` is a probe that is back, say so, and how its sender could be proven."""
    try:
        fields = fields_of(split_head(mail.raw())[0])
    except (Malformed, TooMuch):  # it will be refused
        return
    own = [found for value in values(fields, "message-id") for found in ids_in(value)][:1]
    if not OutgoingMail.objects.filter(purpose=PROBE.key, message_id__in=own).exists():
        return
    mail.outcome = IncomingMail.Outcome.IGNORED
    mail.reason = "It is a probe of our own that came back."
    mail.reading |= {
        "probe": own[0],
        "results_of": _names(fields),
        "trusted": list(rules.authserv_ids),
        "any_counts": rules.results_without_id,
        "peer_verifies_senders": rules.peer_verifies_senders,
    }


def _names(fields: Fields) -> list[str]:
    """Whose Authentication-Results it carries."""
    found = (_AUTHSERV_ID.match(value) for value in values(fields, "authentication-results"))
    return list(dict.fromkeys(match[1].lower() for match in found if match))


def follow(probe: Probe, *, seconds: float) -> Verdict:
    """Wait until all are back, or it's certain that they won't be, or the time is over."""
    end = time.monotonic() + seconds
    while True:
        verdict = verdict_on(probe)
        if verdict.is_final or time.monotonic() >= end:
            return verdict
        time.sleep(LOOK_EVERY)


def verdict_on(probe: Probe) -> Verdict:
    """What is known of them by now."""
    sent = [mail for mail in (probe.plain, probe.plus, probe.bounce) if mail is not None]
    plain, plus, *further = (OutgoingMail.objects.get(pk=mail.pk) for mail in sent)
    for mail in (plus, plain, *further):
        if mail.state != State.SENT:
            final = mail.state not in OutgoingMail.UNFINISHED
            said = words.PROBE_NOT_SENT if mail.tries or mail.last_answer else words.PROBE_NO_WORKER
            return _say(said, mail, final=final)
    back = {mail.pk: _returned(mail) for mail in (plain, plus, *further)}
    came = back[plus.pk]
    if came is not None:
        proven = _proven(plus, came)
        lost = next((mail for mail in further if back[mail.pk] is None), None)
        if proven.key or lost is None:
            return proven
        return _say(words.PROBE_NO_BOUNCE, lost, final=lost.bounced_at is not None)
    bounced = next((mail for mail in (plus, plain) if mail.bounced_at), None)
    if back[plain.pk] is not None:
        return _say(words.PROBE_NO_PLUS, plus, final=bounced is not None)
    if bounced is not None:
        return _say(words.PROBE_BOUNCED, bounced, final=True)
    is_read = MailboxContact.objects.filter(lease_until__gt=Now()).exists()
    return _say(words.PROBE_NOTHING_CAME if is_read else words.PROBE_NO_READER, plus)


def _returned(mail: OutgoingMail) -> IncomingMail | None:
    since = IncomingMail.objects.filter(received_at__gte=mail.created_at, state="read")
    return since.filter(reading__probe=mail.message_id).first()


def _proven(plus: OutgoingMail, came: IncomingMail) -> Verdict:
    """It came back. Would an approver's reply by this road count?"""
    reading = came.reading
    found, trusted = reading["results_of"], [name.lower() for name in reading["trusted"]]
    facts = {
        "found": ", ".join(found[:MAX_NAMES]),
        "trusted": ", ".join(trusted) or "none",
        "peer": came.envelope.get("peer") or came.source,
    }
    if not reading["peer_verifies_senders"]:
        return _say(words.PROBE_PEER, plus, final=True, **facts)
    if not found and not reading["any_counts"]:
        return _say(words.PROBE_NO_RESULTS, plus, final=True, **facts)
    if found and found[0] not in trusted and not reading["any_counts"]:
        return _say(words.PROBE_OTHER_NAME, plus, final=True, **facts)
    return _say(words.PROBE_HOME, plus, final=True, **facts)


def _say(
    said: words.ProbeWords, mail: OutgoingMail, *, final: bool = False, **facts: str
) -> Verdict:
    values = {
        "recipient": mail.recipient,
        "reply": settings.REPLY_ADDRESS,
        "words": mail.last_answer or "nothing yet",
        **facts,
    }
    headline, advice = (text.format(**values) for text in (said.headline, said.advice))
    return Verdict(said.key, headline, advice, final)
