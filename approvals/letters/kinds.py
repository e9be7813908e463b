# ruff: noqa: RUF001 - signs and quotation marks as mail programs write them
"""Every kind of mail that we write: one record each. Pure.

A new kind is a record here and its templates, templates/mail/KEY.txt and, with `html`, KEY.html.
The records say how the lines of our mails begin: mail programs quote them in replies, sometimes
without any mark, and the reading of replies must never take them for what somebody typed.
"""

from dataclasses import dataclass

from approvals.words import APPROVE, DENY

SENTINEL = "Write your answer above this line"
FOOTER = "The reply address is yours alone: please do not forward this email."


@dataclass(frozen=True)
class MailKind:
    """One kind of mail.

    `key` is stored with each mail. `title` names the kind on pages and in reports. `subject` is a
    format string over the values of the template. `openings` are RE2 patterns, case aside, of how
    the lines of text and HTML begin, white space single and signs such as "-" dropped; None if no
    reply to it can be taken for an approver's. `answers_a_reply` marks the short automatic answers.
    """

    key: str
    title: str
    subject: str
    openings: tuple[str, ...] | None
    html: bool = False
    answers_a_reply: bool = False


# Openings of what several kinds share, by the template that writes it.
_HOW_TO_ANSWER = (
    r"how to answer: (reply|sign in)",
    r"how to answer \S+: write to its reply address",
    r"line decides:",
    r"reply address: ?<?\S+@",
    rf'write ["“]?({APPROVE}|{DENY})\b',
    r'write ["“]$',
    r"below it, you can add a comment for the user",
    r"in a browser( \((sign-in required|deciding there needs sign-in)\))?: ?<?https?:",
)
_NO_YES = r'in reply to this email, ["“]yes'
_WHY_ASKED = r"you (are|were) asked (for|as|because) \S"
_DONE = r"you (don.t|do not) need to reply to this email"
# Labels of facts, which people write too: theirs stand alone.
_DECIDED_BY = (r"(by|when|comment):(\s|$)",)
VALUE_LABELS = (  # of what an endpoint or somebody else wrote
    r"(policy|user|computer|file( path)?|publisher|rights|working directory):(\s|$)",
    r"(arguments|command line|endpoint.s wording|environment|asked to run as|account id):(\s|$)",
)
_FACTS = (*VALUE_LABELS, r"(request|requested|expires|(interpreter.s )?sha-256):(\s|$)")
LABELS = (*_DECIDED_BY, *_FACTS)
_REQUEST = (r"it (is|was) about .{1,300} (for user|on) ", r"it stays open until ")
_OUTCOME = (
    r"outcome of \S+: ",
    r"user .{1,160} (may run|may not run|was allowed to run|withdrew the request)\b",
    r"the request of user .{1,160} to run ",
    r"nobody decided in time whether user ",
    r"until \d{1,2} [a-z]{3} \d{4}, (\d\d:\d\d \(utc|.*it covers)",
    r"it covers (one run of exactly|this file only|any file at this path|any program that needs)\b",
)

REQUEST = MailKind(
    key="request",
    title="Approval request",
    subject="[{number}] Approval needed: {file} for {user} on {computer}",
    html=True,
    openings=(
        r"user .{1,160} asks to run\b",
        _WHY_ASKED,
        r"worth a second look:",
        r"hidden characters in the (name|path|command line|working directory|account|environment):",
        r"(unsigned|same file(, decided later)?|encoded powershell|hidden window):",
        r"the requester isn.t known here:",
        r"the endpoint words the command line differently",
        r"(code|base64) in the command line:",
        r"a web address in the command line",
        r"long (command line|file path|endpoint.s wording|rights|environment|working directory):",
        r"long asked to run as:",
        r"first seen (today|yesterday|\d)",
        r"runs from a ",
        r"[△▲○] ?\S",
        *_HOW_TO_ANSWER,
        r"the buttons open an? (reply|email) with the answer written",
        r"view the details and decide in a browser",
        r"[✓✔] ?approve (for \d+ [a-z]+ )?by e-?mail",
        r"time asked for:(\s|$)",
        r"[✕✖×✗] ?deny by e-?mail",
        r"reason:[*_]? ?[\"“”„'‘]",
        *_FACTS,
        r"(one time|a timed approval) covers:",
        # Report To Run (letters/reports.py): behind a dot only, people write these words too.
        r"[·•] ?(report|as of|period|rows?( \d+| left out)?):(\s|$)",
        r"(\S+ )?this email was sent to \S+@\S+",
        r"the reply address is yours alone",
    ),
)
REMINDER = MailKind(  # says what the request says: whoever reads no other mail can decide by it
    key="reminder",
    title="Reminder",
    subject="[{number}] Reminder: {file} for {user} on {computer} still needs approval",
    html=True,
    openings=REQUEST.openings,
)
DIGEST = MailKind(  # each request as its own mail says it; no reply to the digest decides anything
    key="digest",
    title="Approval requests (digest)",
    subject="[pmconsole] {counted}",
    html=True,
    openings=(
        *(REQUEST.openings or ()),
        r"replying to this email decides nothing",
        r"(reply address and a link of its own|how to answer it)\.",
        r"request \d+ of \d+$",
    ),
)
OUTCOME = MailKind(
    key="outcome",
    title="Outcome notice",
    subject="[{number}] Outcome: {heading}, {file} for {user} on {computer}",
    html=True,
    openings=(
        *_OUTCOME,
        *_DECIDED_BY,
        _WHY_ASKED,
        _DONE,
        r"(to revoke the approval|details): ?<?https?:",
        r"(revoke the approval|view the details) in the console",
    ),
)
REQUESTER_OUTCOME = MailKind(
    key="requester_outcome",
    title="Outcome notice for the requester",
    subject=OUTCOME.subject,
    html=True,
    openings=None,  # nobody is asked here, and nothing names an invitation
)
REVOKED = MailKind(
    key="revoked",
    title="Notice (approval revoked)",
    subject="[{number}] Revoked: {file} for {user} on {computer}",
    html=True,
    openings=None,  # to the requester, who is asked nothing
)
ENDING = MailKind(
    key="ending",
    title="Notice (approval ends soon)",
    subject="[{number}] Ends soon: {file} for {user} on {computer}",
    html=True,
    openings=None,  # to the requester
)
UNCLEAR = MailKind(
    key="unclear",
    title="Notice (reply could not be read)",
    subject="[{number}] Your reply could not be read",
    answers_a_reply=True,
    openings=(
        r"your reply to \S+ could not be read",
        r"its first line reads:[*_]? ?[\"“”„'‘]",
        r"what was read: an empty reply",
        r"why it does not count:",
        r"the nearest answer that counts:",
        _NO_YES,
        *_HOW_TO_ANSWER,
        *_REQUEST,
    ),
)
CLOSED = MailKind(
    key="closed",
    title="Notice (reply came too late)",
    subject=OUTCOME.subject,
    answers_a_reply=True,
    openings=(
        r"your reply to \S+ arrived after the request closed",
        *_OUTCOME,
        *_REQUEST,
        *_DECIDED_BY,
        _DONE,
    ),
)
STRANGER = MailKind(
    key="stranger",
    title="Notice (reply from an address not invited)",
    subject="[{number}] A reply came from someone else",
    answers_a_reply=True,
    openings=(
        r"someone else replied to \S+ at your personal reply address",
        r"the reply came from: ",
        r"only you can answer there\b",
        r"it is decided in manage approvals, not by email",
        _NO_YES,
        *_HOW_TO_ANSWER,
        *_REQUEST,
    ),
)
NOT_COUNTED = MailKind(
    key="not_counted",
    title="Notice (reply did not count)",
    subject="[{number}] Your message did not count",
    answers_a_reply=True,
    openings=(
        r"your message about \S+ did not count",
        r"it was written (before your|to someone)\b",
        r"it is decided in manage approvals, not by email",
        _NO_YES,
        *_HOW_TO_ANSWER,
        *_REQUEST,
    ),
)
REPORT = MailKind(
    key="report",
    title="Report",
    subject="[pmconsole] {short_title}: {counted_rows}",
    html=True,
    openings=None,  # it is about no request and has no reply address
)
PROBE = MailKind(
    key="probe",
    title="Probe",
    subject="[pmconsole] Do replies arrive?",
    openings=None,  # to ourselves
)

KINDS = {
    kind.key: kind
    for kind in (
        REQUEST,
        REMINDER,
        DIGEST,
        OUTCOME,
        REQUESTER_OUTCOME,
        REVOKED,
        ENDING,
        UNCLEAR,
        CLOSED,
        STRANGER,
        NOT_COUNTED,
        REPORT,
        PROBE,
    )
}

# By their keys, those that ask for a decision, and all that say how to answer: of no use once their
# request is closed. And all that are of no use after an end of their own (Letter.expires).
ASKING = frozenset({REQUEST.key, REMINDER.key})
TO_BE_ANSWERED = ASKING | {UNCLEAR.key, STRANGER.key, NOT_COUNTED.key}
GRANTING = frozenset({OUTCOME.key, CLOSED.key, REQUESTER_OUTCOME.key, ENDING.key})  # what may run
EXPIRING = TO_BE_ANSWERED | {DIGEST.key, ENDING.key, PROBE.key}

# Mails of earlier wordings may still be answered and quoted.
_FORMER_OPENINGS = (
    r"still waiting: user ",
    r"user .{1,160} asked \d",
    r"to run \S+ as administrator on ",
    r"(for a time )?covers:(\s|$)",
    r"asked:(\s|$)",
    r"below it you may write a comment",
    r"user .{1,160} took back the request\b",
    r"your mail program opens with the answer written",
    r"see everything and decide in a browser",
    r"(\S+ )?this went to \S+@\S+",
    r"this needs an answer from nobody",
    r"this needs nothing more from you",
    r"your answer to \S+ (could not be read|came after)",
    r"what was read(: an empty answer| on its first line)",
    r"somebody else answered \S+ at your address",
    r"it came from: ",
    r"if nobody answers, ",
    r"and the request expires at ",
)
# How our notices begin that a reply didn't count: people answer those too, and not the request.
NOTICE_OPENINGS = (
    *(kind.openings[0] for kind in (UNCLEAR, STRANGER, NOT_COUNTED) if kind.openings),
    r"your answer to \S+ could not be read",
    r"somebody else answered \S+ at your address",
)
OPENINGS = tuple(
    dict.fromkeys(
        opening
        for openings in (*(kind.openings for kind in KINDS.values()), _FORMER_OPENINGS)
        for opening in openings or ()
    )
)
# Labels before a text from outside in quotation marks, which a mail program may wrap anywhere.
QUOTING_LABELS = ("Reason", "Comment", "Its first line reads", "What was read on its first line")
FOOTERS = (FOOTER, FOOTER.replace("email", "e-mail"))
