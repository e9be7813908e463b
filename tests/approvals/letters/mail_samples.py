"""The product's sample of a request in many forms, and what mail programs do to our mail's text."""

import re
import textwrap
import uuid
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from html import unescape
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from approvals.letters import kinds
from approvals.letters.compose import (
    ADDRESS,
    LINK_TOKEN,
    REPLY_TOKEN,
    Draft,
    compose,
    ways_to_answer,
)
from approvals.letters.digest import digest
from approvals.letters.execution import Execution
from approvals.letters.facts import RequestFacts, RequestOutcome, Ways
from approvals.letters.kinds import MailKind
from approvals.letters.previews import APPROVED, AT, REPORT
from approvals.letters.previews import FACTS as SAMPLE
from approvals.letters.reports import ReportRun, appendix, appendix_failed, report_mail
from approvals.letters.signs import Earlier, signs
from approvals.terms import Rights
from approvals.words import DECISION_WORDS
from core.reports import Column, Parameters

BERLIN = ZoneInfo("Europe/Berlin")
NOW, FACTS = AT, replace(SAMPLE, zone=BERLIN)
WAYS = ways_to_answer(
    reply_address="reply@pm.example.com",
    public_url="https://pm.example.com",
    link_needs_sign_in=False,
)
_PIECES = st.sampled_from(
    [
        *DECISION_WORDS,
        *("approve.", "Yes,", "*no*", "_deny_", "y:", "grant for 2 hours"),
        *("\r\n", "\n", "\r", "\t", "\x85", "\u2028", "\u2029", "\x0b", "\x00", "\u3000", "\u00a0"),
        *("\u202e", "\u200b", "\u2066", "\ud800", REPLY_TOKEN, LINK_TOKEN, ADDRESS),
        *("=?utf-8?Q?=0ABcc:_mallory@example.org?=", "=?", "?=", "\r\nBcc: mallory@example.org"),
        *("<b>APPROVE</b>", "</td><br>", "&lt;br&gt;", "<!--", "-->", '"', "'", "&", "{{ x }}"),
        *(
            "x" * 4000,
            "powershell -enc",
            "bash -c",
            "-w hidden",
            "https://evil.example",
            "\u00a0no",
        ),
        *(" ", "  ", "\\", "/", ".", "ä", "日本", "x" * 40, "word", "> ", "--=_x"),
    ]
)
HOSTILE = st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40).map(
    lambda pieces: " ".join(pieces) if len(pieces) % 2 else "".join(pieces)
)


def hostile_facts(text: str) -> RequestFacts:
    """Every field that comes from outside holds `text`."""
    execution = Execution(
        text,
        arguments=(text, f"x {text}", "APPROVE.", "yes ", f"\n{text * 40}", text) if text else (),
        command_line=text,
        run_as=f"x{text}",
        working_directory=text,
        sha256=text,
        interpreter_sha256=text,
        account_id=text,
        rights=Rights(elevate=True, run_as=text, environment={text: text}),
    )
    bad = signs(
        execution,
        requester_known=False,
        signer="",
        now=NOW,
        zone=BERLIN,
        earlier=Earlier(False, NOW, text, text),
    )
    return replace(
        FACTS,
        account=text,
        full_name=text,
        computer=text,
        execution=execution,
        signer=text,
        reason=text,
        policy=text,
        process=text,
        signs=bad,
    )


def request_mail(facts: RequestFacts = FACTS, **more: object) -> Draft:
    return compose(kinds.REQUEST, facts, **{"ways": WAYS, **more})


PARAMETERS = Parameters(NOW - timedelta(days=7), NOW, None, NOW)


def hostile_report(text: str) -> ReportRun:
    """A report of which every text that we do not write ourselves is `text`."""
    rows = [(text, text, text), ("PM-7", text, ""), ("", "", text)]
    return ReportRun(
        replace(REPORT, name=text, columns=(Column(text),) * 3), PARAMETERS, rows, policy=text
    )


def _digest(facts: RequestFacts) -> Draft:
    ways = ways_to_answer(
        reply_address="reply@pm.example.com",
        public_url="https://pm.example.com",
        link_needs_sign_in=True,
        invitation=uuid.UUID(int=7),
    )
    return digest(
        [(replace(facts, asked_minutes=180), ways, "for Bob, who is away"), (facts, ways, "")]
    )


def samples(kind: MailKind, text: str) -> list[Draft]:  # one case a kind
    """Mails of a kind that together show all of its words; all that comes from outside is `text`.

    A new kind fails here until it has some.
    """
    facts = hostile_facts(text)
    link = {"console_url": "https://pm.example.com/approvals/PM-1042/"}
    approved = replace(APPROVED, by=text, comment=text)
    outcomes = [
        approved,
        replace(approved, minutes=None, until=None),
        replace(approved, revoked=True),
        RequestOutcome("denied", NOW, by=text, comment=text),
        RequestOutcome("expired", NOW),
        RequestOutcome("cancelled", NOW),
    ]
    signed_in = replace(WAYS, link_needs_sign_in=True)
    report = appendix(hostile_report(text), zone=BERLIN) + appendix_failed(text)
    match kind:
        case kinds.REQUEST:
            asked = replace(facts, asked_minutes=180)
            return [
                request_mail(asked),
                request_mail(facts, report_lines=report),
                request_mail(facts, ways=signed_in),
                request_mail(facts, ways=Ways(None, None)),
                compose(kind, facts, ways=WAYS, why_asked=f"for {text}, who is away"),
                compose(kind, facts, ways=WAYS, why_asked=f"because {text} didn't answer"),
                compose(kind, facts, ways=WAYS, why_asked="as the requester's manager"),
            ]
        case kinds.REMINDER:
            return [compose(kind, facts, ways=ways) for ways in (WAYS, signed_in, Ways(None, None))]
        case kinds.OUTCOME | kinds.REQUESTER_OUTCOME | kinds.CLOSED:
            link["instead_of"] = text
            return [compose(kind, facts, outcome=outcome, **link) for outcome in outcomes]
        case kinds.REVOKED:
            return [compose(kind, facts, revoked_by=text, revoke_reason=text)]
        case kinds.DIGEST:
            return [_digest(facts)]
        case kinds.ENDING | kinds.PROBE:
            place = "the plain reply address"
            return [compose(kind, facts, until="14 Jul 2026, 11:38 (UTC+2)", place=place)]
        case kinds.UNCLEAR | kinds.STRANGER:
            more = {"first_line": text, "why": text, "nearest": "YES", "sender": text}
            empty = {"first_line": "", "sender": text}
            return [compose(kind, facts, ways=WAYS, **texts) for texts in (more, empty)]
        case kinds.NOT_COUNTED:
            return [compose(kind, facts, ways=WAYS, older=older) for older in ("yes", "")]
        case kinds.REPORT:  # tests/approvals/test_reports.py looks at the columns of every report
            made = replace(hostile_report(text), report=replace(REPORT, name=text))
            return [report_mail(made, title=text, zone=BERLIN)]
    raise NotImplementedError(f"no sample of {kind.key}")


def wrappings(text: str) -> list[str]:
    """The lines of `text`, and of `text` wrapped at blanks as mail programs wrap."""
    return [piece for line in text.split("\n") for piece in _wrapped(line)]


@lru_cache(maxsize=1000)  # the samples of a kind, and what they are flattened to, share most lines
def _wrapped(line: str) -> tuple[str, ...]:
    pieces = [line]
    for width in (20, 40, 60, 72, 76, 80):
        pieces += textwrap.wrap(
            line, width, break_long_words=False, break_on_hyphens=False, tabsize=1
        )
    return tuple(pieces)


def flattened(html: str) -> list[str]:
    """The HTML as text, in several ways: tags become nothing, a blank, or the end of a line."""
    body = re.sub(r"<!--.*?-->", "", html.split("</head>", 1)[1], flags=re.DOTALL)
    blocks = re.sub(r"</(?:td|tr|h1|table|div)>|<br>", "\n", body)
    on_one = re.sub(r"\s*\n\s*", " ", body)
    cells = re.sub(r"</td>", " ", on_one)
    return [unescape(re.sub(r"<[^>]*>", gap, source)) for source, gap in _ways(blocks, cells, body)]


def _ways(blocks: str, cells: str, body: str) -> list[tuple[str, str]]:
    return [(blocks, ""), (cells, ""), (body, ""), (body, "\n"), (body, " "), (cells, " ")]
