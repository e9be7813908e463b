"""A message's reading, step by step: invitation, automatic, sender, request, answer."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from approvals.reply.addresses import Address, NoAddress, address_of, one_address, same_address
from approvals.reply.authentication import authenticate
from approvals.reply.automatic import Automatic, look
from approvals.reply.content import Content, content_of
from approvals.reply.headers import Fields, Malformed, values
from approvals.reply.keys import ids_in, keys_of
from approvals.reply.limits import MAX_MESSAGE, TooMuch
from approvals.reply.parts import Part, parse_message
from approvals.reply.reading import Invited, Keys, MailboxRules, Outcome, Reading, Step
from approvals.reply.secrets import Mask

Find = Callable[[Keys], Invited | None]


class Refused(Exception):
    """The sender is not the invited person, as far as can be told; the message says why."""


@dataclass
class _Record:
    """The reading as it grows."""

    reading: Reading = field(default_factory=lambda: Reading(Outcome.REJECTED, None, "", "", ()))

    def step(self, name: str, passed: bool | None, text: str) -> None:
        self.reading = replace(self.reading, steps=(*self.reading.steps, Step(name, passed, text)))

    def end(self, outcome: Outcome, reason: str) -> Reading:
        return replace(self.reading, outcome=outcome, reason=reason)


def understand(
    raw: bytes, *, rules: MailboxRules, find: Find, recipients: tuple[str, ...] = ()
) -> Reading:
    """What a message decides, and why. Never raises for any bytes; takes time linear in their number.

    `find` gets the keys that the message names and returns the invitation; what it raises is raised
    again. `recipients` are the envelope's, and count like Delivered-To.
    """
    record = _Record()
    mask = Mask(rules.reply_address)
    try:
        if len(raw) > MAX_MESSAGE:
            raise TooMuch("The message is too large.")
        message = parse_message(raw)
        keys = keys_of(message.fields, rules.reply_address, recipients)
        automatic = look(message, rules.reply_address)
    except (TooMuch, Malformed) as error:
        return _refuse(record, mask, str(error))
    except Exception as error:
        return _refuse(record, mask, _unexpected(error))
    mask = mask.also(keys.tokens)
    invited = _find(find, keys)
    if not automatic.sign and _is_ours(find, message.fields):
        automatic = Automatic("It is our own mail coming back.")
    try:
        return mask.reading(_read(record, message, rules, invited, keys, automatic))
    except TooMuch as error:
        return _refuse(record, mask, str(error))
    except Exception as error:
        return _refuse(record, mask, _unexpected(error))


def _unexpected(error: Exception) -> str:
    return f"The message could not be read ({type(error).__name__})."


def _refuse(record: _Record, mask: Mask, reason: str) -> Reading:
    record.step("Limits", False, reason)
    return mask.reading(record.end(Outcome.REJECTED, reason))


def _find(find: Find, keys: Keys) -> Invited | None:
    if len(keys.tokens) > 1 or not (keys.tokens or keys.message_ids):
        return None
    return find(keys)


def _is_ours(find: Find, fields: Fields) -> bool:
    """Whether the message bears a Message-ID that we gave to one of ours."""
    own = tuple(found for value in values(fields, "message-id") for found in ids_in(value))
    return bool(own) and find(Keys(tokens=(), message_ids=own[:1])) is not None


def _read(
    record: _Record,
    message: Part,
    rules: MailboxRules,
    invited: Invited | None,
    keys: Keys,
    automatic: Automatic,
) -> Reading:
    record.reading = replace(
        record.reading,
        invitation_id=invited.id if invited else None,
        sender="; ".join(values(message.fields, "from"))[:300],
        out_of_office=automatic.out_of_office,
        bounced_message_ids=automatic.bounced_message_ids,
    )
    _tell_invitation(record, invited, keys)
    if automatic.sign:
        return _ignored(record, message, rules, invited, automatic.sign)
    if invited is None:
        return record.end(Outcome.UNMATCHED, "It names no invitation of ours.")
    record.step("Written by hand", True, "Nothing says that it was sent automatically.")
    try:
        sender = _check_sender(record, message, rules, invited)
    except Refused as refusal:
        record.step("Sender", False, str(refusal))
        return record.end(Outcome.REJECTED, str(refusal))
    record.step(
        "Sender", True, f"{sender} is the invited address; {record.reading.authentication}."
    )
    if invited.status != "pending":
        reason = invited.decided or f"The request is {invited.status}."
        record.step("Request", False, reason)
        return record.end(Outcome.CLOSED, reason)
    record.step("Request", True, "The request is open.")
    return _answered(record, content_of(message, sender, invited.longest_minutes))


def _tell_invitation(record: _Record, invited: Invited | None, keys: Keys) -> None:
    if invited is not None:
        by = "its recipient address" if keys.tokens else "the Message-ID that it answers"
        record.step("Invitation", True, f"Found by {by}: the invitation of {invited.address}.")
    elif len(keys.tokens) > 1:
        record.step("Invitation", False, "It is addressed to more than one of our reply addresses.")
    else:
        named = keys.tokens or keys.message_ids
        why = "What it names is no invitation of ours." if named else "It names no invitation."
        record.step("Invitation", False, why)


def _ignored(
    record: _Record, message: Part, rules: MailboxRules, invited: Invited | None, sign: str
) -> Reading:
    record.step("Written by hand", False, sign)
    if invited is not None:
        try:
            _check_sender(record, message, rules, invited)
        except Refused as refusal:
            record.step("Sender", None, str(refusal))
    return record.end(Outcome.IGNORED, sign)


def _check_sender(record: _Record, message: Part, rules: MailboxRules, invited: Invited) -> Address:
    """The sender, if he is the invited one and our server vouches for it. Raises Refused."""
    found = values(message.fields, "from")
    if len(found) != 1:
        raise Refused(f"It has {len(found)} From fields instead of one.")
    try:
        sender = one_address(found[0])
    except NoAddress as error:
        raise Refused(f"Its From field is refused: {error}.") from None
    record.reading = replace(record.reading, sender=str(sender))
    try:
        expected = address_of(invited.address)
    except NoAddress:
        raise Refused("The invited address itself is not well-formed.") from None
    if not same_address(sender, expected):
        proven = authenticate(message.fields, sender.domain, rules).holds
        record.reading = replace(record.reading, stranger=proven)
        raise Refused(f"It comes from {sender}, but {invited.address} was invited.")
    verdict = authenticate(message.fields, sender.domain, rules)
    if not verdict.holds:
        raise Refused(f"The sender is not proven: {verdict.why}")
    record.reading = replace(record.reading, authenticated=True, authentication=verdict.proof)
    return sender


def _answered(record: _Record, content: Content) -> Reading:
    answer = content.answer
    told = f"First line: “{content.first_line[:200]}”. " if content.first_line else ""
    record.step("Answer", answer.outcome is not Outcome.UNCLEAR, told + answer.why)
    if content.comment:
        lines = content.comment.count("\n") + 1
        record.step("Comment", None, f"{lines} line{'s' if lines > 1 else ''} below the answer.")
    record.reading = replace(
        record.reading,
        minutes=answer.minutes,
        comment=content.comment,
        first_line=content.first_line[:400],
    )
    return record.end(answer.outcome, answer.why)
