"""The mails: what they say, and that no line of them can be taken for an answer."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from mail_samples import APPROVED, FACTS, HOSTILE, NOW, WAYS, flattened, hostile_facts, wrappings

from approvals.letters import compose
from approvals.letters.compose import REPLY_TOKEN, Draft, fill
from approvals.letters.facts import Outcome, Ways
from approvals.letters.guard import begins_with_decision_word

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TOKENS = {"reply_token": "a" * 26, "link_token": "b" * 26}


def every_mail(text: str) -> list[Draft]:
    facts = hostile_facts(text)
    outcome = replace(APPROVED, by=text, comment=text)
    denied = Outcome("denied", NOW, by=text, comment=text)
    return [
        compose.request_mail(facts, "dana@example.com", WAYS),
        compose.outcome_mail(facts, outcome, console_url="https://pm.example.com/"),
        compose.outcome_mail(facts, denied),
        compose.requester_outcome_mail(facts, outcome),
        compose.requester_outcome_mail(facts, Outcome("expired", NOW)),
        compose.closed_mail(facts, denied),
        compose.unclear_mail(facts, WAYS, first_line=text),
    ]


@QUICK
@given(HOSTILE)
def test_no_line_of_a_text_begins_with_a_decision_word_however_it_is_wrapped(text):
    for draft in every_mail(text):
        assert not [line for line in wrappings(draft.text) if begins_with_decision_word(line)]


@QUICK
@given(HOSTILE)
def test_no_line_of_the_html_begins_with_a_decision_word_however_it_is_flattened(text):
    html = compose.request_mail(hostile_facts(text), "dana@example.com", WAYS).html
    for flat in flattened(html):
        assert not [line for line in wrappings(flat) if begins_with_decision_word(line)]


@QUICK
@given(HOSTILE)
def test_a_value_never_adds_a_line(text):
    plain = compose.request_mail(FACTS, "dana@example.com", WAYS).text.count("\n")
    filled = compose.request_mail(hostile_facts("x" + text), "dana@example.com", WAYS)
    assert filled.text.count("\n") <= plain + 1
    assert len(filled.text.splitlines()) == filled.text.count("\n")


@QUICK
@given(HOSTILE)
def test_only_we_write_placeholders(text):
    honest = compose.request_mail(FACTS, "dana@example.com", WAYS)
    hostile = compose.request_mail(hostile_facts(text), "dana@example.com", WAYS)
    assert hostile.html.count(REPLY_TOKEN) == honest.html.count(REPLY_TOKEN) == 2
    assert hostile.text.count(REPLY_TOKEN) == honest.text.count(REPLY_TOKEN)


@QUICK
@given(HOSTILE)
def test_no_markup_comes_from_a_value(text):
    hostile = compose.request_mail(hostile_facts("x" + text), "dana@example.com", WAYS).html
    assert set(re.findall(r"<\w+", hostile)) <= set(re.findall(r"<\w+", _html())) | {"<meta"}


def _html() -> str:
    return compose.request_mail(FACTS, "dana@example.com", WAYS).html


def test_lines_begin_with_our_words_when_flattened_without_wrapping():
    odd = "endpoint-text"
    draft = compose.request_mail(hostile_facts(odd), "dana@example.com", WAYS)
    for flat in (draft.text, *flattened(draft.html)):
        assert not [line for line in flat.split("\n") if line.strip().startswith(odd)]


def test_the_sentinel_is_the_first_visible_line_of_text_and_html():
    draft = compose.request_mail(FACTS, "dana@example.com", WAYS)
    assert draft.text.split("\n")[0] == compose.SENTINEL
    assert all(flat.strip().startswith(compose.SENTINEL) for flat in flattened(draft.html))


def test_the_reason_stands_on_one_line_in_quotation_marks():
    facts = replace(FACTS, reason="first\r\nAPPROVE.")
    text = compose.request_mail(facts, "dana@example.com", WAYS).text
    assert 'Reason: "first[U+000D][U+000A]APPROVE."\n' in text


def test_words_to_type_are_joined_by_no_break_spaces():
    draft = compose.request_mail(FACTS, "dana@example.com", WAYS)
    assert '"APPROVE\u00a0FOR\u00a02\u00a0HOURS"' in draft.text
    assert "“APPROVE\u00a0FOR\u00a02\u00a0HOURS”" in draft.html


def test_our_own_lines_stay_below_seventy_columns():
    for draft in every_mail("x"):
        assert [line for line in draft.text.split("\n") if len(line) > 70] == []


def test_the_text_and_the_html_say_every_fact():
    draft = compose.request_mail(FACTS, "dana@example.com", WAYS)
    for fact in (FACTS.policy, FACTS.computer, FACTS.sha256, FACTS.reason, FACTS.file_path):
        assert fact in draft.text
        assert fact in draft.html
    assert draft.subject == "[PM-1042] Approval needed: setup.exe for alice on WS-014"
    assert "Expires: 14 Jul 2026, 17:26 (UTC+2), in 8 hours" in draft.text
    assert "One Time covers: one run of exactly what was asked" in draft.text


def test_the_buttons_open_an_answer_to_the_token_address():
    draft = fill(compose.request_mail(FACTS, "dana@example.com", WAYS), **TOKENS)
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'href="(mailto:[^"]*)"', draft.html)
    ]
    parts = [urlsplit(link) for link in links]
    assert {part.path for part in parts} == {f"reply+{'a' * 26}@pm.example.com"}
    assert [parse_qs(part.query)["body"] for part in parts] == [["APPROVE\r\n"], ["DENY\r\n"]]
    assert parse_qs(parts[0].query)["subject"] == [f"Re: {draft.subject}"]


def test_filling_puts_in_the_tokens_and_takes_nothing_else():
    draft = fill(compose.request_mail(FACTS, "dana@example.com", WAYS), **TOKENS)
    assert f"https://pm.example.com/d/{'b' * 26}" in draft.text
    with pytest.raises(ValueError, match="token"):
        fill(draft, reply_token="A" * 26, link_token="b" * 26)


@pytest.mark.parametrize(
    ("longest", "offered"), [(30, "FOR\u00a030\u00a0MINUTES"), (60, "FOR\u00a01\u00a0HOUR")]
)
def test_the_length_offered_is_one_the_process_allows(longest, offered):
    text = compose.request_mail(replace(FACTS, longest_minutes=longest), "d@example.com", WAYS).text
    assert offered in text


def test_a_process_of_one_time_only_offers_no_length():
    text = compose.request_mail(replace(FACTS, longest_minutes=0), "d@example.com", WAYS).text
    assert "APPROVE\u00a0FOR" not in text


def test_the_wording_fits_the_ways_there_are():
    signed_in = replace(WAYS, link_needs_sign_in=True)
    assert "needs sign-in" in compose.request_mail(FACTS, "d@example.com", signed_in).text
    no_way = compose.request_mail(FACTS, "d@example.com", Ways(None, None))
    assert "open Manage Approvals" in no_way.text
    assert "mailto:" not in no_way.html


def test_the_outcome_says_who_until_when_and_what_it_covers():
    text = compose.outcome_mail(FACTS, APPROVED, console_url="https://pm.example.com/x").text
    assert text.startswith("Outcome of PM-1042:\u00a0approved for 2 hours.\n")
    assert "until 14 Jul 2026, 11:38 (UTC+2)." in text
    assert "By: Dana Whitfield, by e-mail, 14 Jul 2026, 09:38 (UTC+2)" in text
    assert 'Comment: "Fine for the tender. Please remove it afterwards."' in text
    assert "press Revoke on\nhttps://pm.example.com/x" in text
