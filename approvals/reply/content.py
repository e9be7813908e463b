"""What the newly written text of a message decides, its forms (text and HTML) read apart."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import re2

from approvals.reply.addresses import Address
from approvals.reply.answer import Answer, first_word, read_answer, unclear
from approvals.reply.attributions import may_introduce
from approvals.reply.away_subjects import says_automatic
from approvals.reply.below import is_denial_corrected, is_taken_back
from approvals.reply.bodies import Body, NoBody, bodies_of
from approvals.reply.coverage import Coverage
from approvals.reply.cutting import Written, written_lines
from approvals.reply.doubts import agrees
from approvals.reply.forms import is_contradicted
from approvals.reply.headers import values
from approvals.reply.html.lines import DOUBT, html_lines
from approvals.reply.limits import MAX_ABOVE, MAX_COMMENT
from approvals.reply.lines import Line, flowed_lines, text_lines
from approvals.reply.named import Known, known_from
from approvals.reply.our_mail import ends_ours, is_notice
from approvals.reply.own_name import is_own_name
from approvals.reply.parts import Part
from approvals.reply.pgp import EncryptedText, without_armour
from approvals.reply.quotation import QUOTES
from approvals.reply.reading import Invited, Outcome
from approvals.reply.sentences import ends_sentence, sentence_below
from approvals.reply.terms import CHANGED_BELOW
from approvals.reply.thread import (
    Thread,
    answers_stranger,
    quotes_other_request,
    why_other_request,
)
from approvals.reply.transfer import Undecodable
from approvals.reply.words import BLANKS, EMPHASIS, PUNCTUATION, SPACES
from approvals.words import ANSWERING, APPROVE, DENY

ASIDE = "".join(EMPHASIS) + QUOTES + BLANKS  # before a decision word
NAME_BELOW = re2.compile(
    r"^\p{Pd}+ ?\p{Lu}\p{Ll}+"
)  # below what is quoted: "- Bob Smith, Security"
BLANK_LINES = re2.compile(r"\n(?:[ \t\xa0]*\n){2,}")
NOTA_BENE = re2.compile(r"(?i)^[*_\s]*n\. ?b(?:[^\pL]|$)")
LOST_ENCODING = re2.compile(r"(?i)=(?:[0-9a-f]{2}|\s|$)|<")  # quoted-printable, HTML
OTHERS = (
    "The answer stands below a quote that may not be of our email, so it may be someone else's; "
    "write yours above everything that is quoted."
)
FORMATTED = (
    "Its formatting may hide or move text, so the answer isn't certain; write it as plain text, "
    "without formatting."
)
NOBODYS = "The text says that nobody typed it (“automatic reply” or the like)."
ENTITY = re2.compile(r"&#?\w+;")
TAG = re2.compile(
    r"(?i)</?(?:html|body|div|p|br|b|i|u|s|span|font|table|td|del|strike|em|strong)\b"
)
# Where HTML breaks a line or begins, and what only HTML begins with.
BREAK = re2.compile(
    r"(?i)<(?:!doctype|/?(?:html|head|body|meta|div|p|br|hr|table|center|pre|ul|ol|"
    r"blockquote|section|article|h[1-6]))\b"
)
STARTS_WITH_TAG = re2.compile(
    r"(?i)^\s*<(?:!--|(?:span|font|b|i|u|strong|em|a|big|small|tt|code|o:p|img|base)\b)"
)
# The characters beyond ASCII that stand in an answer of plain words, whatever its charset.
TYPOGRAPHIC = SPACES | frozenset(PUNCTUATION + "“”’…")  # noqa: RUF001


@dataclass(frozen=True)
class Content:
    """The answer, the line that it was read from, and the comment below it."""

    answer: Answer
    first_line: str = ""
    comment: str = ""


def content_of(
    message: Part,
    sender: Address,
    invited: Invited,
    coverage: Coverage,
    reply_address: str,
    thread: Thread,
) -> Content:
    """What a message says; `coverage` tells what nobody can have changed of it. Raises TooMuch."""
    shaped = coverage.holds("content-type")
    try:
        bodies = bodies_of(message)
        known = known_from(
            [*values(message.fields, "to"), *values(message.fields, "cc")],
            sender,
            invited,
            reply_address,
            to_another=not thread.to_request,
        )
        read = [_read(body, sender, known, invited, thread, shaped=shaped) for body in bodies]
    except (NoBody, Undecodable) as error:
        return Content(unclear(f"The message can't be read: {error}."))
    except EncryptedText:
        return Content(unclear("The message can't be read: it is encrypted."))
    first = read[0]
    forms = [
        content
        for body, content in zip(bodies, read, strict=True)
        if not (body.beside and shaped and _is_footer(content, first))
    ]
    if len({(content.answer.outcome, content.answer.minutes) for content in forms}) > 1:
        formatted = any(content.answer.why == FORMATTED for content in forms)
        why = FORMATTED if formatted else "The message's text and its HTML say different things."
        return Content(unclear(why), first.first_line, first.comment)
    if first.answer.outcome is Outcome.APPROVE and coverage.names is not None:
        is_html = message.media_type == "text/html" and not shaped
        for other in _read_otherwise(bodies, is_html=is_html):
            answer = _read(other, sender, known, invited, thread, shaped=shaped).answer
            if (answer.outcome, answer.minutes) != (first.answer.outcome, first.answer.minutes):
                why = "The message reads differently in another format, which its signature allows."
                return Content(unclear(why), first.first_line, first.comment)
    return first


def _read_otherwise(bodies: list[Body], *, is_html: bool) -> Iterator[Body]:
    """The texts line by line, as whoever sends a signed message on may have got them.

    A signature doesn't cover the space at a line's end that joins it to the next one (format=flowed),
    and often not the Content-Type. A plain text made HTML (`is_html`) has one line up to its first tag.
    """
    for body in bodies:
        if body.flowed:
            yield replace(body, flowed=False, delsp=False)
        elif is_html and not STARTS_WITH_TAG.match(body.text):
            tag = BREAK.search(body.text)
            text = body.text[: tag.start()] if tag else body.text
            if text.strip():
                yield replace(body, text=text, is_html=False)


def _is_footer(content: Content, first: Content) -> bool:
    """Whether a text beside the first one is something else, as a gateway's disclaimer is."""
    begins = [each.first_line.partition(" ")[0].strip(".,;:!").upper() for each in (content, first)]
    return content.answer.outcome is Outcome.UNCLEAR and begins[0] != begins[1]


def _read(
    body: Body, sender: Address, known: Known, invited: Invited, thread: Thread, *, shaped: bool
) -> Content:
    """What one text says; `shaped`: nobody can have declared it to be of another kind."""
    if body.is_html:
        lines = html_lines(body.text)
    else:
        text = without_armour(body.text)
        lines = flowed_lines(text, delsp=body.delsp) if body.flowed else text_lines(text)
    written = written_lines(lines, known)
    typed = written.lines
    if why := _why_nothing(lines, written, thread):
        return Content(unclear(why))
    first, comment = typed[0].strip(BLANKS), _comment(typed[1:])
    if body.is_html and DOUBT in first:
        return Content(unclear(FORMATTED), first.replace(DOUBT, ""), comment.replace(DOUBT, ""))
    longest_minutes = invited.longest_minutes
    machine = says_automatic(written.unmarked)
    answer = unclear(NOBODYS) if machine else read_answer(first, longest_minutes)
    if answer.outcome is not Outcome.UNCLEAR:
        notified = invited.notified and not thread.to_request  # what we wrote since isn't meant
        notified = notified or any(is_notice(line.text) for line in lines)
        is_denial = answer.outcome is Outcome.DENY
        why = _why_no_answer(first, written, sender)
        why = why or why_other_request(typed, invited, thread, is_denial=is_denial)
        if other := quotes_other_request(lines, invited.number):
            why = why or f"It quotes our email about {other}, but was sent for {invited.number}."
        why = why or _why_no_answer_to_us(
            first,
            answer,
            notified=notified,
            to_stranger=answers_stranger(lines, written, thread, known, invited.number),
            after_warnings=written.after_warnings,
        )
        answer = unclear(why) if why else answer
    if is_contradicted(first, written.goes_on, written.said[1:], answer):
        answer = unclear("The first line stands in a list or a form with the opposite word.")
    if answer.outcome is Outcome.DENY and is_denial_corrected(first, typed[1:], written.unmarked):
        answer = unclear("The text below the first line takes its denial back.")
    if answer.outcome is Outcome.APPROVE:
        all_written = _with_dropped(written, lines)
        answer = _doubted(answer, body, first, all_written, longest_minutes, shaped=shaped)
    if body.delsp and answer.outcome is Outcome.APPROVE:
        answer = _with_spaces(answer, body, first, known)
    return Content(answer, first, comment)


def _why_nothing(lines: list[Line], written: Written, thread: Thread) -> str:
    """Why there is no first line of the sender's, "" if there is one."""
    if not written.lines and len(lines) >= MAX_ABOVE:
        return f"Nothing is written in the first {MAX_ABOVE} lines."
    if written.others or (thread.sent_on and written.is_below):
        return OTHERS
    return "" if written.lines else "The reply is empty."


def _with_dropped(written: Written, lines: list[Line]) -> Written:
    """With what is no comment, but may take an approval back: it stands in a signature's element, or
    below our email where that is quoted without marks, under the answer."""
    if written.is_below:
        return written
    ends = (at for at in range(len(lines) - 1, 0, -1) if not lines[at].marked)
    last = next((at for at in ends if ends_ours(lines[at - 1].text, lines[at].text)), len(lines))
    below = [line.text for line in lines[last + 1 :] if not (line.marked or line.is_blank)]
    signed = [line.text for line in lines if line.aside]
    unmarked = "\n".join([written.unmarked, *signed, *below])
    return replace(written, unmarked=unmarked, apart=[*written.apart, *below[:1]])


def _with_spaces(answer: Answer, body: Body, first: str, known: Known) -> Answer:
    """An approval, unless it holds a doubt where spaces are kept that DelSp takes out ("notworry")."""
    spaced = written_lines(flowed_lines(body.text, delsp=False), known, below=0).lines[:1]
    line = spaced[0].strip(BLANKS) if spaced else ""
    if line.split() == first.split():
        return answer
    doubt = read_answer(f"YES, {line}", longest_minutes=1).outcome is Outcome.UNCLEAR
    return unclear("The first line has words that were joined.") if doubt else answer


def _doubted(
    answer: Answer, body: Body, first: str, written: Written, longest_minutes: int, *, shaped: bool
) -> Answer:
    """An approval, unless its text may not be what its author saw.

    A signature (DKIM) doesn't cover white space at the ends of lines, and often not the fields that
    say how the text is encoded and its lines are joined. So an approval shows no sign that another
    encoding was meant, and a long line that the next one continues must approve with it too.
    """
    if is_taken_back(written, minutes=answer.minutes):
        return unclear("The text below the first line takes its approval back, or denies.")
    if LOST_ENCODING.search(first) or (not body.is_html and ENTITY.search(first)):
        return unclear("The first line holds signs of a lost encoding.")
    # "Use <b>admin</b>" may be typed; what HTML can't do without would be somebody's lost formatting.
    tag = BREAK if shaped else TAG
    if not body.is_html and tag.search("\n".join(written.lines[1:])):
        return unclear("The text holds signs of a lost encoding.")
    if any(map(CHANGED_BELOW.search, written.goes_on[:1])) and not ends_sentence(first):
        return unclear("The first line goes on in the second, which changes it.")
    goes_on = sentence_below(first, written.goes_on)
    if body.legacy and any(not (c.isascii() or c in TYPOGRAPHIC) for c in first + goes_on):
        return unclear("The first line has letters that depend on the message's charset.")
    if goes_on and not (body.is_html and ends_sentence(first)):
        joined = read_answer(f"{first} {goes_on}", longest_minutes)
        if (joined.outcome, joined.minutes) != (answer.outcome, answer.minutes):
            return unclear("The first line may go on in the second, which isn't clear.")
    return answer


def _why_no_answer(first: str, written: Written, sender: Address) -> str:
    """Why a first line that reads like an answer is none, "" if nothing says so."""
    if is_own_name(first, sender):
        return "The first line is the sender's name."
    if NOTA_BENE.match(first):
        return "The first line is a note (N. B.), not an answer."
    if may_introduce(first):
        return "The first line introduces what someone else wrote."
    if first[:1] in QUOTES and any(NAME_BELOW.match(line) for line in written.goes_on[:1]):
        return "The first line tells what someone else said."
    return ""


def _why_no_answer_to_us(
    first: str, answer: Answer, *, notified: bool, to_stranger: bool, after_warnings: bool
) -> str:
    """Why a first line may answer something else than our request, "" if nothing says so.

    A "Yes" may answer what our notice says, or one of the warnings in our email, or what a
    colleague has asked in a copy to us. A word that
    names the decision holds, but an approval may be of what the colleague proposes.
    """
    word, rest = first_word(first.lstrip(ASIDE))
    if notified and word in ANSWERING:
        return (
            f"“{word}” may answer what we wrote to you since the request; "
            f"write {APPROVE} or {DENY} instead."
        )
    if after_warnings and word in ANSWERING and rest.strip(f" {PUNCTUATION}") and not agrees(rest):
        return (
            f"“{word}” may answer the warning of our email that stands above it; "
            f"write {APPROVE} or {DENY} instead."
        )
    if to_stranger and (word in ANSWERING or answer.outcome is Outcome.APPROVE):
        return "It may answer somebody else's email; reply to ours, or write to us alone."
    return ""


def _comment(typed: list[str]) -> str:
    """What was typed below the first line, at most one blank line in a row."""
    return str(BLANK_LINES.sub("\n\n", "\n".join(typed).strip()))[:MAX_COMMENT]
