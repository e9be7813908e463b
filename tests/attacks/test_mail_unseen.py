# ruff: noqa: E501 - markup as it comes in
"""Mail: an answer that its author can't see, or sees crossed out, elsewhere, or as a quote."""

import pytest

from tests.approvals.reply.incoming import html, outcome

UNSEEN = {
    "zero-font": "<span style='font-size:0'>APPROVE</span><p>deny?</p>",
    "font-tag-size": "<font size='-7' color=white>APPROVE</font><p>what is this?</p>",
    "off-screen": "<div style='position:absolute;left:-9999px'>APPROVE</div>",
    "off-screen-top": "<div style='position:fixed;top:-500em'>APPROVE</div>",
    "z-index": "<div style='position:relative;z-index:-1;height:0;overflow:hidden'>APPROVE</div>what?",
    "bg-same": "<table bgcolor='#123456'><tr><td style='color:#123456'>APPROVE</td></tr></table>what?",
    "hsl-white": "<p style='color:hsl(0,0%,100%)'>APPROVE</p>what?",
    "color-var": "<p style='color:var(--x,white)'>APPROVE</p>what?",
    "color-mix": "<p style='color:color-mix(in srgb,white,white)'>APPROVE</p>what?",
    "rgb-percent": "<p style='color:rgb(100%,100%,100%)'>APPROVE</p>what?",
    "color-name": "<p style='color:honeydew'>APPROVE</p>what?",
    "color-name2": "<p style='color:lavenderblush'>APPROVE</p>what?",
    "max-height0": "<div style='max-height:0;overflow:hidden'>APPROVE</div>what?",
    "line-height0": "<div style='line-height:0;overflow:hidden'>APPROVE</div>what?",
    "scale0": "<div style='transform:scale(0)'>APPROVE</div>what?",
    "scale-prop": "<div style='scale:0'>APPROVE</div>what?",
    "zoom0": "<div style='zoom:0'>APPROVE</div>what?",
    "translate": "<div style='translate:-9999px'>APPROVE</div>what?",
    "inset": "<div style='position:absolute;inset:-9999px auto auto -9999px'>APPROVE</div>what?",
    "clip-rect": "<div style='position:absolute;clip:rect(0,0,0,0)'>APPROVE</div>what?",
    "mask": "<div style='-webkit-mask:linear-gradient(transparent,transparent)'>APPROVE</div>what?",
    "class-hidden": "<style>.h{display:none}</style><p class=h>APPROVE</p>what?",
    "attr-selector": "<style>p[title=x]{display:none}</style><p title=x>APPROVE</p>what?",
    "nth-child": "<style>div>p:first-child{display:none}</style><div><p>APPROVE</p><p>what?</p></div>",
    "star-selector": "<style>*{display:none}</style><p>APPROVE</p>what?",
    "media": "<style>@media all{.q{display:none}}</style><p class=q>APPROVE</p>what?",
    "escape-css": "<p style='d\\69splay:none'>APPROVE</p>what?",
    "strike": "<strike>APPROVE</strike> No.",
    "del": "<del>APPROVE</del> No.",
    "s-css": "<span style='text-decoration:line-through'>APPROVE</span><br>No.",
    "s-class": "<style>.s{text-decoration:line-through}</style><span class=s>APPROVE</span><br>No.",
    "details": "<details><p>APPROVE</p></details>what?",
    "noscript": "<noscript>APPROVE</noscript>what?",
    "noframes": "<noframes>APPROVE</noframes>what?",
    "comment-if": "<!--[if mso]>APPROVE<![endif]--><p>what?</p>",
    "select": "<select><option>APPROVE</select><p>what?</p>",
    "title": "<title>APPROVE</title><p>what?</p>",
    "alt": "<img alt='APPROVE'><p>what?</p>",
    "rtl-override": "<bdo dir=rtl>EVORPPA</bdo>",
    "rtl-flip": "<p style='unicode-bidi:bidi-override;direction:rtl'>SEY</p>",
    "dir-rtl-order": "<div dir=rtl>Yes ,on</div>",
    "flex-order": "<div style='display:flex;flex-direction:column-reverse'><p>Yes</p><p>No, never.</p></div>",
    "order": "<div style='display:flex'><p style='order:2'>Yes</p><p style='order:1'>I would not say</p></div>",
    "float": "<span style='float:right'>Yes</span><span>I do not say</span>",
    "blockquote-css": "<div style='border-left:1px solid #ccc;padding-left:1ex;margin:0 0 0 .8ex'>Yes</div>",
    "cite-div": "<div class='gmail_quote'>Yes</div>",
    "content-before": "<style>p::before{content:'I do not say '}</style><p>Yes</p>",
    "entity-zwsp": "Y&#8203;es",
    "entity-shy": "Yes&shy; not",
    "ruby": "<ruby>Yes<rt>not</rt></ruby>",
    "sub-super": "Yes<sub> not</sub>",
    "base64ish": "<xmp>APPROVE</xmp>",
    "plaintext": "<plaintext>APPROVE",
    "listing": "<listing>APPROVE</listing>",
    "marquee": "<marquee>APPROVE</marquee>what?",
    "blink-white": "<font color=#fffffe>APPROVE</font><p>what?",
    "body-color": "<body text=white><p>APPROVE</p></body>",
    "bgcolor-body": "<body bgcolor=black text=black>APPROVE<p style='color:white'>what?",
    "nested-white": "<div style='color:white'><span>APPROVE</span></div><p>hm?",
    "opacity-parent": "<div style='opacity:.01'><p>APPROVE</p></div>hm",
    "visibility": "<p style='visibility:hidden'>APPROVE</p>hm",
    "important-none": "<p style='display:none!important;display:block'>APPROVE</p>hm",
    "uppercase-style": "<P STYLE='DISPLAY:NONE'>APPROVE</P>hm",
    "hidden-attr": "<p hidden>APPROVE</p>hm",
    "hidden-until": "<p hidden=until-found>APPROVE</p>hm",
    "tiny": "<span style='font-size:1px'>APPROVE</span>hm",
    "font-short": "<span style='font:1px/1px a'>APPROVE</span>hm",
    "calc": "<span style='font-size:calc(0px)'>APPROVE</span>hm",
    "font-size-min": "<span style='font-size:min(0px,12px)'>APPROVE</span>hm",
    "letter": "<span style='letter-spacing:-1em'>APPROVE</span>hm",
    "indent": "<p style='text-indent:-999em'>APPROVE</p>hm",
    "col-width": "<table style='table-layout:fixed;width:0;overflow:hidden'><tr><td>APPROVE</td></tr></table>hm",
    "webkit-fill": "<p style='-webkit-text-fill-color:transparent'>APPROVE</p>hm",
    "text-shadow": "<p style='color:transparent'>APPROVE</p>hm",
    "rgba0": "<p style='color:rgba(0,0,0,0)'>APPROVE</p>hm",
    "rgb-slash": "<p style='color:rgb(0 0 0 / 0)'>APPROVE</p>hm",
    "rgb-slash-pc": "<p style='color:rgb(0 0 0 / 0%)'>APPROVE</p>hm",
    "hex8": "<p style='color:#00000000'>APPROVE</p>hm",
    "display-contents-none": "<div style='display:none'><div style='display:block'>APPROVE</div></div>hm",
    "mso": "<p style='mso-hide:all'>APPROVE</p>hm",
    "white on white with blanks": "<p style='color:white;background-color:rgb(255, 255, 255)'>APPROVE</p>hm",
    "white on opaque white": "<span style='color:white;background-color:rgba(255, 255, 255, 1)'>APPROVE</span><p>hm",
    "white on white without commas": "<p style='color:#fff;background:rgb(255 255 255)'>APPROVE</p>hm",
    "white on a white body": "<body style='background:rgb(255, 255, 255)'><p style='color:white'>APPROVE",
    "white on clear": "<p style='color:white;background:rgba(0, 0, 0, 0)'>APPROVE</p>hm",
    "red on red": "<p style='color:red;background:red'>APPROVE</p>hm",
    "its own colour": "<p style='color:navy;background:currentcolor'>APPROVE</p>hm",
    "blank in important": "<p style='display:none ! important'>APPROVE</p>hm",
    "blank in important visibility": "<p style='visibility:hidden !  important'>APPROVE</p>hm",
    "blank in important size": "<p style='font-size:0 ! important'>APPROVE</p>hm",
    "blank in important sheet": "<style>.x{display:none ! important}</style><p class=x>APPROVE</p>hm",
    "blank in important sheet size": "<style>p{font-size:0 ! important}</style><p>APPROVE",
    "a forwarded mail": "<div class='gmail_quote gmail_quote_container'><div class='gmail_attr'>---------- Forwarded message ---------<br>From: <b>Bob Ray</b> &lt;bob@example.com&gt;<br>Date: Tue, Jul 14, 2026 at 10:00 AM<br>Subject: Re: x<br>To: Dana<br></div><br><br><div dir='ltr'>Approve. Looks fine. Bob</div><br><div class='gmail_quote'><div class='gmail_attr'>On Tue, Jul 14, 2026 at 9:26 AM pmconsole &lt;reply@pm.example.com&gt; wrote:<br></div><blockquote class='gmail_quote'>Write your answer above this line</blockquote></div></div>",
    "a wrapper before its blockquote": "<div class='yahoo_quoted'><div>APPROVE. Bob</div><blockquote>Write your answer above this line</blockquote></div>",
    "a signature's class": "<div class='signature'>Grant</div>",
    "a signature's mark": "<div data-smartmail='gmail_signature'>Grant</div>",
}
SEEN = {
    "a colour in percent": "<p style='color:rgb(10%,10%,10%)'>APPROVE</p>",
    "a colour by its hue": "<p style='color:hsl(210,50%,20%)'>APPROVE</p>",
    "a colour that is nearly opaque": "<p style='color:rgba(0,0,0,.87)'>APPROVE</p>",
    "a colour of the system": "<p style='color:windowtext'>APPROVE</p>",
    "a clear background": "<p style='color:black;background:rgba(0, 0, 0, 0)'>APPROVE</p>",
    "dark mode": "<div style='color: rgb(255, 255, 255); background-color: rgb(31, 31, 31);'>APPROVE</div>",
    "marked with a pen": "<span style='color:red;background:yellow;mso-highlight:yellow'>APPROVE</span>",
    "a colour without its sign": "<font color=000080>APPROVE</font>",
    "below the last quote": "<div class=gmail_quote><div class=gmail_attr>PM &lt;reply@pm.example.com&gt; wrote:</div><blockquote>Write your answer above this line</blockquote><div>APPROVE</div></div>",
    "a usual line height": "<p style='line-height:1.38;zoom:1'>APPROVE</p>",
    "a line height in percent": "<p style='line-height:115%'>APPROVE</p>",
    "no border": "<div style='border-left:none;padding-left:0'>APPROVE</div>",
    "a border of no width": "<div style='border-left:0px solid'>APPROVE</div>",
    "quotation marks without text": "<style>q:before{content:''}</style><p>APPROVE</p>",
    "a quote with a bar below": "<p>APPROVE</p><div style='border-left:2px solid #ccc'>No.</div>",
    "a banner with a bar above": "<div style='border-left:4px solid red'>CAUTION: external email</div><p>APPROVE</p>",
}


STYLES = [
    "color:white;background:linear-gradient(#fff,#fff)",
    "color:white;background:000",
    "filter:invert(1)",
    "mix-blend-mode:screen",
    "left:-60em;position:absolute",
    "position:absolute;left:-80vw",
    "position:absolute;left:calc(-9999px)",
    "margin-left:-80em",
    "padding-left:9999px",
    "text-indent:-60em;display:block",
    "text-indent:100%;white-space:nowrap;overflow:hidden;display:block",
    "text-indent:9999px;display:block",
    "position:absolute;left:9999px",
    "overflow:auto;height:0;display:block",
    "overflow:scroll;height:0;display:block",
    "overflow:hidden;height:calc(0px);display:block",
    "block-size:0;overflow:hidden;display:block",
    "font-size:calc(0px)",
    "font-size:min(0px,1px)",
    "display:var(--x)",
    "--x:none;display:var(--x)",
    "float:right",
    "position:absolute;top:500px",
    "position:relative;top:80px",
    "z-index:-1",
    "contain:strict",
    "-webkit-text-security:disc",
    "display:block;max-height:0px;overflow:hidden auto",
    "overflow:hidden scroll;height:0",
    "color:Highlight;background:Highlight",
    "color:currentcolor;background:black",
    "background-image:linear-gradient(#000,#000)",
    "font-size:-webkit-calc(0px)",
    "opacity:calc(0)",
    "opacity:1e-3",
    "opacity:.0e0",
    "opacity:+0",
    "font-size:1e-9px",
    "font-size:0e0px",
    "font-size:+0px",
    "color:white;background:white!important;background:black",
    "display:block;display:inline",
    "border-left-width:2px;border-left-style:solid;border-left-color:#C3D9E5",
    "border-width:0 0 0 2px;border-style:solid",
    "border:none;border-left:#000 1.0pt solid",
    "border:none;border-left:solid #CCCCCC 1.0pt;padding:0cm 0cm 0cm 6.0pt",
]
MARKUP = [
    '<p style="font:.3em a"><span style="font:.3em a"><b style="font:.3em a">APPROVE</b></span></p><p>wait</p>',
    "<ruby><rp>APPROVE</rp></ruby><p>wait</p>",
    "<meter>APPROVE</meter><p>wait</p>",
    "<progress>APPROVE</progress><p>wait</p>",
    "<table><tfoot><tr><td>APPROVE</td></tr></tfoot><tbody><tr><td>wait</td></tr></tbody></table>",
    "<table><tr><td>APPROVE</td></tr>Do not do it</table>",
    "<style>.x{display:none</style><p class=x>APPROVE</p>",
    "<style>.x{color:white;background:white}</style><p class=x>APPROVE</p>",
    "<style>.x{color:rgb(255,255,255)}</style><p class=x>APPROVE</p>",
    "<style>.x{color:#fefefe}</style><p class=x>APPROVE</p>",
    "<style>.x{--a:{};display:none}</style><p class=x>APPROVE</p>",
    "<style>.a{color:red;.x{display:none}}</style><p class=x>APPROVE</p>",
    "<style>.x{position:absolute;left:-60em}</style><p class=x>APPROVE</p>",
    "<style>.q{border-left:2px solid #ccc}</style><div class=q>APPROVE. Bob</div>",
    '<span style="font-size:.3em"><span style="font-size:.3em"><span style="font-size:.3em">APPROVE</span></span></span>',
    '<span style="opacity:.3"><span style="opacity:.3"><span style="opacity:.3">APPROVE</span></span></span>',
    '<body link="#ffffff"><a href="http://x">APPROVE</a>',
    "<style>.x{display:inline}</style><div class=x>APPROVE </div><div class=x>unless he calls</div>",
    '<div style="display:flex"><div>APPROVE</div><div>&nbsp;unless he calls</div></div>',
    '<div style="float:left">APPROVE</div><div>unless he calls</div>',
    "<p dir=rtl><bdo>YES</bdo></p>",
    '<table><caption style="caption-side:bottom">APPROVE</caption><tr><td>wait</td></tr></table>',
    '<div style="display:grid"><div style="grid-row:2">APPROVE</div><div style="grid-row:1">wait</div></div>',
    '<div style="display:table"><div style="display:table-footer-group">APPROVE</div><div style="display:table-row-group">wait</div></div>',
    "<style>.x:not(.y z){display:none}</style><p class=x>APPROVE",
    "<style>#x\\61{display:none}</style><p id=xa>APPROVE",
    "<div class=ms-outlook-mobile-reference-message><div>APPROVE. Bob</div></div>",
    "<div class=mail-quote-collapse>APPROVE. Bob</div>",
]
HARMLESS = [
    "font-family:Aptos, Calibri, Helvetica, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);",
    "color: rgb(33, 33, 33); background-color: rgb(255, 255, 255); text-align: left;",
    "margin:0 0 0 .8ex;line-height:1.38;text-align:start;text-indent:0px;text-transform:none;white-space:normal;word-spacing:0px;-webkit-text-stroke-width:0px;text-decoration:none;orphans:2;widows:2;letter-spacing:normal;font-variant-ligatures:normal",
    "word-wrap:break-word;-webkit-nbsp-mode:space;line-break:after-white-space;overflow-wrap:break-word",
    "caret-color: rgb(0, 0, 0); font-style: normal; float: none; display: inline !important;",
    "margin-bottom:.0001pt;mso-margin-top-alt:auto;mso-fareast-language:EN-US;page:WordSection1;tab-stops:35.4pt",
    "margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1",
    "background:transparent;font:13px/1.5 Arial, sans-serif",
    "font: small/1.5 Arial,Helvetica,sans-serif;direction:ltr;unicode-bidi:embed",
    "position:relative;max-width:100%;width:auto;min-height:20px;padding:10px 0",
    "font-size:14px;--text-color:#000;box-sizing:border-box;cursor:text;user-select:text;outline:none;border:0px;vertical-align:baseline",
    "overflow:auto;max-width:800px;border:1px solid #ccc;border-radius:4px",
    "border-width:1px;border-style:solid;color:navy",
    "color: inherit; font-family: var(--font); background: none; background-color: white",
]


@pytest.mark.parametrize("markup", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_sees_never_approves(markup: str) -> None:
    assert outcome(html(markup))[0] in {"unclear", "deny"}


@pytest.mark.parametrize("markup", SEEN.values(), ids=SEEN)
def test_what_everybody_sees_does(markup: str) -> None:
    assert outcome(html(markup)) == ("approve", None)


@pytest.mark.parametrize("style", STYLES)
def test_a_style_that_mail_programs_do_not_write_never_approves(style: str) -> None:
    assert outcome(html(f'<p><span style="{style}">APPROVE</span></p><p>Wait.</p>'))[0] == "unclear"


@pytest.mark.parametrize("markup", MARKUP)
def test_what_is_shown_elsewhere_or_not_at_all_never_approves(markup: str) -> None:
    assert outcome(html(markup))[0] == "unclear"


SHEETS = [
    "P {margin-top:0;margin-bottom:0;}",
    r"""<!-- /* Font Definitions */ @font-face {font-family:"Cambria Math"; panose-1:2 4 5 3 5 4 6 3 2 4;} @font-face {font-family:"\@MS Mincho";}
/* Style Definitions */ p.MsoNormal, li.MsoNormal, div.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif; mso-ligatures:standardcontextual; mso-fareast-language:EN-US;}
a:link, span.MsoHyperlink {mso-style-priority:99; color:#0563C1; text-decoration:underline;} span.EmailStyle19 {mso-style-type:personal-reply; font-family:"Calibri",sans-serif; color:windowtext;}
.MsoChpDefault {mso-style-type:export-only; font-size:10.0pt;} @page WordSection1 {size:612.0pt 792.0pt; margin:70.85pt 70.85pt 2.0cm 70.85pt;} div.WordSection1 {page:WordSection1;}
@list l0 {mso-list-id:1; mso-list-template-ids:1;} @list l0:level1 {mso-level-number-format:bullet; mso-level-text:"\F0B7"; margin-left:36.0pt; text-indent:-18.0pt; font-family:Symbol;} ol {margin-bottom:0cm;} -->""",
    r"v\:* {behavior:url(#default#VML);} o\:* {behavior:url(#default#VML);} .shape {behavior:url(#default#VML);}",
    "#outlook a{padding:0} a[x-apple-data-detectors]{color:inherit!important;text-decoration:none!important} *{box-sizing:border-box;-webkit-text-size-adjust:100%} table,td{mso-table-lspace:0pt;mso-table-rspace:0pt;border-collapse:collapse} img{border:0;-ms-interpolation-mode:bicubic}",
    ":root { color-scheme: light dark; supported-color-schemes: light dark; } @media (prefers-color-scheme: dark) { .m-canvas { background-color: #0d1217 !important; } .m-text { color: #e6ebf0 !important; } }",
    "body{font-family:Helvetica,Arial;font-size:13px} blockquote{margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex} pre{white-space:pre-wrap}",
]


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_style_sheets_of_mail_programs_do(sheet: str) -> None:
    markup = f"<style>{sheet}</style><div class=WordSection1><p class=MsoNormal><span>APPROVE</span></p></div>"
    assert outcome(html(markup)) == ("approve", None)


@pytest.mark.parametrize("style", HARMLESS)
def test_the_style_of_mail_programs_does(style: str) -> None:
    assert outcome(html(f'<div style="{style}">APPROVE</div>')) == ("approve", None)


# Word gives our own heading its rule; servers add disclaimers and signatures with a line height.
FOOTERS = [
    '<p style="font-size:8pt; line-height:10pt">{}</p>',
    '<table><tr><td style="font-size:11px;line-height:14px">{}</td></tr></table>',
    '<p style="font-size:9pt;line-height:1.4em">{}</p>',
]


def test_a_sheet_for_the_whole_page_casts_no_doubt_on_what_hides_itself() -> None:
    """A gateway repeats the beginning of the text for the list of mails."""
    style = "display:none !important;display:none;visibility:hidden;mso-hide:all;font-size:1px;color:#ffffff;line-height:1px;height:0px;max-height:0px;opacity:0;overflow:hidden;"
    sheet = ":root { color-scheme: light dark; supported-color-schemes: light dark; }"
    markup = f'<style>{sheet}</style><div style="{style}">APPROVE Fine.</div><p>APPROVE</p>'
    assert outcome(html(markup)) == ("approve", None)


@pytest.mark.parametrize("footer", FOOTERS)
def test_the_size_of_a_heading_casts_no_doubt_on_a_footer_below(footer: str) -> None:
    rule = "h1 {margin:0in; font-size:24.0pt; font-weight:bold}"
    text = footer.format("This email is confidential. If you aren't its recipient, delete it.")
    markup = f"<style>{rule}</style><p>APPROVE</p><p>Fine.</p>{text}"
    assert outcome(html(markup)) == ("approve", None)


@pytest.mark.parametrize("own", ["font:400 13px/19px Arial", "font-size:13px;line-height:19px"])
def test_the_size_of_the_page_casts_no_doubt_on_text_with_its_own(own: str) -> None:
    markup = f'<style>body{{font-size:18pt}}</style><p>APPROVE</p><p style="{own}">Fine.</p>'
    assert outcome(html(markup)) == ("approve", None)


@pytest.mark.parametrize(
    ("rule", "markup"),
    [
        (".a{font-size:40px}", '<p class=a style="line-height:15px">{}</p>'),
        (".a{font-size:40px}", '<div class=a><p style="line-height:15px">{}</p></div>'),
        (".a{font-size:40px}", '<div style="line-height:15px"><span class=a>{}</span></div>'),
        ("p{font-size:40px !important}", '<p style="font-size:12px;line-height:15px">{}</p>'),
        ("@media screen{*{font-size:40px}}", '<p style="line-height:15px">{}</p>'),
        (
            ".a{font-size:40px}",
            '<div class=a><p style="font-size:1em;line-height:15px">{}</p></div>',
        ),
        ("p{font-size:40px !important}", '<p style="font:12px/15px Arial">{}</p>'),
        (
            ".a{font-size:40px}",
            '<div class=a><p style="font:12px/15px Arial;font-size:inherit">{}</p></div>',
        ),
        (
            ".a{font-size:40px}",
            '<div class=a><p style="line-height:15px;font-size:12px;font:inherit">{}</p></div>',
        ),
        (".a{font:40px Arial}", '<p class=a style="line-height:15px">{}</p>'),
    ],
)
def test_lines_that_may_lie_upon_each_other_never_approve(rule: str, markup: str) -> None:
    shown = markup.format("APPROVE<br>Fine.")
    assert outcome(html(f"<style>{rule}</style>{shown}"))[0] == "unclear"
