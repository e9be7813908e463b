"""What styles and odd markup do to a reply's HTML, as browsers show it."""

import pytest

from approvals.reply.html_tree import tree_of
from approvals.reply.limits import TooMuch
from tests.approvals.reply.incoming import html, outcome

UNCLEAR = ("unclear", None)
TEXT = "Please do not run this."

SEEN_STYLES = [
    "x:(;display:none",
    "x:';display:none",
    "x:[;display:none",
    "x:url(;display:none",
    "@x{;display:none",
    "opacity:0px",
    "opacity:0em",
    "font-size:-1px",
    "font:0/0",
    "height:-5px;overflow:hidden",
    "color:rgb(255,255,300,x)",
    "color:rgb(255,255,255,1,1)",
    "color:rgb(255 255,255)",
    "color:rgb(100%,255,255)",
    "color:hsl(0,0,100)",
    "background:black black",
    "background:black x",
    "background-color:black none",
    "background-image:black",
    "overflow-x:clip;height:0",
    "overflow-y:clip;width:0",
    "height:0;overflow:hidden;display:inline",
    "height:0;overflow:hidden;display:contents",
    "height:0;overflow:hidden;min-height:20px",
    "left:-999px;position:absolute;padding-left:999px",
    "left:-999px 0;position:absolute",
    "background:black;height:0",
    "background:black;display:contents",
    "background:black;float:left",
    "background:black;background-clip:text",
    "color:white;filter:invert(1)",
    "color:transparent;text-shadow:0 0 #000",
    "color:white;box-shadow:inset 0 0 9px 9px #000",
    "font-size:1px;zoom:16",
    "font-size:1px;scale:16",
    "visibility:initial",
    "width:0;overflow:hidden;display:table-cell",
    "display:none;all:unset",
    "opacity:0;animation:x 1s",
]


@pytest.mark.parametrize("style", SEEN_STYLES)
def test_text_that_a_style_may_show_is_the_first_line(style: str) -> None:
    assert outcome(html(f'<div style="{style}">{TEXT}</div><div>APPROVE</div>')) == UNCLEAR


SEEN_MARKUP = [
    "<font color=transparent>{}</font><br>",
    '<font color="rgb(255,255,255)">{}</font><br>',
    "<font color=canvas>{}</font><br>",
    "<span color=white>{}</span><br>",
    "<div text=white>{}</div>",
    "<p bgcolor=black>{}</p>",
    "<font bgcolor=black>{}</font><br>",
    "<td bgcolor=black>{}</td>",
    '<div style="font-size:0"><font size=4>{}</font></div>',
    '<div style="font-size:0"><table><tr><td>{}</table></div>',
    '<div style="font-size:0"><b style="font-size:medium">{}</b></div>',
    '<div style="font-size:0"><b style="font-size:calc(9px + 1px)">{}</b></div>',
    '<div style="font-size:0"><b style="all:initial">{}</b></div>',
    '<div style="font-size:0"><button>{}</button></div>',
    '<div style="color:white"><a href=x>{}</a></div>',
    '<div style="color:white"><mark>{}</mark></div>',
    '<div style="color:white"><table><tr><td>{}</table></div>',
    '<div style="color:white"><b style="color:initial">{}</b></div>',
    "<h1 hidden>x<h2>{}</h2>",
    "<table hidden><div>{}</div></table>",
    "<button hidden>x<button>{}</button>",
    "<p hidden>x<table><tr><td>{}</table>",
    '<div style="position:absolute;left:-9999px"><b style="position:fixed">{}</b></div>',
    "<div hidden/>{}</div>",
]


@pytest.mark.parametrize("markup", SEEN_MARKUP)
def test_text_that_markup_may_show_is_the_first_line(markup: str) -> None:
    assert outcome(html(markup.format(TEXT) + "<div>APPROVE</div>")) == UNCLEAR


UNSEEN_STYLES = [
    "margin-top:-60px",
    "margin-left:-50px",
    "line-height:9999px",
    "border-top:9999px solid white",
    "min-width:99999px;text-align:right",
    "overflow:hidden;height:9px;line-height:100px",
    "overflow:hidden;width:.5in;text-indent:160px",
    "overflow-x:clip;width:12px;text-indent:80px",
    "inline-size:9px;overflow:hidden",
    "overflow:auto;height:9px;line-height:90px",
    "color:rgb(1e3,1e3,1e3)",
    "color:Field",
    "color:HighlightText",
    "background:ButtonText",
    "background:color(srgb 0 0 0)",
    "background:lab(0 0 0)",
    "text-indent:-80px",
    "width:100px;overflow:hidden;padding-left:200px;box-sizing:border-box",
    "tab-size:99999",
    "columns:99",
    "font-family:a,Wingdings",
    "font-family:'Segoe MDL2 Assets'",
    "font-family:'Bookshelf Symbol 7'",
    "mso-element:comment",
    "margin-left:-8px;margin-left:-9px",
]


@pytest.mark.parametrize("style", UNSEEN_STYLES)
def test_an_answer_that_a_style_may_hide_decides_nothing(style: str) -> None:
    assert outcome(html(f'<div style="{style}">APPROVE</div>')) == UNCLEAR


@pytest.mark.parametrize("color", ["ffffffffffff", "fffffffff", "ff ff ff", "#ffffg"])
def test_a_color_that_browsers_guess_decides_nothing(color: str) -> None:
    assert outcome(html(f'<font color="{color}">APPROVE</font>')) == UNCLEAR
    assert outcome(html(f'<body text="{color}">APPROVE</body>')) == UNCLEAR


def test_margins_that_add_up_to_the_left_decide_nothing() -> None:
    assert outcome(html('<div style="margin-left:-8px">' * 3 + "APPROVE")) == ("approve", None)
    assert outcome(html('<div style="margin-left:-8px">' * 5 + "APPROVE")) == UNCLEAR


COVERING = [
    '<div style="margin-top:-18px;background:#fff;position:relative">hm</div>',
    '<div style="margin:-20px 0 0;background:white;z-index:9;position:relative">hm</div>',
    '<div style="outline:30px solid white">hm</div>',
    '<span style="box-shadow:0 -30px 0 10px #fff">hm</span>',
    '<span style="border-top:30px solid white">hm</span>',
    '<span style="padding-top:30px;background:white">hm</span>',
    '<div style="line-height:1px"><span style="background:white">hm</span></div>',
    '<div style="margin-top:-40px">Do not</div>',
    '<div style="margin-top:-2em">Do not</div>',
    '<div style="transform:translateY(-40px)">Do not</div>',
    '<div style="position:relative;top:-40px">Do not</div>',
    '<div style="float:left">never</div>',
    '<div style="filter:drop-shadow(0 -30px 0 white)">hm</div>',
    "<style>.x{margin-top:-40px}</style><div class=x>Do not</div>",
]


@pytest.mark.parametrize("markup", COVERING)
def test_an_element_that_may_cover_or_move_other_text_leaves_no_answer(markup: str) -> None:
    assert outcome(html(f"<div>APPROVE</div>{markup}")) == UNCLEAR


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
