"""The help: docs/help/*.md as pages of the console, and which of them is about which page.

The files are ours, yet HTML in them is shown as text, and links lead only where Markdown allows them to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.roles import Permission, requires
from items.listings import query_of
from items.trail import Crumb

FOLDER: Final = Path(settings.BASE_DIR) / "docs" / "help"
START: Final = "start"
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
_LINK = re.compile(r"(?:\./)?([a-z-]+)\.md(#.*)?")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Topic:
    """One page of help. `text` is its Markdown without the heading."""

    key: str
    title: str
    text: str

    @property
    def about(self) -> str:
        """Its first paragraph."""
        return " ".join(self.text.strip().partition("\n\n")[0].split())

    @property
    def url(self) -> str:
        return reverse("help_page", args=[self.key])

    @property
    def html(self) -> SafeString:
        tokens = list(_with_links(_markdown.parse(self.text)))
        text = str(_markdown.renderer.render(tokens, _markdown.options, {}))
        return mark_safe(text)  # noqa: S308  # HTML in it is escaped

    def found_by(self, query: str) -> bool:
        """Whether each word of the query is in it."""
        text = f"{self.title} {self.text}".casefold()
        return all(word in text for word in query.casefold().split())


@cache
def topics() -> dict[str, Topic]:
    """All pages of help, by title; the start first."""
    read = []
    for path in FOLDER.glob("*.md"):
        title, _, text = path.read_text(encoding="utf-8").partition("\n")
        read.append(Topic(path.stem, title.removeprefix("# ").strip(), text))
    read.sort(key=lambda topic: (topic.key != START, topic.title.casefold()))
    return {topic.key: topic for topic in read}


def topic_of(request: HttpRequest) -> Topic:
    """The page of help about the page that is asked for."""
    match = request.resolver_match
    names = [*match.namespaces, match.url_name or ""] if match else []
    key = next((TOPICS[name] for name in names if name in TOPICS), "")
    if not key and request.path.startswith(reverse("profile")):
        key = PROFILE
    return topics()[key or START]


def _with_links(tokens: list[Token]) -> Iterator[Token]:
    """Links between the files lead to the pages made from them."""
    for token in tokens:
        for inner in token.children or ():
            address = _LINK.fullmatch(str(inner.attrGet("href") or ""))
            if inner.type == "link_open" and address:
                inner.attrSet("href", reverse("help_page", args=[address[1]]) + (address[2] or ""))
        yield token


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
