"""Names that a message's own style sheets hide.

A style sheet is understood roughly: an element that has the tag, class or id at the end of a hiding
rule's selector counts as hidden. Too much may vanish by that, so an answer in such an element is none.
"""

from dataclasses import dataclass

import re2
from lxml import etree

from approvals.reply.limits import TooMuch
from approvals.reply.visibility import declarations, hides, without_comments

RULE = re2.compile(r"([^{}]+)\{([^{}]*)\}")
NAME = re2.compile(r"[.#]?[a-z0-9_-]+")
EVERYTHING = "*"
WORDLESS = ("", "none", "normal", "initial")  # a `content` that adds no text
MAX_STYLES = 200_000  # characters of style sheets that are looked at
MAX_RULES = 500  # no mail that a person wrote comes near it
MAX_SELECTORS = 2000  # of the rules that hide


@dataclass(frozen=True)
class HiddenNames:
    """Tags, `.classes` and `#ids` whose elements count as hidden."""

    names: frozenset[str]

    def hide(self, tag: str, attributes: dict[str, str]) -> bool:
        if not self.names:
            return False
        if EVERYTHING in self.names:
            return True
        own = {tag, "#" + attributes.get("id", "").lower()}
        own.update("." + name for name in attributes.get("class", "").lower().split())
        return not self.names.isdisjoint(own)


def hidden_names(root: etree._Element) -> HiddenNames:
    """The names hidden by the style elements below `root`. Raises TooMuch."""
    text = " ".join(element.text or "" for element in root.iter("style"))[:MAX_STYLES].lower()
    found: set[str] = set()
    if text.count("{") > MAX_RULES or text.count(",") > MAX_SELECTORS:
        raise TooMuch("The message's style sheets are too large.")
    for selectors, body in RULE.findall(without_comments(text)):
        style = declarations(body)
        white = any(value in ("white", "#fff", "#ffffff") for value in style.get("color", []))
        plain = not any(name.startswith("background") for name in style)
        adds = any(value.strip("\"' ") not in WORDLESS for value in style.get("content", []))
        if not (hides(style) or (white and plain) or adds):
            continue
        for selector in selectors.split(","):
            last = selector.strip().split(" ")[-1]
            if last[:1] in ("*", "[", ":") and hides(style):
                found.add(EVERYTHING)
            names = NAME.findall(last.split(":")[0])
            marked = [name for name in names if name[0] in ".#"]
            found.update(marked or names)
    return HiddenNames(frozenset(found - {"body", "html"}))
