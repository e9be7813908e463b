"""What a text of an HTML element looks like, and whether it can be seen."""

from dataclasses import dataclass

from approvals.reply.html.colors import Color, contrast
from approvals.reply.html.painting import BLACK, UNSEEN_COLOR, WHITE

UNFILLED: Color = (-2, -2, -2)
MAX_SAME = 8  # of 255, in every channel: two colours that cannot be told apart
MIN_CONTRAST = 1.5
MIN_SIZE, MAX_SIZE = 7, 60  # pixels
UNSEEN_SIZE = 1  # pixels, up to which nobody sees that there is text
TIGHT = 0.8  # of a font's size: lines as low as that lie upon each other
INDENT = 40  # pixels
MAX_LEFT, MAX_RIGHT = -24, 700  # pixels, by which text may be moved, all in all


@dataclass(frozen=True)
class TextStyle:
    """What an element's text looks like. A colour of None is one we do not know."""

    hidden: bool = False
    faded: bool = False  # unseen, unless an element inside has a look of its own
    odd: bool = False
    color: Color | None = BLACK
    background: Color | None = WHITE
    ground: Color | None = WHITE  # the background also of text that doesn't fit into its box
    canvas: Color | None = WHITE  # the background of the whole message
    base: Color | None = BLACK  # the colour of its text
    fill: Color | None = UNFILLED  # WebKit's, painted instead of the colour
    is_sure: bool = False  # hidden in a way that everybody writes and every program knows
    adapts: bool = False  # another colour than these may be painted
    is_tinted: bool = False  # a style sheet gives the text a colour
    rtl: bool = False  # from right to left
    keeps_space: bool = False
    may_keep_space: bool = False  # by a style sheet
    size: float = 16  # of the font, in pixels
    sized: float = 0  # the largest size that a style sheet may give it, in pixels
    line: float = 0  # height of a line, in pixels; 0: as the font is
    left: float = 0  # pixels, by which margins below zero move it
    right: float = 0  # pixels, by which margins, paddings and lists move it

    @property
    def doubtful(self) -> bool:
        """Whether the text may look other than we think: then it is shown to us, but decides nothing."""
        is_placed = self.left >= MAX_LEFT and self.right <= MAX_RIGHT
        if self.canvas is None or (self.color and contrast(self.color, self.canvas) < MIN_CONTRAST):
            is_placed = self.left >= -4 and self.right <= INDENT  # it stands upon a box of its own
        is_large = MIN_SIZE <= self.size <= MAX_SIZE
        is_filled = self.fill != UNFILLED and self.is_faint(self.fill)
        return (
            is_filled
            or self.odd
            or self.is_tight
            or not (is_placed and is_large)
            or self.is_faint(self.color)
        )

    @property
    def unseen(self) -> bool:
        """Whether nobody sees the text; where that isn't certain, it's seen."""
        return self.hidden or (self.faded and not self.odd)

    @property
    def is_tight(self) -> bool:
        """Whether lines of text may lie upon each other."""
        return 0 < self.line < TIGHT * self.size

    def is_faint(self, color: Color | None) -> bool:
        """Whether text of this colour may be hard to see on the background, or outside of its box."""
        behind = (self.background, self.ground)
        if self.is_tinted and self.background != WHITE:
            return True
        return color in (None, UNSEEN_COLOR) or any(
            each is None or contrast(color, each) < MIN_CONTRAST for each in behind
        )

    @property
    def fades(self) -> bool:
        """Whether text of its size or colour can't be seen, whatever box it stands in."""
        if self.size <= UNSEEN_SIZE or self.color == UNSEEN_COLOR:
            return True
        behind = (self.background, self.canvas)
        return not self.adapts and all(_is_same(self.color, each) for each in behind)


def _is_same(one: Color | None, other: Color | None) -> bool:
    if one is None or other is None:
        return False
    return all(abs(a - b) <= MAX_SAME for a, b in zip(one, other, strict=True))
