"""A message's reading, step by step: invitation, automatic, sender, request, answer."""

from dataclasses import dataclass, field, replace
from typing import Any

from approvals.reply.addresses import Address, NoAddress, address_of, one_address, same_address
from approvals.reply.automatic import Automatic, away_sign, detect_automatic
from approvals.reply.bounces import DeliveryReport
from approvals.reply.content import Content, content_of
from approvals.reply.dkim_signatures import KeyUnavailable
from approvals.reply.headers import Malformed, values
from approvals.reply.identity import written_at
from approvals.reply.keys import ids_in, keys_of
from approvals.reply.limits import MAX_MESSAGE, TooMuch
from approvals.reply.origin import Find, Origin, Refused, author_of
from approvals.reply.parts import Part, parse_message
from approvals.reply.reading import Invited, Keys, MailboxRules, Outcome, Reading, Step
from approvals.reply.secrets import Mask
from approvals.reply.thread import thread_of


@dataclass
class Trace:
    """The reading as it grows, step by step."""

    reading: Reading = field(default_factory=lambda: Reading(Outcome.REJECTED, None, "", "", ()))

    def step(self, name: str, passed: bool | None, text: str) -> None:
        self.note(steps=(*self.reading.steps, Step(name, passed, text)))

    def note(self, **values: Any) -> None:
        self.reading = replace(self.reading, **values)

    def end(self, outcome: Outcome, reason: str) -> Reading:
        return replace(self.reading, outcome=outcome, reason=reason)


def understand(
    raw: bytes,
    *,
    rules: MailboxRules,
    find: Find,
    recipients: tuple[str, ...] = (),
    null_sender: bool = False,
) -> Reading:
    """What a message decides, and why. Never raises for any bytes; takes time linear in their number.

    `find` gets the keys that the message names and returns the invitation; what it raises is raised
    again, and so is KeyUnavailable. `recipients` are the envelope's, and count like Delivered-To;
    `null_sender`: the envelope's sender was <>.
    """
    trace = Trace()
    mask = Mask(rules.reply_address)
    try:
        if len(raw) > MAX_MESSAGE:
            raise TooMuch("The message is too large.")
        message = parse_message(raw)
        keys = keys_of(message.fields, rules.reply_address, recipients)
        came_back = bool(keys.returned)
        automatic = detect_automatic(
            message, rules.reply_address, came_back=came_back, null_sender=null_sender
        )
    except Exception as error:
        return mask.reading(_refused(trace, error))
    mask = mask.also(keys.tokens + keys.returned)
    is_named = len(keys.tokens) == 1 or (not keys.tokens and keys.message_ids)
    invited = find(keys) if is_named else None
    try:
        origin = Origin.of(raw, message, keys, rules, invited)
    except KeyUnavailable:
        raise
    except Exception as error:
        return mask.reading(_refused(trace, error))
    is_addressed = invited is not None and origin.is_addressed_to(invited, find)
    answered = find(Keys((), (keys.answered,))) if invited and keys.answered else None
    if not automatic.sign and _is_our_own(message, find):
        automatic = Automatic("It is our own mail coming back.")
    try:
        _tell_invitation(trace, invited, keys)
        return mask.reading(
            _read(trace, message, invited, automatic, origin, is_addressed, answered)
        )
    except Exception as error:
        return mask.reading(_refused(trace, error))


def _refused(trace: Trace, error: Exception) -> Reading:
    """A limit was passed, the head is malformed, or something that we did not foresee."""
    foreseen = isinstance(error, TooMuch | Malformed)
    reason = str(error) if foreseen else f"The message can't be read ({type(error).__name__})."
    trace.step("Limits", False, reason)
    return trace.end(Outcome.REJECTED, reason)


def _is_our_own(message: Part, find: Find) -> bool:
    """Whether the message bears a Message-ID that we gave to one of ours."""
    own = [found for value in values(message.fields, "message-id") for found in ids_in(value)]
    return bool(own) and find(Keys(tokens=(), message_ids=(own[0],))) is not None


def _read(
    trace: Trace,
    message: Part,
    invited: Invited | None,
    automatic: Automatic,
    origin: Origin,
    is_addressed: bool,
    answered: Invited | None,
) -> Reading:
    proven = origin.coverage.of(message.fields)  # who sends signed mail on may add any other field
    date = written_at(proven)
    trace.note(
        written_at=date.isoformat() if date else "",
        invitation_id=invited.id if invited else None,
        sender="; ".join(values(message.fields, "from"))[:300],
        out_of_office=automatic.out_of_office and bool(away_sign(proven)),
    )
    if automatic.report:
        _tell_report(trace, automatic.report)
    if automatic.sign:
        trace.step("Written by hand", False, automatic.sign)
        if invited is not None:
            try:
                _check_sender(trace, message, invited, origin, is_addressed)
            except Refused as refusal:
                trace.step("Sender", None, str(refusal))
        return trace.end(Outcome.IGNORED, automatic.sign)
    if invited is None:
        return trace.end(Outcome.UNMATCHED, "It doesn't belong to any of our invitations.")
    trace.step("Written by hand", True, "It has no sign of an automatic message.")
    try:
        sender = _check_sender(trace, message, invited, origin, is_addressed)
    except Refused as refusal:
        trace.step("Sender", False, str(refusal))
        return trace.end(Outcome.REJECTED, str(refusal))
    proof = trace.reading.authentication
    trace.step("Sender", True, f"{sender} is the invited address; {proof}.")
    if invited.status != "pending":
        reason = invited.decided or f"The request is {invited.status}."
        trace.step("Request", False, reason)
        return trace.end(Outcome.CLOSED, reason)
    trace.step("Request", True, "The request is open.")
    content = content_of(
        message,
        sender,
        invited,
        origin.coverage,
        origin.reply_address,
        thread_of(message.fields, origin, invited, answered),
    )
    return _answered(trace, content)


def _tell_report(trace: Trace, report: DeliveryReport) -> None:
    gone = report.message_ids if report.failed else ()
    trace.note(report=report.words, bounced=report.failed, bounced_message_ids=gone)
    gave_up = "gave up" if report.failed else "is still trying"
    trace.step("Report", None, f"A mail server {gave_up}: {report.words or 'it does not say why'}")


def _tell_invitation(trace: Trace, invited: Invited | None, keys: Keys) -> None:
    if invited is not None:
        by = "its recipient address" if keys.tokens else "the Message-ID that it replies to"
        trace.step("Invitation", True, f"Found by {by}: the invitation of {invited.address}.")
    elif len(keys.tokens) > 1:
        trace.step("Invitation", False, "It is addressed to more than one of our reply addresses.")
    elif keys.tokens or keys.message_ids:
        trace.step("Invitation", False, "What it names isn't one of our invitations.")
    else:
        trace.step("Invitation", False, "It doesn't name an invitation.")


def _check_sender(
    trace: Trace, message: Part, invited: Invited, origin: Origin, is_addressed: bool
) -> Address:
    """The sender, if he is the invited one, wrote to us, and our server vouches for it.

    Raises Refused.
    """
    sender = author_of(message)
    trace.note(sender=str(sender))
    try:
        expected = address_of(invited.address)
    except NoAddress:
        raise Refused("The invited address itself isn't well-formed.") from None
    verdict = origin.authenticate(sender.domain)
    if not same_address(sender, expected):
        trace.note(stranger=verdict.holds)
        raise Refused(f"It comes from {sender}, but {invited.address} was invited.")
    if not verdict.holds:
        raise Refused(f"The sender isn't proven: {verdict.why}")
    _refuse_on_behalf(trace, message, sender)
    if not origin.coverage.body:
        raise Refused("Its DKIM signature covers only a part of the text (l=); SPF didn't pass.")
    if not is_addressed:
        trace.note(unaddressed=True)
        raise Refused(origin.why_unaddressed)
    trace.note(authenticated=True, authentication=verdict.proof)
    return sender


def _refuse_on_behalf(trace: Trace, message: Part, author: Address) -> None:
    """Refuse mail that somebody else has sent for its author, or sent on (RFC 5322, 3.6.2, 3.6.6).

    A domain vouches for all of its people: a colleague who may send in the author's name passes
    DMARC just as she does. One message has one Sender; it may be sent on several times.
    """
    senders = values(message.fields, "sender")
    if len(senders) > 1:
        raise Refused(f"It has {len(senders)} Sender fields instead of one.")
    for name in ("Sender", "Resent-From", "Resent-Sender"):
        for value in values(message.fields, name.lower()):
            try:
                other = one_address(value)
            except NoAddress as error:
                raise Refused(f"Its {name} field is refused: {error}.") from None
            if not same_address(other, author):
                trace.note(stranger=True, sender=str(other))
                raise Refused(f"It was sent by {other} on behalf of {author} ({name}).")


def _answered(trace: Trace, content: Content) -> Reading:
    answer = content.answer
    quoted = f"First line: “{content.first_line[:200]}”. " if content.first_line else ""
    trace.step("Answer", answer.outcome is not Outcome.UNCLEAR, quoted + answer.why)
    if content.comment:
        lines = content.comment.count("\n") + 1
        trace.step("Comment", None, f"{lines} line{'s' if lines > 1 else ''} below the answer.")
    trace.note(minutes=answer.minutes, comment=content.comment, first_line=content.first_line[:400])
    return trace.end(answer.outcome, answer.why)
