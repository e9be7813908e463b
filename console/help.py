"""The help: docs/help/*.md and the guides of docs/ as pages, and which of them is about which page.

The files are ours, yet HTML in them is shown as text, and links lead only where Markdown allows them to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.roles import Permission, requires
from items.listings import query_of
from items.trail import Crumb

FOLDER: Final = Path(settings.BASE_DIR) / "docs"
START: Final = "start"
PAGES: Final = "The console, page by page"
# The guides of docs/ by who reads them, in the order in which they are shown.
GUIDES: Final = {
    "For everybody": ("first-ten-minutes", "approvers", "glossary"),
    "For administrators": ("administrators", "items-as-yaml", "replies"),
    "For operators": ("operating", "mailboxes", "doctor", "scale", "performance", "security"),
    "For developers": ("agent-api", "architecture"),
}
# By the namespace of a page's address, else by its name.
TOPICS: Final = {
    "home": START,
    "search": START,
    "help": START,
    "help_page": START,
    "approvals": "manage-approvals",
    "mail_queue": "mail-queue",
    "policies": "policies",
    "policy_events": "policy-events",
    "policy_tester": "policy-tester",
    "reports": "reports",
    "computer_groups": "computer-groups",
    "filters": "filters",
    "actions": "actions",
    "agents": "agents",
    "offline_approvals": "offline-approvals",
    "approval_processes": "approval-processes",
    "approval_types": "approval-types",
    "email_tasks": "tasks",
    "purge_tasks": "tasks",
    "proposals": "proposals",
    "users": "users",
    "roles": "roles",
    "configuration": "configuration",
    "foreign_systems": "smtp-servers",
    "smtp_servers": "smtp-servers",
    "mailboxes": "mailboxes",
    "syslog_receivers": "syslog-and-webhooks",
    "webhooks": "syslog-and-webhooks",
    "credentials": "credentials",
    "openid_providers": "authentication",
    "advanced": "advanced",
    "configuration_history": "change-history",
    "transfer": "import-and-export",
    "export": "import-and-export",
    "import": "import-and-export",
    "import_plan": "import-and-export",
    "trial": "trial-mailbox",
}
PROFILE: Final = "profile"
_LINK = re.compile(r"((?:[a-z.-]+/)*[a-z-]+\.md)(#.*)?")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Topic:
    """One page of help. `key` is its place in the address, `text` its Markdown without the heading."""

    key: str
    title: str
    text: str
    group: str = PAGES
    path: Path = FOLDER / "help" / "start.md"

    @property
    def about(self) -> str:
        """Its first paragraph, without its marks."""
        first = _markdown.render(self.text.strip().partition("\n\n")[0])
        return " ".join(unescape(strip_tags(first)).split())

    @property
    def url(self) -> str:
        return reverse("help_page", args=[self.key])

    @property
    def html(self) -> SafeString:
        tokens = _markdown.parse(self.text)
        for token, following in pairwise(tokens):
            if token.type == "heading_open":
                token.attrSet("id", slugify(following.content))
        text = str(_markdown.renderer.render(list(self._with_links(tokens)), _markdown.options, {}))
        text = text.replace("<th></th>", "<td></td>")  # a table's empty corner heads nothing
        return mark_safe(text)  # noqa: S308  # HTML in it is escaped

    def found_by(self, query: str) -> bool:
        """Whether each word of the query is in it."""
        text = f"{self.title} {self.text}".casefold()
        return all(word in text for word in query.casefold().split())

    def _with_links(self, tokens: list[Token]) -> Iterator[Token]:
        """Links between the files lead to the pages made from them; those to other files are text."""
        keys = {topic.path: topic.key for topic in topics().values()}
        for token in tokens:
            for inner in token.children or ():
                picture = Path(str(inner.attrGet("src") or "")).name
                if inner.type == "image":
                    inner.attrSet("src", reverse("help_picture", args=[picture]))
                address = _LINK.fullmatch(str(inner.attrGet("href") or ""))
                if inner.type == "link_open" and address:
                    key = keys.get((self.path.parent / address[1]).resolve())
                    inner.attrs = (
                        {"href": reverse("help_page", args=[key]) + (address[2] or "")}
                        if key
                        else {}
                    )
            yield token


@cache
def topics() -> dict[str, Topic]:
    """All pages of help: the guides, then those about pages by title, the start first."""
    guides = [
        _read(f"guides/{name}", group, FOLDER / f"{name}.md")
        for group, names in GUIDES.items()
        for name in names
    ]
    pages = [_read(path.stem, PAGES, path) for path in (FOLDER / "help").glob("*.md")]
    pages.sort(key=lambda topic: (topic.key != START, topic.title.casefold()))
    return {topic.key: topic for topic in (*guides, *pages)}


def _read(key: str, group: str, path: Path) -> Topic:
    title, _, text = path.read_text(encoding="utf-8").partition("\n")
    return Topic(key, title.removeprefix("# ").strip(), text, group, path.resolve())


def topic_of(request: HttpRequest) -> Topic:
    """The page of help about the page that is asked for."""
    match = request.resolver_match
    names = [*match.namespaces, match.url_name or ""] if match else []
    key = next((TOPICS[name] for name in names if name in TOPICS), "")
    if not key and request.path.startswith(reverse("profile")):
        key = PROFILE
    return topics()[key or START]


@requires(Permission.HOME)
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """The table of contents. `?q=` searches: the pages in which each word is."""
    query = query_of(request)
    found = [topic for topic in topics().values() if topic.found_by(query)]
    return _page(request, "Help", {"topics": found, "query": query})


@requires(Permission.HOME)
@require_safe
def page(request: HttpRequest, topic: str) -> HttpResponse:
    """One page, with the others beside it."""
    shown = topics().get(topic)
    if shown is None:
        raise Http404
    more = {"shown": shown, "crumbs": [Crumb("Help", reverse("help"))]}
    return _page(request, shown.title, {"topics": topics().values(), **more})


def _page(request: HttpRequest, heading: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, "console/help.html", {"heading": heading, **context})


@requires(Permission.HOME)
@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of a guide."""
    shown = next(
        (path for path in (FOLDER / "screenshots").glob("*.png") if path.name == name), None
    )
    if shown is None:
        raise Http404
    return FileResponse(shown.open("rb"), content_type="image/png")
