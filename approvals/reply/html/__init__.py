"""The HTML of replies: what a person would see of it, and in which lines.

tree: the elements as browsers build them. sheets, css: what style sheets and attributes declare, read
only where it's certain. looks: what an element's text looks like, by its colours (painting), by what
hides it for certain (hiding), and by what is known to be harmless (harmless, checks). lines: the text.
"""
