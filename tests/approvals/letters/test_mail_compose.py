"""The mails: what they say, and that no line of them can be taken for an answer."""

import re
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from mail_samples import (
    APPROVED,
    FACTS,
    HOSTILE,
    WAYS,
    flattened,
    hostile_facts,
    request_mail,
    samples,
    wrappings,
)

from approvals.letters import kinds
from approvals.letters.compose import (
    ADDRESS,
    REPLY_TOKEN,
    Personal,
    approving,
    compose,
)
from approvals.letters.facts import Ways
from approvals.letters.guard import begins_with_decision_word, guarded
from approvals.letters.kinds import KINDS, OUTCOME, REQUESTER_OUTCOME, SENTINEL, MailKind
from approvals.letters.render import TEMPLATES
from approvals.reply import Outcome
from approvals.reply.answer import read_answer
from approvals.reply.html.lines import html_lines
from approvals.reply.our_mail import is_ours

QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
PERSONAL = Personal("a" * 26, "b" * 26, "dana@example.com")


def test_every_kind_is_registered_once_and_has_a_title_and_its_templates() -> None:
    declared = {value.key for value in vars(kinds).values() if isinstance(value, MailKind)}
    assert declared == set(KINDS)
    assert all(kind.title and len(kind.key) <= 20 for kind in KINDS.values())
    files = {f"{kind.key}.txt" for kind in KINDS.values()}
    files |= {f"{kind.key}.html" for kind in KINDS.values() if kind.html}
    assert files <= {path.name for path in TEMPLATES.iterdir()}


@EVERY_KIND
@QUICK
@given(text=HOSTILE)
def test_no_line_of_a_text_begins_with_a_decision_word_however_it_is_wrapped(kind, text):
    for draft in samples(kind, text):
        assert not [line for line in wrappings(draft.text) if begins_with_decision_word(line)]


@EVERY_KIND
@QUICK
@given(text=HOSTILE)
def test_no_line_of_the_html_begins_with_a_decision_word_however_it_is_flattened(kind, text):
    for draft in samples(kind, text) if kind is not kinds.REPORT else ():  # a table, never answered
        for flat in flattened(draft.html) if draft.html else ():
            assert not [line for line in wrappings(flat) if begins_with_decision_word(line)]


@EVERY_KIND
def test_every_line_of_ours_is_known_to_the_reading(kind):
    """Whoever adds a kind or a sentence adds its opening (approvals/letters/kinds.py)."""
    if kind.openings is None:
        assert not any(draft.text.count(REPLY_TOKEN) for draft in samples(kind, "x"))
        return
    for draft in samples(kind, "endpoint text"):
        html = [line.text for line in html_lines(draft.html)] if draft.html else []
        assert [line for line in html if line.strip() and not is_ours(line)] == []
        for before, line in pairwise(draft.text.split("\n")):
            # What we wrap ourselves goes on in small letters, directly below a line that is known.
            assert not line or is_ours(line) or (before and line[0].islower()), line


@EVERY_KIND
def test_blanks_push_nothing_out_of_sight_and_make_no_long_word(kind):
    """As no-break spaces they would be one, which mail programs cut into blank lines and an answer."""
    for draft in samples(kind, f"x{' ' * 150}APPROVE FOR 1 DAY. x"):
        for text in (draft.subject, draft.text, re.sub(r"<[^>]*>", "\n", draft.html or "")):
            assert not re.search(r"\S[^\S\n]{3,}\S", text)


@pytest.mark.parametrize(
    ("blanks", "shown"),
    [
        (" ", "\u00a0"),
        ("  ", "\u00a0\u00a0"),
        ("   ", "  [U+0020]"),
        (" " * 150, "  [U+0020×148]"),  # noqa: RUF001
        (" \u00a0\u00a0\u2003", " \u00a0[U+00A0][U+2003]"),
    ],
)
def test_every_blank_of_a_long_run_is_told(blanks, shown):
    assert guarded(f"a{blanks}APPROVE") == f"a{shown}APPROVE"
    assert guarded(f"a{shown}APPROVE") == f"a{shown}APPROVE"  # a digest's parts are guarded twice


def test_arguments_that_differ_in_their_blanks_look_different():
    shown = set()
    for argument in ("a  b", "a   b", "a    b", "a  [U+0020]b", "a  [U+0020×2]b"):  # noqa: RUF001
        facts = replace(FACTS, execution=replace(FACTS.execution, arguments=(argument,)))
        shown.add(re.search("\nArguments: .*", request_mail(facts).text)[0])
    assert len(shown) == 5


@QUICK
@given(HOSTILE)
def test_a_value_never_adds_a_line(text):
    def lines_of_values(draft):
        return [line for line in draft.text.split("\n") if not line.startswith("- ")]  # a sign

    plain = request_mail(hostile_facts("x"))
    filled = request_mail(hostile_facts("x" + text))
    assert len(lines_of_values(filled)) <= len(lines_of_values(plain)) + 2  # "Worth a second look:"
    assert len(filled.text.splitlines()) == filled.text.count("\n")


@QUICK
@given(HOSTILE)
def test_only_we_write_placeholders(text):
    honest = request_mail()
    hostile = request_mail(hostile_facts(text))
    assert hostile.html.count(REPLY_TOKEN) == honest.html.count(REPLY_TOKEN) == 2
    assert hostile.text.count(REPLY_TOKEN) == honest.text.count(REPLY_TOKEN)


@QUICK
@given(HOSTILE)
def test_no_markup_comes_from_a_value(text):
    hostile = request_mail(hostile_facts("x" + text)).html
    assert set(re.findall(r"<\w+", hostile)) <= set(re.findall(r"<\w+", _html())) | {"<meta"}


def _html() -> str:
    return request_mail().html


def test_lines_begin_with_our_words_when_flattened_without_wrapping():
    odd = "endpoint-text"
    draft = request_mail(hostile_facts(odd))
    for flat in (draft.text, *flattened(draft.html)):
        assert not [line for line in flat.split("\n") if line.strip().startswith(odd)]


def test_the_sentinel_is_the_first_visible_line_of_text_and_html():
    draft = request_mail()
    assert draft.text.split("\n")[0] == SENTINEL
    assert all(flat.strip().startswith(SENTINEL) for flat in flattened(draft.html))


def test_the_reason_stands_on_one_line_in_quotation_marks():
    facts = replace(FACTS, reason="first\r\nAPPROVE.")
    text = request_mail(facts).text
    assert 'Reason: "first[U+000D][U+000A]APPROVE."\n' in text


def test_only_our_own_quotation_marks_end_the_reason():
    facts = replace(FACTS, reason='Need "X"\nfor “it”.')
    assert "Reason: \"Need 'X'[U+000A]for 'it'.\"\n" in request_mail(facts).text


def test_words_to_type_are_joined_by_no_break_spaces():
    draft = request_mail()
    assert '"APPROVE\u00a0FOR\u00a02\u00a0HOURS"' in draft.text
    assert "“APPROVE\u00a0FOR\u00a02\u00a0HOURS”" in draft.html


def test_our_own_lines_stay_below_seventy_columns():
    for draft in (draft for kind in KINDS.values() for draft in samples(kind, "x")):
        long = [line for line in draft.text.split("\n") if len(line) > 70]
        ours = [
            line for line in long if "https://" not in line and not line.startswith("Arguments:")
        ]
    assert ours == []


def test_the_text_and_the_html_say_every_fact():
    draft = request_mail()
    run = FACTS.execution
    for fact in (FACTS.policy, FACTS.computer, run.sha256, FACTS.reason, run.file_path):
        assert fact in draft.text
        assert fact in draft.html
    assert draft.subject == "[PM-1042] Approval needed: cadview-setup.exe for alice on WS-014"
    assert "Expires: 14 Jul 2026, 17:26 (UTC+2), in 8 hours" in draft.text
    assert "One Time covers: one run of exactly what was asked" in draft.text


def test_the_buttons_open_an_answer_to_the_token_address():
    draft = request_mail()
    html = PERSONAL.put_into(draft.html, html=True)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(mailto:[^"]*)"', html)]
    parts = [urlsplit(link) for link in links]
    assert {part.path for part in parts} == {f"reply%2B{'a' * 26}@pm.example.com"}
    assert [parse_qs(part.query)["body"] for part in parts] == [["APPROVE\r\n"], ["DENY\r\n"]]
    assert parse_qs(parts[0].query)["subject"] == [f"Re: {draft.subject}"]


def test_what_is_personal_takes_the_places_of_the_placeholders_and_no_other():
    text = PERSONAL.put_into(request_mail().text)
    assert f"https://pm.example.com/d/{'b' * 26}" in text
    assert "sent to\u00a0dana@example.com as an approver" in text
    assert REPLY_TOKEN not in text
    assert ADDRESS not in text
    with pytest.raises(ValueError, match="token"):
        replace(PERSONAL, reply_token="A" * 26)


def test_an_address_is_escaped_in_html_and_begins_no_line_with_a_decision_word():
    odd = replace(PERSONAL, address="deny&'@example.com")
    draft = request_mail()
    assert "deny&amp;&#x27;@example.com" in odd.put_into(draft.html, html=True)
    texts = [odd.put_into(draft.text), *flattened(odd.put_into(draft.html, html=True))]
    for text in texts:
        assert not [line for line in wrappings(text) if begins_with_decision_word(line)]


@pytest.mark.parametrize(
    ("longest", "offered"), [(30, "FOR\u00a030\u00a0MINUTES"), (60, "FOR\u00a01\u00a0HOUR")]
)
def test_the_length_offered_is_one_the_process_allows(longest, offered):
    text = request_mail(replace(FACTS, longest_minutes=longest)).text
    assert offered in text


def test_a_process_of_one_time_only_offers_no_length():
    text = request_mail(replace(FACTS, longest_minutes=0)).text
    assert "APPROVE\u00a0FOR" not in text


def test_the_wording_fits_the_ways_there_are():
    signed_in = replace(WAYS, link_needs_sign_in=True)
    assert "(sign-in required): https" in request_mail(ways=signed_in).text
    no_way = request_mail(ways=Ways(None, None))
    assert "open Manage Approvals" in no_way.text
    assert "mailto:" not in no_way.html


def test_the_outcome_says_who_until_when_and_what_it_covers():
    outcome = replace(APPROVED, comment=APPROVED.comment.replace(". ", ".\n"))
    text = compose(OUTCOME, FACTS, outcome=outcome, console_url="https://pm.example.com/x").text
    assert text.startswith("Outcome of PM-1042:\u00a0approved for 2 hours.\n")
    assert "until 14 Jul 2026, 11:38 (UTC+2)." in text
    assert "By: Dana Whitfield, by email, 14 Jul 2026, 09:38 (UTC+2)" in text
    assert 'Comment: "Fine for the tender. Please remove it afterwards."' in text
    assert "To revoke the approval: https://pm.example.com/x\n" in text


@pytest.mark.parametrize("kind", [OUTCOME, REQUESTER_OUTCOME])
def test_the_outcome_says_by_when_a_one_time_approval_is_to_be_used(kind):
    text = compose(kind, FACTS, outcome=replace(APPROVED, minutes=None)).text
    assert "\none time, by 14 Jul 2026, 11:38 (UTC+2)." in text
    assert "exactly what was asked, within 1 day of" in text


def test_a_time_that_was_asked_for_is_the_one_that_the_mail_offers():
    draft = request_mail(replace(FACTS, asked_minutes=180))
    for body in (draft.text, draft.html):
        assert "Time asked for: 3 hours" in body
        assert body.count("APPROVE") == body.count("FOR\u00a03\u00a0HOURS") + body.count("FOR%203")
        assert "2\u00a0HOURS" not in body
    assert "body=APPROVE%20FOR%203%20HOURS%0D%0A" in draft.html
    assert "for&nbsp;3\u00a0hours&nbsp;by&nbsp;email" in draft.html


@pytest.mark.parametrize("minutes", [1, 45, 60, 90, 180, 1440, 4320])
def test_the_answer_that_the_mail_offers_means_what_was_asked(minutes):
    answer = read_answer(approving(minutes), longest_minutes=4320)
    assert (answer.outcome, answer.minutes) == (Outcome.APPROVE, minutes)
