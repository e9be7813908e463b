# ruff: noqa: RUF001 - quotation marks of many languages
"""The quotation marks that stand around an answer, since people copy what our email shows in them."""

# Which close which, in whatever order a language has them. An acute accent is typed for an apostrophe.
KINDS = ('"“”„‟〝〞〟＂', "'`´‘’‚‛＇", "«»", "‹›", "「」", "『』")
QUOTES = "".join(KINDS)


def is_pair(opening: str, closing: str) -> bool:
    """Whether two marks are of one kind: '"' and '”' are, "'" and '"' aren't."""
    return any(opening in kind and closing in kind for kind in KINDS)
