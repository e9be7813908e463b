"""An HTML element, as its looks are judged."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from approvals.reply.html.css import declarations


class Element(NamedTuple):
    """`declared` is what the style attribute declares (css.py); an attribute without a value has ""."""

    tag: str
    attributes: Mapping[str, str]
    declared: Mapping[str, str]

    @classmethod
    def of(cls, node: LexborNode) -> "Element":
        given = node.attributes
        if not given:
            return _bare(node.tag or "")
        attributes = {name: value or "" for name, value in given.items()}
        declared = declarations(attributes["style"]) if "style" in attributes else {}
        return cls(node.tag or "", attributes, declared)


@lru_cache(maxsize=200)
def _bare(tag: str) -> Element:
    """Most elements: made once."""
    return Element(tag, {}, {})
