# ruff: noqa: SIM905 - lists of words are easier to read as one text
"""HTML's elements, by what they do to the text in them and around them."""

BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd dir div dl dt fieldset figure footer form h1 h2 "
        "h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section table tbody tfoot thead tr "
        "ul caption summary"
    ).split()
)
CELLS = frozenset(["td", "th"])
# Elements whose text no mail program shows as text of the message.
UNSEEN = frozenset("head title style script template".split())
CROSSED_OUT = frozenset(["s", "strike", "del"])
# Their text isn't shown everywhere, or elsewhere than it stands, or only where what they hold is missing.
DOUBTFUL = frozenset(
    (
        "rp rt meter progress tfoot noscript keygen marquee bdo bdi math summary button fieldset "
        "textarea select option object iframe embed applet audio video canvas svg noembed noframes map "
        "sup sub q details dialog datalist"
    ).split()
)
# What doesn't show again what its style hides around it, if it has no style of its own.
PLAIN = frozenset("span b i u em strong br p div center wbr o:p small".split())
INDENTING = frozenset("dir menu ul ol dd blockquote".split())
# Without attributes, they change nothing in how their text looks.
UNREMARKABLE = frozenset(
    (
        "address article aside body center div dl dt footer form h4 header hr html legend "
        "li main nav p section tbody thead tr td th span b i u em strong br wbr o:p a abbr cite code "
        "font kbd label samp tt var img"
    ).split()
)
BACKED = frozenset("body table tbody thead tfoot tr td th".split())
# Blocks as large as what is in them, unless they say otherwise.
GROUNDS = frozenset("div p section article main center".split())
FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())
UNCLOSED = frozenset(  # they end by themselves
    "area base br col dd dt embed hr img input li link meta option p source td th tr wbr".split()
)
SPACED = frozenset("p blockquote h1 h2 h3 h4 h5 h6 pre table ul ol".split())
# What they draw isn't read: a box to tick, or an emoji.
DRAWN = frozenset("input svg canvas object embed video iframe select textarea".split())
DRAWINGS = ("svg", "math")  # with elements of their own
# What is no element isn't markup: somebody may have declared a plain text as HTML.
ELEMENTS = (
    BLOCKS
    | UNSEEN
    | DOUBTFUL
    | frozenset(
        (
            "a abbr acronym area b base basefont bdi bgsound big blink br cite code col colgroup data "
            "del dfn dir em figcaption font frame frameset hgroup "
            "i image img input ins kbd label link mark menu "
            "menuitem meta nobr optgroup output param path picture rb rtc ruby s samp "
            "search signature small source span strike strong td th time track tt u var wbr"
        ).split()
    )
)
# Words may stand in them that aren't text: what is filled in, or another page.
FILLED = frozenset("input textarea select iframe embed".split())
LABELLED = frozenset(["option", "optgroup"])
BLOCK_DISPLAYS = frozenset(
    (
        "block flow-root list-item flex grid table table-caption table-row table-row-group "
        "table-header-group table-footer-group"
    ).split()
)
