"""Test Connection and what is wrong with certificates and encryption."""

import pytest

from tests.foreign_systems.connection_test.trying import (
    HOST,
    OFFERS_TLS,
    SIGN_IN,
    failed,
    signed_certificate,
    step,
    tones,
    try_script,
)
from tests.foreign_systems.scripted_server import certificate


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
@pytest.mark.parametrize(
    ("made", "trusted", "headline", "advice"),
    [
        (
            lambda folder: certificate(folder, name=HOST),
            False,
            "The server's certificate is self-signed",
            "into Certificate Authority",
        ),
        (
            signed_certificate,
            False,
            "The server's certificate is from an unknown authority",
            "into Certificate Authority",
        ),
        (
            lambda folder: certificate(folder, name="other.example"),
            True,
            "The server's certificate is for another name",
            f"isn't valid for {HOST}",
        ),
        (
            lambda folder: certificate(folder, name=HOST, days=-1),
            True,
            "The server's certificate has expired",
            "renew",
        ),
        (
            lambda folder: signed_certificate(folder, starts=2),
            True,
            "The server's certificate isn't valid yet",
            "clock",
        ),
    ],
    ids=["self-signed", "unknown", "misnamed", "expired", "early"],
)
def test_a_certificate_that_does_not_hold(tmp_path, scheme, made, trusted, headline, advice):
    context, ca = made(tmp_path)
    tried = try_script(
        {"EHLO": OFFERS_TLS},
        scheme,
        tls=context,
        smtps=scheme == "smtps",
        ca=ca if trusted else None,
        **SIGN_IN,
    )
    assert (tried.headline, tones(tried)) == (headline, "ggboo")
    assert advice in tried.advice
    assert failed(tried) == []


def test_a_pasted_authority_is_enough(tmp_path):
    context, ca = signed_certificate(tmp_path)
    assert try_script({"EHLO": [OFFERS_TLS, "250 x"]}, tls=context, ca=ca).ok


def test_an_authority_that_is_not_readable(good):
    tried = try_script({"EHLO": OFFERS_TLS}, tls=good[0], ca="-----BEGIN CERTIFICATE-----\nx")
    assert (tried.headline, tones(tried)) == ("The Certificate Authority can't be read", "ggboo")


@pytest.mark.parametrize(
    ("scheme", "values", "headline"),
    [
        ("smtp+starttls", {}, "The server offers no encryption"),
        ("smtp", {"requires_tls": True}, "The server no longer offers encryption"),
    ],
)
def test_starttls_that_is_missing(scheme, values, headline):
    tried = try_script({}, scheme, **values)
    assert (tried.headline, tones(tried)) == (headline, "ggboo")


def test_starttls_that_is_offered_and_refused():
    tried = try_script({"EHLO": OFFERS_TLS, "STARTTLS": "501 5.5.4 no"})
    assert (tried.headline, tones(tried)) == ("The server refused to encrypt", "ggboo")
    assert step(tried, "Encryption")[1] == "STARTTLS: refused (501)"
    assert failed(tried) == ["S 501 5.5.4 no"]


def test_text_slipped_in_behind_the_reply_to_starttls_is_shown(good):
    script = {"EHLO": OFFERS_TLS, "STARTTLS": "220 go ahead\n250 AUTH PLAIN"}
    tried = try_script(script, tls=good[0], ca=good[1], **SIGN_IN)
    assert (tried.headline, tones(tried)) == ("No usable answer to STARTTLS", "ggboo")
    assert "Unencrypted data" in tried.advice
    assert failed(tried)[-1] == "S 250 AUTH PLAIN"
