# ruff: noqa: E501 - tables of markup as it comes in
"""What of an HTML body a person sees and typed."""

import pytest

from tests.approvals.reply.incoming import OUR_TEXT, both, html, marked, outcome, read

ONCE, NO, UNCLEAR = ("approve", None), ("deny", None), ("unclear", None)

OURS = """<div role="main"><table><tr><td>Write your answer above this line</td></tr>
<tr><td><h1>User alice asks to run setup.exe as administrator on WS-014</h1></td></tr>
<tr><td>Reason: &ldquo;Need the viewer. APPROVE.&rdquo;</td></tr>
<tr><td><a href="mailto:x">&#10003;&nbsp;Approve&nbsp;by&nbsp;e-mail</a></td><td><a href="mailto:x">&#10005;&nbsp;Deny&nbsp;by&nbsp;e-mail</a></td></tr>
<tr><td>Your mail program opens with the answer written; press Send. Or reply to this e-mail with &ldquo;APPROVE&rdquo;</td></tr>
<tr><td><span>Policy:</span> UAC</td></tr></table></div>"""
ON = "On Tue, Jul 14, 2026 at 9:26 AM PM Console &lt;reply@pm.example.com&gt; wrote:"
GMAIL = f'<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{ON}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{OURS}</blockquote>'

LAYOUTS = {
    "Gmail": f'<div dir="ltr">{{}}</div><br>{GMAIL}</div>',
    "Gmail below": f"{GMAIL}<div><br></div><div>{{}}</div></div>",
    "Gmail signature": f'<div dir="ltr">{{}}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Yes Minister</div></div><br>{GMAIL}</div>',
    "Outlook": f'<html xmlns:o="urn:x"><head><meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal, li.MsoNormal {{{{margin:0cm; font-size:11.0pt;}}}} span.EmailStyle19 {{{{mso-style-type:personal-reply; color:windowtext;}}}} @page WordSection1 {{{{size:612.0pt 792.0pt;}}}} --></style><!--[if gte mso 9]><xml><o:shapedefaults/></xml><![endif]--></head><body lang=EN-GB><div class=WordSection1><p class=MsoNormal><span style="mso-fareast-language:EN-US">{{}}<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b><span lang=EN-US>From:</span></b><span> PM Console &lt;reply@pm.example.com&gt; <br><b>Sent:</b> 14 July 2026 09:26<br><b>To:</b> Dana<br><b>Subject:</b> x<o:p></o:p></span></p></div></div>{OURS}</div></body></html>',
    "Outlook on the web": f'<div class="elementToProof" style="font-family:Aptos; font-size:12pt; color:rgb(0, 0, 0);">{{}}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font><b>Von:</b> PM<br><b>Gesendet:</b> Dienstag<br></font><div>&nbsp;</div></div>{OURS}',
    "Outlook mobile": f'<div dir="ltr">{{}}</div><div id="ms-outlook-mobile-signature"><div>Get <a href="x">Outlook for iOS</a></div></div><div id="mail-editor-reference-message-container"><hr><div id="divRplyFwdMsg"><b>From:</b> PM</div>{OURS}</div>',
    "Apple Mail": f'<html><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space;">{{}}<br><div><br><blockquote type="cite"><div>{ON}</div><br class="Apple-interchange-newline"><div>{OURS}</div></blockquote></div><br></body></html>',
    "iOS": f'<html><body dir="auto">{{}}<div dir="ltr"><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">{ON}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{OURS}</div></blockquote></body></html>',
    "Thunderbird": f'<body text="#000000" bgcolor="#FFFFFF"><p>{{}}</p><div class="moz-cite-prefix">On 14/07/2026 09:26, PM wrote:<br></div><blockquote type="cite" cite="mid:x">{OURS}</blockquote><pre class="moz-signature" cols="72">-- \nDana</pre></body>',
    "Thunderbird below": f'<div class="moz-cite-prefix">On 14/07/2026 09:26, PM wrote:<br></div><blockquote type="cite" cite="mid:x">{OURS}</blockquote><p>{{}}</p><p><br></p>',
    "Yahoo": f'<div class="ydp1yahoo-style-wrap"><div dir="ltr">{{}}</div><div><br></div></div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted"><div>{ON}</div><div>{OURS}</div></div>',
    "Samsung": f'<div dir="auto">{{}}</div><div id="composer_signature" dir="auto"><div>Sent from my Galaxy</div></div><div><br></div><div align="left"><div>-------- Original message --------</div><div>From: PM </div><div>Date: 14/07/2026</div><div>To: d</div></div>{OURS}',
    "Proton": f'<div style="font-family: Arial">{{}}</div><div class="protonmail_signature_block"></div><div class="protonmail_quote">On Tuesday wrote:<br><blockquote class="protonmail_quote" type="cite">{OURS}</blockquote></div>',
    "GMX": f'<div>{{}}</div><div><div name="quote" style="border-left:2px solid"><div><b>Gesendet:</b> x<br><b>Von:</b> y</div><div name="quoted-content">{OURS}</div></div></div>',
    "Zimbra": f'<div>{{}}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>x</div>{OURS}',
    "Notes": f'<font size=2 face="sans-serif">{{}}</font><br><br><font size=1 color=#5f5f5f>From: </font><font size=1>PM</font><br><font size=1 color=#5f5f5f>To: </font><font>d</font><br><font>Date: </font><font>14.07.2026</font><br><font>Subject: </font>x<br><hr noshade><br>{OURS}',
    "no container": f"<div>{{}}</div><br>{OURS}",
    "attribution alone": f"<div>{{}}</div><p>{ON}</p>{OURS}",
    "text made HTML": "<pre>{}\n\n"
    + marked(OUR_TEXT).replace("&", "&amp;").replace(">", "&gt;")
    + "</pre>",
    "white space kept": '<div style="white-space:pre-wrap">{}\n\nA comment\n</div>' + OURS,
    "dark background": '<body bgcolor="#000000" text="#ffffff"><font color="#ffffff">{}</font><br><br>'
    + OURS
    + "</body>",
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("APPROVE", ONCE),
        ("<b>Approve</b> for&nbsp;2 hours", ("approve", 120)),
        ("Deny.", NO),
        ("NO<br>too risky", NO),
        ("ok", UNCLEAR),
        ("Approve?", UNCLEAR),
        ("<br>", UNCLEAR),
        ("", UNCLEAR),
    ],
)
def test_an_answer_is_found_in_the_layouts_of_mail_programs(
    name: str, answer: str, expected: tuple[str, int | None]
) -> None:
    assert (
        outcome(html(LAYOUTS[name].replace("{{", "{").replace("}}", "}").replace("{}", answer)))
        == expected
    )


@pytest.mark.parametrize("name", LAYOUTS)
def test_our_own_mail_is_no_comment(name: str) -> None:
    markup = LAYOUTS[name].replace("{{", "{").replace("}}", "}").replace("{}", "APPROVE")
    assert read(html(markup)).comment in ("", "A comment")


HIDDEN = [
    '<div style="display:none">{}</div>',
    '<div style="DISPLAY : None !important">{}</div>',
    "<div hidden>{}</div>",
    '<div style="visibility:hidden">{}</div>',
    '<span style="font-size:0">{}</span><br>',
    '<span style="opacity:0">{}</span><br>',
    '<span style="color:#fff">{}</span><br>',
    '<span style="color:#ffffff">{}</span><br>',
    '<span style="color:white">{}</span><br>',
    '<span style="color:rgb(255, 255, 255)">{}</span><br>',
    '<span style="color:transparent">{}</span><br>',
    '<font color="#ffffff">{}</font><br>',
    '<font color="white">{}</font><br>',
    '<div style="height:0;overflow:hidden">{}</div>',
    '<div style="max-height:0px;overflow:hidden">{}</div>',
    '<span style="text-decoration:line-through">{}</span><br>',
    "<del>{}</del><br>",
    "<s>{}</s><br>",
    "<strike>{}</strike><br>",
    "<!-- {} -->",
    "<!--[if mso]>{}<![endif]-->",
    "<title>{}</title>",
    "<style>{}</style>",
    "<script>{}</script>",
    "<template>{}</template>",
    '<img alt="{}"><br>',
    '<a title="{}"></a>',
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_nobody_sees_is_not_written_text(hidden: str) -> None:
    wrapped = hidden.replace("{{", "{").replace("}}", "}")
    assert outcome(html(wrapped.replace("{}", "APPROVE") + "<div>DENY</div>")) == NO
    assert outcome(html(wrapped.replace("{}", "APPROVE"))) == UNCLEAR


# Seen by somebody, or of another meaning than its letters: it is the first line, and decides nothing.
DOUBTFUL = [
    '<style>.x{{display:none}}</style><div class="x">{}</div>',
    '<span style="text-decoration: solid line-through red">{}</span><br>',
    '<div style="position:absolute;clip:rect(0,0,0,0)">{}</div>',
    '<div style="position:absolute;left:-9999px">{}</div>',
    '<span style="color:rgba(0,0,0,0)">{}</span><br>',
    '<span style="color:#FEFEFE">{}</span><br>',
    '<span style="opacity:.01">{}</span><br>',
    '<span style="font-size:0.1px">{}</span><br>',
    '<span style="font:0/0 a">{}</span><br>',
    '<div style="transform:scale(0)">{}</div>',
    '<input value="{}"><br>',
    '<div style="display:/**/none">{}</div>',
    '<div style="background:#000;color:#000">{}</div>',
    '<table bgcolor="#112233"><tr><td><font color="#112233">{}</font></td></tr></table>',
    "<details>{}</details>",
    '<style>@media all {{ div.y , p {{ color:red; visibility:hidden }} }}</style><div class="y">{}</div>',
    '<style>#z{{font-size:0}}</style><div id="z">{}</div>',
    '<div style="display:none;display:block">{}</div>',
    '<style>@media print {{ .x {{ display:none }} }}</style><div class="x">{}</div>',
    '<style>@media (max-width:400px) {{ .x {{ display:none }} }}</style><div class="x">{}</div>',
    '<style>.a .x {{ display:none }}</style><div class="x">{}</div>',
    '<style>.x,! {{ display:none }}</style><div class="x">{}</div>',
    '<style>y;.x {{ display:none }}</style><div class="x">{}</div>',
    '<style>.x {{ display:none;all:unset }}</style><div class="x">{}</div>',
    '<style>.x {{ displ\\61y:none }}</style><div class="x">{}</div>',
    '<style>.x {{ color:wh\\69te }}</style><div class="x">{}</div>',
    '<style>.x {{ -webkit-text-fill-color:transparent }}</style><div class="x">{}</div>',
    '<span style="margin-left:20px">{}</span>',
    "<sup>{}</sup>",
    '<style>.x:hover {{ display:none }}</style><div class="x">{}</div>',
    '<style>.x {{ display:none }} .x {{ display:block }}</style><div class="x">{}</div>',
    '<style>.x {{ display:none }}</style><div class="x" style="display:block">{}</div>',
    '<style>.b {{ background:#000 }}</style><div class="b"><b style="color:#fff">{}</b></div>',
    '<style>.x:before {{ content:"Not: " }}</style><div class="x">{}</div>',
    '<div style="visibility:hidden">a<b style="visibility:visible">{}</b></div>',
    '<div style="font-size:0">a<b style="font-size:16px">{}</b></div>',
    '<div style="color:lab(0% 0 0)">{}</div>',
    '<div style="opacity:.2">{}</div>',
    '<div style="zoom:0">{}</div>',
    '<style media="print">.x {{ display:none }}</style><div class="x">{}</div>',
    '<style>.y {{ color:#333 }}</style><div style="color:#fff"><b class="y">{}</b></div>',
    '<table background="x.png"><tr><td><font color="white">{}</font></td></tr></table>',
    '<div style="color:#fff;text-shadow:0 0 2px #000">{}</div>',
    "<style>body {{ color:#fff }}</style><div>{}</div>",
    '<div style="left:-100px">{}</div>',
    '<div style="line-height:0;overflow:hidden">{}</div>',
    "<details open>{}</details>",
    "<details><summary>{}</summary></details>",
    "<math><mtext>{}</mtext></math>",
    '<span style="font-family:Wingdings">{}</span><br>',
    '<font face="Webdings">{}</font><br>',
    '<font face="Symbol">{}</font><br>',
    "<div style=\"font-family:Arial,'Material Icons'\">{}</div>",
    "<style>.x {{ font-family:'Wingdings 2',serif }}</style><div class=\"x\">{}</div>",
    '<table align="left"><tr><td>{}</td></tr></table>',
    "<table><tr><td><p>{}</p></td><td><p></p></td></tr><tr><td>a</td><td>X</td></tr></table>",
    "<table><tr><td>b</td></tr><thead><tr><td>{}</td></tr></thead></table>",
    '<div style="display:table-cell">{}</div>',
    '<div style="text-indent:-9999px">{}</div>',
    '<div style="clip:rect(0,0,0,0)">{}</div>',
    '<div style="position:absolute;bottom:-9999px">{}</div>',
    '<span style="height:0;overflow:hidden">{}</span><br>',
    '<div style="height:0;overflow:hidden;padding:20px">{}</div>',
    '<datalist style="display:block">{}</datalist>',
    '<span style="transform:scale(0)">{}</span><br>',
    "<textarea>{}</textarea>",
    "<select><option>{}</option></select>",
    "<option>{}</option>",
    "<object>{}</object>",
    "<embed>{}</embed>",
    "<applet>{}</applet>",
    "<iframe>{}</iframe>",
    "<map>{}</map>",
    "<svg><text>{}</text></svg>",
    "<svg><foreignObject>{}</foreignObject></svg>",
    "<canvas>{}</canvas>",
    "<video>{}</video>",
    "<audio>{}</audio>",
    "<noembed>{}</noembed>",
    "<p></p><noframes>{}</noframes>",
    "<div popover>{}</div>",
    '<div hidden style="display:block">{}</div>',
    '<style>.x {{ display:block !important }}</style><div class="x" style="display:none">{}</div>',
    '<div style="display:none\\9">{}</div>',
    '<div style="displa\\79:none">{}</div>',
    '<span style="mso-hide:all">{}</span><br>',
    '<div style="color:#ddd">{}</div>',
    '<div style="color:#eee">{}</div>',
    '<div style="color:lightyellow">{}</div>',
    "<style>body {{ color:#eee }}</style><div>{}</div>",
    '<div style="color:white;background-image:url(x)">{}</div>',
    '<div style="text-decoration:line-through;text-decoration:none">{}</div>',
    '<div style="text-decoration:line-through transparent">{}</div>',
    '<s style="text-decoration:none">{}</s><br>',
    '<del style="text-decoration:none">{}</del><br>',
    '<style>.x {{ text-decoration:none }}</style><s class="x">{}</s><br>',
]


@pytest.mark.parametrize("doubtful", DOUBTFUL)
def test_what_may_be_seen_otherwise_is_the_first_line_and_decides_nothing(doubtful: str) -> None:
    wrapped = doubtful.replace("{{", "{").replace("}}", "}")
    for answer in ("APPROVE", "DENY", "I would not", "N"):
        assert outcome(html(wrapped.replace("{}", answer) + "<div>YES</div>")) == UNCLEAR


def test_what_isnt_surely_hidden_takes_no_word_from_a_line() -> None:
    sheet = "<style>@media print { .x { display:none } }</style>"
    assert outcome(html(f'{sheet}<p>APPROVE, <b class="x">not</b> granted</p>')) == UNCLEAR
    assert outcome(html(f"{sheet}<p>APPROVE, granted</p>")) == ONCE


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>AP<b>PRO</b>VE</p>", ONCE),
        ("<p>APPROVE<span>D</span></p>", ONCE),
        ("<span>APPROVE</span><span> not</span>", UNCLEAR),
        ("<div style='display:inline'>APPROVE</div><div style='display:inline'>?</div>", UNCLEAR),
        ("<table><tr><td>APPROVE</td><td>never</td></tr></table>", UNCLEAR),
        ("<ul><li>APPROVE</li></ul>", UNCLEAR),
        ("<div>APPROVE</div>?", ONCE),
        ("APPROVE<br>?", ONCE),
        ('APPROVE<br style="display:none"> never', UNCLEAR),
        ("APP<wbr>ROVE", ONCE),
        ("&#65;PPROVE", ONCE),
        ("&#x410;PPROVE", UNCLEAR),
        ("APPROVE&#13;DENY", UNCLEAR),
        ("APP&shy;ROVE", UNCLEAR),
        ("APP&zwnj;ROVE", UNCLEAR),
        ("<bdo dir=rtl>EVORPPA</bdo>", UNCLEAR),
        ("<p>\ufeffAPPROVE</p>", UNCLEAR),
        ("<blockquote style='margin:0 0 0 40px'>APPROVE</blockquote>", UNCLEAR),
        ("<img src=x>", UNCLEAR),
        ('<p>Yes <img src="x" alt="\U0001f44e"></p>', UNCLEAR),
        ('<p>Yes<img src="x" width="1" height="1"></p>', ONCE),
        ('<p>Yes<img src="x" width="1" height="1" hspace="9"></p>', UNCLEAR),
        ('<p><img src="x" alt="\U0001f44e"></p><p>Yes, Bob knows.</p>', UNCLEAR),
        ('<p><img src="x" alt="\U0001faf7"></p><p>Yes, Bob knows.</p>', UNCLEAR),
        ('<p><img src="x" alt="0\ufe0f\u20e3"></p><p>Yes, Bob knows.</p>', UNCLEAR),
        ('<p><img src="x" alt="Example Ltd"></p><p>Yes, Bob knows.</p>', ONCE),
        ("<p>Yes <svg><path/></svg></p>", UNCLEAR),
        ('<svg viewBox="0 0 9 9"><g><path d="M1 1"/></g></svg><p>APPROVE</p>', ONCE),
        ('<map name="m"><area href="x"></map><p>APPROVE</p>', ONCE),
        ('<p style="color:#ccc">APPROVE</p>', ONCE),
        ("<table><tr><td bgcolor=red></td><td>APPROVE</td></tr></table>", ONCE),
        ("<p>Approve<grammarly-extension></grammarly-extension></p>", ONCE),
        (
            '<p><input type="checkbox"> Approve</p><p><input type="checkbox" checked> Deny</p>',
            UNCLEAR,
        ),
        (
            "<table><tr><td>Approve</td><td></td></tr><tr><td>Deny</td><td>X</td></tr></table>",
            UNCLEAR,
        ),
        ("<div>&#8203;</div><div>Approve</div>", ONCE),
        ('<div style="-webkit-text-fill-color: rgb(0, 0, 0)">Approve</div>', ONCE),
        (
            '<div style="-webkit-text-fill-color:#fff"><b style="color:#000">Approve</b></div>',
            UNCLEAR,
        ),
        ("&lt;p&gt;APPROVE&lt;/p&gt;", UNCLEAR),
        ("plain APPROVE", UNCLEAR),
        ("", UNCLEAR),
    ],
)
def test_markup_is_read_as_it_is_shown(markup: str, expected: tuple[str, int | None]) -> None:
    assert outcome(html(markup)) == expected


@pytest.mark.parametrize(
    ("text", "markup", "expected"),
    [
        ("APPROVE\n", "<p>APPROVE</p>", ONCE),
        ("*Approve* for 2 hours\n", "<p><b>Approve</b> for 2 hours</p>", ("approve", 120)),
        ("APPROVE\n", "<p>DENY</p>", UNCLEAR),
        ("APPROVE\n", "<p>APPROVE FOR 2 HOURS</p>", UNCLEAR),
        ("APPROVE\n", "<p>ok</p>", UNCLEAR),
        ("ok\n", "<p>APPROVE</p>", UNCLEAR),
        ("", "<p>APPROVE</p>", UNCLEAR),
        ("APPROVE\n", "", UNCLEAR),
        ("APPROVE\n", "<s>APPROVE</s>", UNCLEAR),
        ("YES\n", "<p>Approved</p>", ONCE),
    ],
)
def test_text_and_html_must_lead_to_the_same(
    text: str, markup: str, expected: tuple[str, int | None]
) -> None:
    assert outcome(both(text, markup)) == expected
