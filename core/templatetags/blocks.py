"""Tags around what a page says: panels, parts of a form, rows, facts, tables. `{% load ui %}` has them.

What a tag is given is escaped; what stands between it and its end is markup.
"""

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag
def fact(content: SafeString, label: str) -> SafeString:
    """`{% fact "Covers" %}…{% endfact %}`: one row of a `<dl class="facts">`."""
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.simple_block_tag
def row(content: SafeString, label: str = "") -> SafeString:
    """`{% row "Passkeys" %}…{% endrow %}`: among the fields of a form, what is no field."""
    return format_html(
        '<div class="row"><div class="row-label">{}</div><div class="row-body">{}</div></div>',
        label,
        content,
    )


@register.simple_block_tag
def buttons(content: SafeString) -> SafeString:
    """`{% buttons %}…{% endbuttons %}`: below the fields of a form, in line with them."""
    return row(format_html('<span class="inline">{}</span>', content))


@register.simple_block_tag(takes_context=True)
def head(context: Context, content: SafeString) -> str:
    """`{% head %}…{% endhead %}` within a panel or a part: what its head holds beside the title."""
    context.render_context["head"] = content
    return ""


def _titled(
    context: Context, name: str, title: str, anchor: str, words: str, content: SafeString
) -> SafeString:
    beside = context.render_context.get("head", "")
    context.render_context["head"] = ""  # the next one has its own
    return format_html(
        '<section class="{0}" aria-labelledby="{1}">'
        '<div class="{0}-head"><h2 id="{1}">{2}</h2>{3}{4}</div>{5}</section>',
        name,
        anchor,
        title,
        words,
        beside,
        content,
    )


@register.simple_block_tag(takes_context=True)
def panel(
    context: Context,
    content: SafeString,
    title: str,
    *,
    id: str,
    note: str = "",
    body: str | None = "",
) -> SafeString:
    """`{% panel "Grant" id="grant-title" %}…{% endpanel %}`: a sheet with a title, whose id this is.

    note: quiet words beside the title. body: further classes of what holds the content; None where
    the content goes in as it is, as a table does.
    """
    if body is not None:
        content = format_html('<div class="{}">{}</div>', f"panel-body {body}".rstrip(), content)
    words = note and format_html('<span class="quiet">{}</span>', note)
    return _titled(context, "panel", title, id, words, content)


@register.simple_block_tag(takes_context=True)
def part(
    context: Context, content: SafeString, title: str, *, id: str, text: str = "", body: str = ""
) -> SafeString:
    """`{% part "Export" id="export-title" text="All items." %}…{% endpart %}`: within a panel,
    a section of a form: title and text at the left, fields at the right.
    """
    content = format_html('<div class="{}">{}</div>', f"part-body {body}".rstrip(), content)
    return _titled(context, "part", title, id, text and format_html("<p>{}</p>", text), content)


@register.simple_block_tag
def table(content: SafeString, caption: str, *headings: str) -> SafeString:
    """`{% table "Roles" "Role" "Allows" "#People" %}…{% endtable %}`: a list's rows, with their heads.

    # marks a column of numbers, whose cells have class="num".
    """
    heads = format_html_join(
        "",
        '<th scope="col"{}>{}</th>',
        (
            (format_html(' class="{}"', "num") if heading[:1] == "#" else "", heading.lstrip("#"))
            for heading in headings
        ),
    )
    return format_html(
        '<table class="list"><caption class="unseen">{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        caption,
        heads,
        content,
    )
