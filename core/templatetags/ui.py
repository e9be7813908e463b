"""Tags and filters for all pages: icons, states, times, and text from outside.

Text from endpoints and mails is always shown by `visible` or `path`: control and direction
characters become `[U+202E]`, so that text can't disguise itself.
"""

import re
from datetime import datetime
from functools import cache

from django import template
from django.forms import BoundField, CheckboxInput
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core import dates, pages, text, zones
from core.dates import duration
from core.templatetags import blocks
from core.text import visible as visible_text
from core.text import visible_parts

register = template.Library()
register.tags.update(blocks.register.tags)  # of both, by {% load ui %}
_JOINT = re.compile(r"[/\\@_-]|\.(?=\w{5})")  # `com` and `exe` stay with what they end
_LONG_WORD = re.compile(r"[^\s&;]{13,}")  # of escaped text: no entity
_NUMBER = re.compile(r"\bPM-[0-9]+")
_PATH = re.compile(r"[/\\]")

# A state's tone and icon; the caller supplies the words.
STATES: dict[str, tuple[str, str]] = {
    "pending": ("wait", "pending"),
    "approved": ("good", "approved"),
    "denied": ("bad", "denied"),
    "expired": ("off", "expired"),
    "cancelled": ("off", "cancelled"),
    "closed": ("off", "cancelled"),
    "queued": ("info", "pending"),
    "deferred": ("wait", "warning"),
    "unknown": ("wait", "warning"),
    "sent": ("good", "approved"),
    "failed": ("bad", "trouble"),
    "active": ("good", "approved"),
    "off": ("off", "todo"),
    "running": ("info", "pending"),
    "finished": ("good", "approved"),
    "used": ("off", "check"),
    "ended": ("off", "expired"),
    "revoked": ("off", "cancelled"),
}


@register.simple_tag
@cache
def icon(name: str, *, small: bool = False) -> SafeString:
    """`{% icon "bell" %}`: a drawing from icons.svg, silent for screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " icon--s" if small else "",
        static("ui/icons.svg"),
        name,
    )


@register.simple_tag
def state(value: str, label: str, *, pill: bool = False) -> SafeString:
    """`{% state "denied" "Denied" %}`: shape, word and colour of a state."""
    tone, shape = STATES.get(value, ("off", "info"))
    return format_html(
        '<span class="state{}" data-tone="{}">{}{}</span>',
        " state--pill" if pill else "",
        tone,
        icon(shape),
        label,
    )


def _piece(piece: str, escaped: bool, words: re.Pattern[str] | None) -> SafeString:
    """A part of a text; those of its words that `words` finds may break after each joint."""
    if escaped:
        return format_html('<span class="escape">{}</span>', piece)
    text = str(conditional_escape(piece))
    if words is not None:
        text = words.sub(lambda word: _JOINT.sub(r"\g<0><wbr>", word[0]), text)
    return mark_safe(text)  # noqa: S308  # escaped above


def _pieces(text: object, words: re.Pattern[str] | None = None) -> SafeString:
    parts = visible_parts(str(text or ""))
    return format_html_join("", "{}", ((_piece(piece, odd, words),) for piece, odd in parts))


@register.filter
def drawing(svg: str) -> SafeString:
    """A drawing that a library of ours has made, without its XML declaration."""
    return mark_safe(svg.partition("?>")[2] or svg)  # noqa: S308  # nothing in it is from outside


@register.filter
def visible(text: object) -> SafeString:
    """Text from outside: control and direction characters are shown as `[U+202E]`."""
    return _pieces(text)


@register.filter
def sentence(text: object) -> SafeString:
    """As `visible`, and no request's number breaks at its hyphen."""
    together = _NUMBER.sub(r'<span class="together">\g<0></span>', visible(text))
    return mark_safe(together)  # noqa: S308  # escaped by `visible`


@register.filter
def foldable(text: object) -> SafeString:
    """As `visible`, and long words may break at their joints: an address at its @, a name at its dots."""
    return _pieces(text, _LONG_WORD)


@register.filter
def lines(text: object) -> SafeString:
    """As `visible`, keeping line breaks: for comments and server responses."""
    return format_html_join(
        mark_safe("<br>"), "{}", ((visible(line),) for line in str(text or "").splitlines())
    )


@register.filter
def jointed(text: object) -> SafeString:
    """As `lines`, of which each is `foldable`."""
    return format_html_join(
        mark_safe("<br>"), "{}", ((foldable(line),) for line in str(text or "").splitlines())
    )


@register.filter
def path(text: object) -> SafeString:
    r"""As `visible`, and the line may break after each \ and /."""
    return _pieces(text, _PATH)


@register.filter
def bound(text: object) -> SafeString:
    """What an approval is bound to, whose escapes are made already."""
    parts = re.split(r"(\[U\+[0-9A-F]{4,6}\])", visible_text(str(text or "")))
    pieces = ((_piece(piece, place % 2 == 1, _PATH),) for place, piece in enumerate(parts))
    return format_html_join("", "{}", pieces)


@register.filter
def short_hash(digest: str) -> str:
    """`9f2c1e7b…d8a1c94e`, within a sentence only."""
    return text.short_hash(digest)


@register.filter
def minutes(value: int) -> str:
    """A chosen length: `2 hours`."""
    return duration(value)


@register.filter
def age(moment: datetime) -> str:
    """`16 min ago`."""
    return dates.age_words(moment, now=timezone.now())


@register.filter
def until(moment: datetime) -> str:
    """How long there is until a moment: `7 h 44 min`."""
    return dates.length_words(moment - timezone.now())


@register.filter
def capped(count: int) -> str:
    """`7`, `999+`."""
    return pages.count_words(count)


@register.simple_tag
def moment(value: datetime, style: str = "full") -> SafeString:
    """`<time>` with the exact time in its title. Styles: full, short (today: 09:26), clock (09:26),
    seconds, age.
    """
    local = zones.shown(value)
    if style == "seconds":
        text = local.strftime("%H:%M:%S")
    elif style == "clock":
        text = local.strftime("%H:%M")
    elif style == "age":
        text = age(value)
    elif style == "short" and local.date() == zones.shown(timezone.now()).date():
        text = local.strftime("%H:%M")
    else:
        text = date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        date_format(local, "j M Y, H:i:s T"),
        text,
    )


@register.filter
def shown(value: datetime) -> datetime:
    """`{{ at|shown|date }}`: a moment in the time zone in which the page shows moments."""
    return zones.shown(value).replace(tzinfo=None)  # so that `date` leaves it as it is


@register.filter
def times_of(value: datetime) -> str:
    """`14 Jul 2020, times in Europe/Berlin`: said once over times of day."""
    return f"{date_format(zones.shown(value), 'DATE_FORMAT')}, times in {zones.shown_zone()}"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """A form field's widget with the console's classes; Django adds aria-invalid and -describedby."""
    widget = field.field.widget
    if widget.attrs.get("role") == "switch":
        return field.as_widget()
    own = "tick" if isinstance(widget, CheckboxInput) else "control"
    further = str(widget.attrs.get("class", ""))
    return mark_safe(field.as_widget(attrs={"class": f"{own} {further}".strip()}))  # noqa: S308


@register.filter
def initials(name: str) -> str:
    """Up to two initials: `Sam Ortega` is SO, `admin` is A."""
    parts = name.replace(".", " ").replace("@", " ").split()
    return "".join(part[0] for part in parts[:2]).upper()
