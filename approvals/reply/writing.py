"""What was typed of a body so far, and where the pass through its lines is."""

from dataclasses import dataclass, field

from approvals.reply.answer import looks_like_answer, speaks_of_answer
from approvals.reply.attributions import ENDS
from approvals.reply.endings import (
    is_closing,
    is_disclaimer,
    is_postscript,
    is_signature,
    says_more,
)
from approvals.reply.heads import is_author_label, is_rule
from approvals.reply.lines import Line
from approvals.reply.named import Known, is_programs, may_be_strangers
from approvals.reply.our_mail import (
    ends_of_reason,
    ends_reason,
    goes_on_in_value,
    holds_value,
    is_long,
    is_ours,
    opens_reason,
)
from approvals.reply.sent import Sent
from approvals.reply.sentences import asks, ends_sentence
from approvals.reply.whole import letters_of
from approvals.reply.words import BLANKS, EMPTY

MAX_BLANKS = 4  # characters of a blank line between a quoted one and what was typed
MAX_GAP = 2  # blank lines there


@dataclass
class Writing:
    """What was typed so far, and where the pass is.

    `under_mark`: a marked line was just passed, so the next may be a wrapped piece of it.
    `open_reason`: a wrapped piece of the requester's reason is going on, up to one of these marks, if it
    isn't known what was sent.
    `in_value`: the last line of our email that was passed holds a value from outside. `open_value`: what
    stands below may be a wrapped piece of it, also below a blank line: the value may be full of blanks.
    `ended`: by a signature, or for good by a disclaimer (`closed`). `begun`: a line was typed that
    isn't a closing, so it stays the first one. `in_ours`: the marked lines passed are our email's,
    or introduced as ours.
    `unsure`: they are introduced by a name that may be ours. `stranger`: others' words were passed, or
    what may have been typed, so the first line to come isn't surely an answer to our email. `apart`:
    the first line of each text below what is quoted under the first one.
    """

    typed: list[str] = field(default_factory=list)
    quoted: list[str] = field(default_factory=list)  # of our email, above what was typed
    apart: list[str] = field(default_factory=list)
    unmarked: list[str] = field(
        default_factory=list
    )  # also what is dropped as a signature or the like
    passed: bool = False  # something quoted, since the last line that was typed
    under_mark: bool = False
    open_reason: str = ""
    in_value: bool = False
    open_value: bool = False
    blanks: int = 0  # lines, since the last one that is filled
    ended: bool = False
    delimited: bool = False  # by "-- "
    closed: bool = False
    begun: bool = False
    in_ours: bool = False
    introduced: bool = False  # by anybody
    unsure: bool = False
    entered: int = 0  # lines looked at for whose the marked ones are
    stranger: bool = False

    def introduce(self, named: list[str], known: Known) -> None:
        """The lines that introduce a quote whose lines are marked."""
        self.in_ours = not may_be_strangers(named, known, surely_ours=True)
        self.unsure = not self.in_ours
        self.stranger |= self.unsure and may_be_strangers(named, known, surely_ours=False)

    def meet_introduction(self, lines: list[str], known: Known) -> None:
        """What introduces a quote, if anything: words in it that are no program's were typed, and so was
        a second one, or one among the lines of our email."""
        if known.sent and any(lines) and not (self.begun or self.stranger):
            is_second = self.introduced or any(map(str.strip, self.quoted))
            self.stranger = is_second or not is_programs(lines, known)
            self.introduced = not all(is_rule(line) for line in lines if line.strip())

    def pass_marked(self, line: Line, sent: Sent) -> None:
        self.pass_quoted()
        self.under_mark = True
        begins_value = holds_value(line.text) or bool(sent and opens_reason(line.text))
        if not begins_value and (is_ours(line.text) or line.is_blank):
            self.in_value = False
        self.in_value = self.in_value or begins_value
        self.blanks = 0
        if sent:
            self.open_value = self.in_value and sent.goes_on(line.text)
            return
        if begins_value:
            self.open_value = goes_on_in_value(line.text)
        else:
            self.open_value = self.in_value and (self.open_value or is_long(line.text))
        if opened := ends_of_reason(line.text):
            self.open_reason = opened
        elif ends_reason(line.text, self.open_reason) or is_ours(line.text):
            self.open_reason = ""

    def pass_piece(self, lines: list[Line], at: int, sent: Sent, *, unsure: bool) -> None:
        """A piece of a line of ours, whatever it looks like; `unsure`: it may have been typed there."""
        above = next(line.text for line in reversed(lines[:at]) if not line.is_blank)
        text = lines[at].text
        self.pass_quoted()
        if not self.begun and (" " in text.strip() or not letters_of(text)):
            self.quoted.append(text)
        elif not self.begun:  # perhaps the rest of a link
            self.quoted[-1:] = ["".join([*self.quoted[-1:], text])]
        if unsure and not self.begun:
            self.stranger = True
        elif unsure and self.in_value:
            self.apart.append(text.strip(BLANKS))
        self.under_mark, self.blanks = True, 0
        self.open_value = self.in_value and sent.goes_on(f"{above} {text}")

    def pass_quoted(self) -> None:
        self.ended = self.closed
        self.passed = True

    def take(self, text: str, known: Known, below: str) -> None:
        """An unmarked line, with which `below` goes on: typed, unless it belongs to what stands above."""
        blank, is_apart = not text.strip(EMPTY), self.blanks > 0
        self.unmarked.append(text)
        self.blanks = self.blanks + 1 if blank else 0
        self.open_value |= self.in_value and self._goes_on_in_value(text, blank)
        if self.open_reason:
            ends = not blank and ends_reason(text, self.open_reason)
            self.open_reason = "" if ends else self.open_reason
            self.stranger |= is_apart and not (blank or self.begun)  # it may have been typed
            return
        if blank:
            self.under_mark = False
            self.quoted.append("")
        # "Bob Smith wrote:" or "From: Bob Smith", below a signature.
        if self.ended and (text.rstrip().endswith(ENDS) or is_author_label(text)):
            self.introduce([text], known)
        self.ended = self.ended and not (self.begun and is_postscript(text))
        if self.under_mark or self.ended:
            self._drop(text, known)
        elif is_signature(text, below=self.begun) and (self.begun or not says_more(text)):
            self.ended, self.delimited = True, text.strip() == "--"
        elif self.begun and is_disclaimer(text, below):
            self.ended = self.closed = True
        else:
            self._type(text)

    def _drop(self, text: str, known: Known) -> None:
        """A line directly below a marked one, or of a signature; what may be typed there is noted."""
        if (self.under_mark or self.passed) and self.begun and looks_like_answer(text):
            self.apart.append(text.strip(BLANKS))
        elif text.strip(EMPTY) and not self.begun:
            # "DENY." may be typed there, if it's no piece of ours, or below "Sent from my iPhone".
            is_doubtful = self.under_mark or not self.delimited
            self.stranger |= (is_doubtful and bool(known.sent)) or self._may_be_said(text)

    def _type(self, text: str) -> None:
        blank = not text.strip(EMPTY)
        if self.begun and self.passed and not blank:
            self.apart.append(text.strip(BLANKS))
        self.passed = self.passed and blank
        self.typed.append(text)
        self.begun = self.begun or not (blank or is_closing(text))

    def _may_be_said(self, text: str) -> bool:
        """Whether a line in a signature may be typed below it, but not in or below a disclaimer."""
        is_sentence = ends_sentence(text) or asks(text)
        speaks = is_sentence or looks_like_answer(text) or speaks_of_answer(text)
        return speaks and not (self.under_mark or self.closed)

    def _goes_on_in_value(self, text: str, blank: bool) -> bool:
        """Whether this line is a piece of the value above: directly below it, or made of its blanks."""
        return self.blanks > MAX_GAP or (len(text) > MAX_BLANKS if blank else self.under_mark)
