"""Dialogs: with htmx over the current page; without it the same address renders both."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx requests a part of the page."""
    return bool(getattr(request, "htmx", False))


def varied(response: HttpResponse) -> HttpResponse:
    """Mark the response as specific to htmx or not, so that caches keep the two apart."""
    patch_vary_headers(response, ["HX-Request"])
    return response


def show_over(
    http: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    page: str,
    behind: Callable[[], dict[str, Any]],
    status: int = 200,
) -> HttpResponse:
    """The dialog `template` over the template `page`; `behind` gives its context if needed."""
    if wants_fragment(http):
        return varied(render(http, template, context, status=status))
    whole = {**behind(), **context, "modal": True, "dialog_template": template}
    return varied(render(http, page, whole, status=status))


def go_to(http: HttpRequest, url: str) -> HttpResponse:
    """Leave the dialog for another page."""
    return HttpResponseClientRedirect(url) if wants_fragment(http) else redirect(url)
