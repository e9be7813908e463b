"""What the newly written text of a message decides, its forms (text and HTML) read apart."""

from dataclasses import dataclass

from approvals.reply.addresses import Address
from approvals.reply.answer import Answer, read_answer
from approvals.reply.bodies import Body, NoBody, bodies_of
from approvals.reply.cutting import written_lines
from approvals.reply.decoding import Undecodable
from approvals.reply.html_lines import html_lines
from approvals.reply.limits import MAX_COMMENT
from approvals.reply.lines import Line, flowed_lines, text_lines
from approvals.reply.parts import Part
from approvals.reply.pgp import EncryptedText, without_armour
from approvals.reply.reading import Outcome
from approvals.reply.words import BLANKS

INITIALS = frozenset("YNyn")


@dataclass(frozen=True)
class Content:
    """The answer, the line that it was read from, and the comment below it."""

    answer: Answer
    first_line: str = ""
    comment: str = ""


def content_of(message: Part, sender: Address, longest_minutes: int) -> Content:
    """What a message says. Raises TooMuch."""
    try:
        bodies = bodies_of(message)
        read = [_read(body, sender, longest_minutes) for body in bodies]
    except (NoBody, Undecodable) as error:
        return Content(_unclear(f"The message cannot be read: {error}."))
    except EncryptedText:
        return Content(_unclear("The message cannot be read: it is encrypted."))
    first = read[0]
    if len({(content.answer.outcome, content.answer.minutes) for content in read}) > 1:
        why = "The message's text and its HTML say different things."
        return Content(_unclear(why), first.first_line, first.comment)
    return first


def _read(body: Body, sender: Address, longest_minutes: int) -> Content:
    typed = written_lines(_lines(body))
    if not typed:
        return Content(_unclear("No answer was written."))
    first, comment = typed[0].strip(BLANKS), "\n".join(typed[1:]).strip()[:MAX_COMMENT]
    answer = read_answer(first, longest_minutes)
    if answer.outcome is not Outcome.UNCLEAR and _is_name(first, sender):
        answer = _unclear("The first line is the sender's name.")
    return Content(answer, first, comment)


def _lines(body: Body) -> list[Line]:
    if body.is_html:
        return html_lines(body.text)
    text = without_armour(body.text)
    return flowed_lines(text, delsp=body.delsp) if body.flowed else text_lines(text)


def _is_name(line: str, sender: Address) -> bool:
    """Whether a line like "Y. Sato" is how the sender signs, and not an answer."""
    head, dot, rest = line.strip("*_ \xa0").partition(".")
    words = rest.split()
    if head not in INITIALS or not dot or not words:
        return False
    known = f"{sender.name} {sender.local}".casefold()
    return all(word[:1].isupper() for word in words) and words[-1].strip(".,").casefold() in known


def _unclear(why: str) -> Answer:
    return Answer(Outcome.UNCLEAR, None, why)
