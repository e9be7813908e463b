"""From a template and harmless values to the text of a mail. Needs no settings and no database."""

import re
import textwrap
from pathlib import Path

from django.template import Engine

from approvals.letters.guard import guarded, guarded_html

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "mail"
_TEXT = Engine(dirs=[str(TEMPLATES)], autoescape=False)
_HTML = Engine(dirs=[str(TEMPLATES)], autoescape=True)
_COLUMNS = 68
_GAPS = re.compile(r"\n{3,}")
_INDENT = re.compile(r"\n[ \n]+")

# Every value is one string, or a list of rows and signs; none holds a line break.
Values = dict[str, object]


def text_of(template: str, values: Values) -> str:
    """The plain text of a mail: at most one empty line in a row, one line break at its end."""
    rendered = _TEXT.render_to_string(template, values)
    lines = "\n".join(line.rstrip(" ") for line in rendered.split("\n"))
    return guarded(_GAPS.sub("\n\n", lines).strip("\n") + "\n")


def html_of(template: str, values: Values) -> str:
    """The HTML of a mail, values escaped, without the template's indentation (half of its bytes)."""
    return guarded_html(_INDENT.sub("\n", _HTML.render_to_string(template, values)))


def wrapped(text: str) -> str:
    """Our own words (never a value from outside) on lines below 70 columns."""
    return textwrap.fill(text, _COLUMNS, break_long_words=False, break_on_hyphens=False)
