"""Mails as `manage.py mail_queue` shows them: aligned text, or values for JSON. No token is shown."""

from collections.abc import Iterable, Iterator
from typing import Any

from approvals.management.story import event_lines, table, when
from approvals.models import IncomingMail, OutgoingMail
from approvals.pages.mail_queue.incoming import outcome_words
from approvals.pages.mail_queue.outgoing import delivery_events, state_words, turn_words, words_of
from approvals.pages.reply_reading import reading_steps
from core.text import visible


def _request(mail: OutgoingMail | IncomingMail) -> str:
    return f"PM-{mail.request_id}" if mail.request_id else ""


def outgoing_table(mails: Iterable[OutgoingMail]) -> list[str]:
    heads = ("ID", "STATE", "TRIES", "NEXT TRY", "REQUEST", "EMAIL", "TO", "LAST ANSWER")
    rows = [
        (
            str(mail.pk),
            state_words(mail),
            str(mail.tries),
            turn_words(mail) or when(mail.next_try),
            _request(mail),
            mail.kind.title,
            mail.recipient,
            words_of(mail),
        )
        for mail in mails
    ]
    return table(heads, rows) if rows else ["No emails match."]


def incoming_table(mails: Iterable[IncomingMail]) -> list[str]:
    heads = ("ID", "RECEIVED", "READ AS", "REQUEST", "FROM", "REASON")
    rows = [
        (
            str(mail.pk),
            when(mail.received_at),
            outcome_words(mail),
            _request(mail),
            mail.sender,
            mail.reason,
        )
        for mail in mails
    ]
    return table(heads, rows) if rows else ["No messages match."]


def outgoing_story(mail: OutgoingMail) -> Iterator[str]:
    """The lines about one mail that goes out: its facts, then each try."""
    facts = [
        ("State", state_words(mail)),
        ("Request", _request(mail)),
        ("Subject", mail.draft.subject),
        ("Message-ID", mail.message_id),
        ("Tries", str(mail.tries)),
        ("Next try", turn_words(mail) or when(mail.next_try)),
    ]
    yield visible(str(mail))
    yield ""
    yield from _fact_lines(facts)
    for event in delivery_events(mail):
        yield from event_lines(event)


def incoming_story(mail: IncomingMail) -> Iterator[str]:
    """The lines about one message that came in: its facts, then how it was read."""
    facts = [
        ("Read as", outcome_words(mail)),
        ("Reason", mail.reason),
        ("Request", _request(mail)),
        ("Received", f"{when(mail.received_at)}, by {mail.source}"),
        ("Size", f"{mail.size} bytes"),
    ]
    yield f"Message from {visible(mail.sender) or 'an unknown sender'}"
    yield ""
    yield from _fact_lines(facts)
    for step in reading_steps(mail):
        yield f"{visible(step.name)}: {visible(step.text)}"


def _fact_lines(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"{label:22}{visible(text)}" for label, text in facts if text)
    yield ""


def outgoing_json(mail: OutgoingMail) -> dict[str, Any]:
    return {
        "id": mail.pk,
        "direction": "outgoing",
        "state": mail.state,
        "bounced_at": mail.bounced_at,
        "kind": mail.purpose,
        "request": _request(mail) or None,
        "to": mail.recipient,
        "message_id": mail.message_id,
        "tries": mail.tries,
        "last_answer": words_of(mail),
        "created_at": mail.created_at,
        "next_try": mail.next_try,
        "finished_at": mail.finished_at,
    }


def outgoing_story_json(mail: OutgoingMail) -> dict[str, Any]:
    """`outgoing_story` as values."""
    events = [
        {"at": event.at, "title": event.title, "server_words": event.server_words}
        for event in delivery_events(mail)
    ]
    return {**outgoing_json(mail), "subject": mail.draft.subject, "events": events}


def incoming_json(mail: IncomingMail) -> dict[str, Any]:
    return {
        "id": mail.pk,
        "direction": "incoming",
        "state": mail.state,
        "outcome": mail.outcome or None,
        "reason": mail.reason,
        "request": _request(mail) or None,
        "from": mail.sender,
        "source": mail.source,
        "received_at": mail.received_at,
        "size": mail.size,
        "sha256": mail.sha256,
    }


def incoming_story_json(mail: IncomingMail) -> dict[str, Any]:
    """`incoming_story` as values."""
    steps = [{"name": step.name, "text": step.text} for step in reading_steps(mail)]
    return {**incoming_json(mail), "steps": steps}
