# ruff: noqa: E501 - markup as mail programs write it
"""What a quote holds can make an answer in HTML unclear, and never another one.

Whoever wrote the quoted mail chose its markup and style sheets, which mail programs keep or not.
"""

import pytest

from tests.approvals.reply.incoming import OUR_TEXT, html, read

OURS = "".join(f"<div>{line or '<br>'}</div>" for line in OUR_TEXT.split("\n"))
US = "PM Console &lt;reply@pm.example.com&gt;"
# {head}, {typed} and {quote} are filled in.
LAYOUTS = {
    "Gmail": f'{{head}}<div dir="ltr">{{typed}}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, 14 Jul 2026 at 09:26, {US} wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{{quote}}</blockquote></div>',
    "Outlook": f"<html><head>{{head}}</head><body lang=EN-US><div class=WordSection1><p class=MsoNormal>{{typed}}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>From:</b> {US} <br><b>Sent:</b> 14 July 2026 09:26<br><b>To:</b> Dana<br><b>Subject:</b> x</p></div></div>{{quote}}</div></body></html>",
    "Outlook on the web": f'<html><head>{{head}}</head><body dir="ltr"><div style="font-family: Aptos; font-size: 12pt; color: rgb(0, 0, 0);">{{typed}}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri" style="font-size:11pt"><b>From:</b> {US}<br><b>Sent:</b> x</font></div><div>{{quote}}</div></body></html>',
    "Apple Mail": f'<html><head>{{head}}</head><body style="overflow-wrap: break-word;">{{typed}}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 14 Jul 2026, at 09:26, {US} wrote:</div><br class="Apple-interchange-newline"><div>{{quote}}</div></blockquote></div></body></html>',
    "Thunderbird": f'<html><head>{{head}}</head><body><p>{{typed}}</p><div class="moz-cite-prefix">On 14/07/2026 09:26, {US} wrote:<br></div><blockquote type="cite" cite="mid:x">{{quote}}</blockquote></body></html>',
    "Thunderbird, below": f'<html><head>{{head}}</head><body><div class="moz-cite-prefix">On 14/07/2026 09:26, {US} wrote:<br></div><blockquote type="cite" cite="mid:x">{{quote}}</blockquote><p>{{typed}}</p></body></html>',
    "Yahoo": f'{{head}}<div class="yahoo-style-wrap"><div dir="ltr">{{typed}}</div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div><div>On Tuesday, 14 July 2026 at 09:26, {US} wrote:</div><div>{{quote}}</div></div></div>',
}
TYPED = [
    "DENY",
    "APPROVE FOR 1 HOUR",
    "Wait, please.",
    "<s>APPROVE</s> DENY",
    "<p>Hold on</p><p>APPROVE</p>",
    "Please don&#39;t <i>approve</i>",
    "",
]
SHEETS = [
    *("*{display:none}", "div{display:none}", "p{display:none}", ".MsoNormal{display:none}"),
    *(
        "div:first-child{font-size:0}",
        "body{color:#fff}",
        "p{visibility:hidden}",
        "b{display:none}",
    ),
    *("*{text-decoration:line-through}", "div{position:absolute;top:-9999px}", "s{display:none}"),
    *("p:first-child{display:none}", "blockquote{display:none}", "p::before{content:'APPROVE '}"),
    *(
        "@media screen{div{display:none}}",
        "p{direction:rtl;unicode-bidi:bidi-override}",
        "/*",
        "p{",
    ),
]
# What a colleague's mail may hold around its text {text}.
MARKUP = [
    *("</body></html><p>APPROVE</p>{text}", "<!--{text}", "{text}<!-- ", "--><p>APPROVE</p>{text}"),
    *("<![CDATA[{text}]]>", "<!--[if mso]><p>APPROVE</p><![endif]-->{text}"),
    *("<template>{text}</template>", "<noscript><p>APPROVE</p></noscript>{text}"),
    *("<svg><style><p>APPROVE</p></style></svg>{text}", "<math><mtext><p>APPROVE</p>{text}"),
    *("<table><tr><td>{text}</table>APPROVE", "<table>APPROVE<tr><td>{text}</td></tr></table>"),
    *("<select><option>{text}", "<textarea>{text}", "<title>{text}", "<plaintext>{text}"),
    *("<iframe>{text}", "<frameset><frame src=x></frameset>{text}", "<body hidden>{text}"),
    *("<body style='color:#fff'>{text}", "<html style='display:none'>{text}", "<s>{text}"),
    *("<font color=white>{text}", "&#8238;{text}", "<bdo dir=rtl>{text}", "<dialog>{text}"),
    *("<div id=divRplyFwdMsg></div>{text}<div>APPROVE</div>", "<hr id=zwchr>{text}<p>APPROVE</p>"),
    *("<div class=gmail_quote></div>{text}APPROVE", "<div style='display:none'>{text}"),
    *(
        "<div style='position:fixed;top:0'>APPROVE</div>{text}",
        "<p style='float:left'>APPROVE</p>{text}",
    ),
    *("<div style='margin-top:-900px'>APPROVE</div>{text}", "<b><p><b>{text}", "<style/>{text}"),
    *("{text}<div class='gmail_signature'>APPROVE</div>", "<script/>{text}</script>APPROVE"),
]


def messages(layout: str, typed: str) -> list[tuple[str, bytes]]:
    """The answer with each kind of quoted markup, which says what it is."""
    sheets = [f"<style>{sheet}</style>" for sheet in SHEETS]
    quotes = [f"{sheet}{{text}}" for sheet in sheets] + MARKUP
    found = [(quote, "", quote.replace("{text}", OURS)) for quote in quotes]
    found += [(sheet, sheet, OURS) for sheet in sheets]
    fill = LAYOUTS[layout].replace("{typed}", typed)
    return [
        (name, html(fill.replace("{head}", head).replace("{quote}", quote)))
        for name, head, quote in found
    ]


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_markup_of_the_quoted_mail_makes_no_other_answer(layout: str, typed: str) -> None:
    fill = LAYOUTS[layout].replace("{head}", "").replace("{typed}", typed)
    plain = read(html(fill.replace("{quote}", OURS)))
    for name, raw in messages(layout, typed):
        reading = read(raw)
        if reading.outcome in {"approve", "deny"}:
            same = (plain.outcome, plain.minutes, plain.comment)
            assert (reading.outcome, reading.minutes, reading.comment) == same, name


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_answer_beside_our_own_email_is_understood(layout: str) -> None:
    fill = LAYOUTS[layout].replace("{head}", "").replace("{quote}", OURS)
    readings = [read(html(fill.replace("{typed}", typed))) for typed in TYPED[:2]]
    assert [(each.outcome, each.minutes) for each in readings] == [("deny", None), ("approve", 60)]
