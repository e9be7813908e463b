"""What styles and odd markup do to a reply's HTML, as browsers show it.

The folder `markup` holds what attacks and mail programs taught: `unclear.txt` bodies that decide
nothing, one a line (a line end as "\\n", `{i}*60` is 60 times `<i></i>`); `clear` replies after the
HTML of mail programs, their signatures and additions (`{word_head}` is the head that Word writes).
"""

import re
from pathlib import Path

import pytest

from approvals.reply.html.tree import tree_of
from approvals.reply.limits import TooMuch
from tests.approvals.reply.incoming import both, html, outcome, read

UNCLEAR = ("unclear", None)
FOLDER = Path(__file__).parent / "markup"
REPEATED = {"i": "<i></i>", "br": "<br>", "!": "<!---->", "nbsp": "&nbsp;"}


def _body(line: str) -> str:
    text = re.sub(
        r"\{(i|br|!|nbsp)\}\*([0-9]+)", lambda each: REPEATED[each[1]] * int(each[2]), line
    )
    return re.sub(r"\\(n|\\|u[0-9a-f]{4})", _character, text)


def _character(escape: re.Match[str]) -> str:
    name = escape[1]
    return {"n": "\n", "\\": "\\"}.get(name) or chr(int(name[1:], 16))


LINES = (FOLDER / "unclear.txt").read_text("utf-8").split("\n")


@pytest.mark.parametrize("line", [line for line in LINES if line and not line.startswith("# ")])
def test_what_may_be_seen_otherwise_than_it_reads_decides_nothing(line: str) -> None:
    assert outcome(html(_body(line))) == UNCLEAR


def test_the_approver_is_told_that_the_formatting_is_in_the_way() -> None:
    body = '<div style="position:absolute;top:-60px">APPROVE</div>'
    for message in (html(body), both("APPROVE\n", body)):
        reading = read(message)
        assert "write it as plain text" in reading.reason
        assert reading.first_line == "APPROVE"


@pytest.mark.parametrize("path", sorted((FOLDER / "clear").iterdir()), ids=lambda path: path.stem)
def test_the_html_of_mail_programs_is_understood(path: Path) -> None:
    word_head = (FOLDER / "word_head.html").read_text("utf-8")
    body = path.read_text("utf-8").replace("{word_head}", word_head)
    assert outcome(html(body))[0] == "approve"


@pytest.mark.parametrize(
    "markup",
    [
        '<body link="blue" vlink="purple"><p>Approve</p>',  # Outlook's
        '<div>Approve</div><div style="all:revert"><p>External sender</p></div>',
        "<style>li[style='text-align: center;']{margin:0}.x:before{content:'{{ '}</style>Approve",
        "<style>a.mention[href]{background:#eee}[data-ogsc] .x{color:#fff}</style>Approve",
        "<style><!-- p{margin:0} --></style><style><!-- li{margin:0} --></style><p>Approve</p>",
        '<p>Approve</p><a style="display:inline-block"><div>Dana</div><div>IT</div></a>',
        '<p>Approve</p><div style="height:38px"><img style="border-radius:50%" src="cid:x"></div>',
        '<p>Approve</p><p><img style="box-shadow:0 4px 8px rgba(0,0,0,.2)" src="cid:x"></p>',
        '<p>Approve</p><p>Dana <img style="float:left" src="cid:x"></p>',
        "<p>Approve</p><svg width=16><circle cx=8 cy=8 r=8></circle></svg>",
        '<div style="line-height:auto">Approve</div>',  # Airmail's
        '<font dir="auto">Approve</font>',  # left by a translator
        "<p>Approve</p><loom-container></loom-container>",
        '<p style="background-color:#eee">Approve</p>',
        "<h4>Approve</h4>",
        '<p dir="RTL"><span dir="LTR">Approve</span></p>',  # Word's, in Hebrew
        '<html style="font-size:16px"><p>Approve</p></html>',
        '<div style="all:unset;float:left;display:block">External sender</div><p>Approve</p>',
    ],
)
def test_the_oddities_of_programs_gateways_and_signatures_are_no_doubt(markup: str) -> None:
    assert outcome(html(markup))[0] == "approve"


@pytest.mark.parametrize("color", ["ffffffffffff", "fffffffff", "ff ff ff", "#ffffg"])
def test_a_color_that_browsers_guess_decides_nothing(color: str) -> None:
    assert outcome(html(f'<font color="{color}">APPROVE</font>')) == UNCLEAR
    assert outcome(html(f'<body text="{color}">APPROVE</body>')) == UNCLEAR


def test_margins_that_add_up_to_the_left_decide_nothing() -> None:
    assert outcome(html('<div style="margin-left:-8px">' * 3 + "APPROVE")) == ("approve", None)
    assert outcome(html('<div style="margin-left:-8px">' * 5 + "APPROVE")) == UNCLEAR


@pytest.mark.parametrize("between", ["<p>x</p>" * 2, "<p>x</p>" * 1400, "<p>x</p>" * 3000])
def test_what_may_cover_the_answer_is_found_wherever_it_stands(between: str) -> None:
    cover = '<div style="position:absolute;top:0;background:white">Do not</div>'
    assert outcome(html(f"<div>APPROVE</div>{between}")) == ("approve", None)
    assert outcome(html(f"<div>APPROVE</div>{between}{cover}")) == UNCLEAR


@pytest.mark.parametrize("style", ["padding-top:60px;margin-bottom:-60px", "margin-bottom:-2em"])
def test_an_answer_that_may_stand_below_other_text_decides_nothing(style: str) -> None:
    assert outcome(html(f'<div style="{style}">APPROVE</div><div>Do not</div>')) == UNCLEAR


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("APPROVE. fine&quest;", UNCLEAR),  # an entity of HTML 5
        ("Approve for 1</br>0 hours", UNCLEAR),  # as <br>
        ("Approve for 1</p>0 hours", UNCLEAR),  # as an empty paragraph
        ("<div><font color=white>x</div><div>APPROVE</div>", UNCLEAR),  # opened again
        ("<div><font style='display:none'>x</div><div>APPROVE</div>", UNCLEAR),
        ("<table><tr><td>APPROVE</td></tr><div>Do not</div></table>", UNCLEAR),  # shown above
        ("APPROVE<span style='display:none'>x</span> not", UNCLEAR),
        ("<!-->APPROVE<!---->", ("approve", None)),
        ("<o:p>APPROVE</o:p>", ("approve", None)),
        ("<p>APPROVE<p>fine", ("approve", None)),
        ("<b><p>APPROVE</b></p>", ("approve", None)),
    ],
)
def test_the_tree_is_that_of_browsers(markup: str, expected: tuple[str, int | None]) -> None:
    assert outcome(html(markup)) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 3000,
        "<p " + " ".join(f"a{number}" for number in range(3000)) + ">",
        "<div>"
        + "".join(f"<font size={number}>" for number in range(60))
        + "</div>"
        + "<p>x" * 900,
        "<b><i><u>" * 900,
    ],
    ids=["depth", "attributes", "elements to open again", "elements that aren't closed"],
)
def test_what_takes_long_to_build_is_refused_unbuilt(markup: str) -> None:
    with pytest.raises(TooMuch):
        tree_of(markup)
