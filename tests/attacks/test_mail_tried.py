# ruff: noqa: E501 - fields as they come in
"""Mail: senders and results that were tried to get one wrong decision."""

import pytest

from tests.approvals.reply.incoming import message, outcome, read

SENDERS = {
    "two-in-name": 'From: "dana@example.com" <eve@example.com>',
    "bracket-twice": "From: <dana@example.com><eve@example.com>",
    "comment": "From: eve@example.com (dana@example.com)",
    "comment-first": "From: (dana@example.com) eve@example.com",
    "route": "From: <@example.com:dana@example.com>",
    "group": "From: g:dana@example.com;",
    "enc-addr": "From: =?utf-8?q?dana=40example.com?= <eve@example.com>",
    "enc-nl": "From: =?utf-8?q?x=0aFrom:_dana=40example.com?= <eve@example.com>",
    "quoted-local": 'From: "dana"@example.com',
    "bs-local": "From: da\\na@example.com",
    "dot": "From: dana@example.com.",
    "idn": "From: dana@ex\u0430mple.com",
    "kelvin": "From: dana@example.com\u212a",
    "fullwidth": "From: \uff44ana@example.com",
    "zwj": "From: da\u200dna@example.com",
    "nul": "From: dana@example.com\x00",
    "sub": "From: dana@mail.example.com",
    "plus": "From: dana+x@example.com",
    "percent": "From: dana%evil.example@example.com",
    "bang": "From: evil.example!dana@example.com",
    "fold": "From: eve@example.com,\r\n dana@example.com",
    "semi": "From: dana@example.com; eve@example.com",
    "uns": "FROM : dana@example.com\r\nFrom: eve@example.com",
    "cr": "From: eve@example.com\rFrom: dana@example.com",
    "vt": "From: eve@example.com\x0bFrom: dana@example.com",
    "nel": "From: eve@example.com\x85From: dana@example.com",
    "empty": "From: ",
    "ls": "From: eve@example.com\u2028From: dana@example.com",
    "tail": "From: Dana <dana@example.com> eve",
    "two-names": "From: Dana <dana@example.com>, Dana <dana@example.com>",
    "local-dots": "From: da..na@example.com",
    "ip": "From: dana@[192.0.2.1]",
}
RESULTS = {
    "other-id": "mx.evil.example; dmarc=pass header.from=example.com",
    "sub-id": "a.mx.example.com; dmarc=pass header.from=example.com",
    "super": "example.com; dmarc=pass header.from=example.com",
    "quoted-id": '"mx.example.com x"; dmarc=pass header.from=example.com',
    "id-comment": "evil (mx.example.com); dmarc=pass header.from=example.com",
    "cr": "mx.example.com; dmarc=fail\r; dmarc=pass header.from=example.com",
    "nested": "mx.example.com; dmarc=fail (a (b) ; dmarc=pass header.from=example.com) header.from=example.com",
    "reason": 'mx.example.com; dmarc=fail reason="x; dmarc=pass header.from=example.com"',
    "reason-esc": 'mx.example.com; spf=pass reason="x\\"; dmarc=pass header.from=example.com; y=\\""',
    "unterminated": 'mx.example.com; spf=pass reason="x; dmarc=pass header.from=example.com',
    "two-dmarc": "mx.example.com; dmarc=pass header.from=example.com; dmarc=fail header.from=example.com",
    "two-from": "mx.example.com; dmarc=pass header.from=example.com header.from=evil.example",
    "d-evil": "mx.example.com; dkim=pass header.d=evil.example header.i=@example.com",
    "i-sub": "mx.example.com; dkim=pass header.i=@x.example.com",
    "i-above": "mx.example.com; dkim=pass header.i=dana@com",
    "i-quoted-d": 'mx.example.com; dkim=pass header.d="evil.example" header.i=@example.com',
    "i-quoted-d-spaced": 'mx.example.com; dkim=pass header.i=@example.com HEADER.d = "evil.example"',
    "no-semicolon": "mx.example.com; spf=pass smtp.mailfrom=x dmarc=fail header.from=example.com; dkim=pass header.d=example.com",
    "junk-before": "mx.example.com; dkim=pass header.d=example.com; x dmarc=fail",
    "dkim-b": "mx.example.com; dkim=pass header.b=example.com",
    "spf": "mx.example.com; spf=pass smtp.mailfrom=dana@example.com",
    "auth": "mx.example.com; auth=pass smtp.auth=dana@example.com",
    "iprev": "mx.example.com; iprev=pass policy.iprev=1",
    "arc": "mx.example.com; arc=pass header.d=example.com",
    "dmarc-policy": "mx.example.com; dmarc=none header.from=example.com; spf=pass",
    "version9": "mx.example.com 9; dmarc=pass header.from=example.com",
    "unicode": "mx.example.com; dmarc=pass header.from=ex\u0430mple.com",
    "tab-id": "mx.\texample.com; dmarc=pass header.from=example.com",
    "semicolon-id": ";mx.example.com; dmarc=pass header.from=example.com",
    "enc": "=?utf-8?q?mx.example.com;_dmarc=3Dpass_header.from=3Dexample.com?=",
    "dkim-temp": "mx.example.com; dkim=temperror header.d=example.com",
    "dkim-policy": "mx.example.com; dkim=policy header.d=example.com",
    "hardfail": "mx.example.com; dmarc=hardfail header.from=example.com; dkim=pass header.d=example.com",
    "upper-fail": "mx.example.com; DMARC=FAIL header.from=example.com; dkim=pass header.d=example.com",
    "pass-prefix": "mx.example.com; dmarc=passfail header.from=example.com",
    "method-version": "mx.example.com; dmarc/2=fail header.from=example.com; dkim=pass header.d=example.com",
    "x-dmarc": "mx.example.com; x-dmarc=pass header.from=example.com",
    "prop-type": "mx.example.com; dmarc=pass smtp.from=example.com",
    "value-quoted-evil": 'mx.example.com; dmarc=pass header.from="evil.example"',
    "eq-space": "mx.example.com; dmarc = fail header.from=example.com; dkim=pass header.d=example.com",
    "comment-in-method": "mx.example.com; dm(x)arc=fail header.from=example.com; dkim=pass header.d=evil.example",
}
CHARSETS = """utf-7|unicode-1-1-utf-7|rot13|punycode|idna|unicode_escape|raw_unicode_escape|utf-16|utf-16le|utf-32|
utf-8-sig|base64_codec|hex|quopri|uu|zlib|bz2|mbcs|undefined|cp037|hz-gb-2312|iso-2022-kr|iso-2022-cn|x-user-defined|
viscii|utf_8|cp500|charmap|palmos""".replace("\n", "").split("|")


@pytest.mark.parametrize("field", SENDERS.values(), ids=SENDERS)
def test_a_sender_who_is_not_exactly_the_approver(field: str) -> None:
    raw = field.encode("utf-8") + b"\r\n" + message("Yes", sender=None)
    assert outcome(raw)[0] == "rejected"


@pytest.mark.parametrize("results", RESULTS.values(), ids=RESULTS)
def test_results_that_say_something_else(results: str) -> None:
    reading = read(message("Yes", results=results))
    assert (reading.outcome, reading.authenticated) == ("rejected", False)


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_that_only_python_knows_or_nobody_uses(charset: str) -> None:
    raw = message("Yes", f"Content-Type: text/plain; charset={charset}")
    assert outcome(raw)[0] == "unclear"
