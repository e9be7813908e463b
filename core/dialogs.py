"""Dialogs: over the page with htmx; without it, the same address shows the page behind as well."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page alone."""
    return bool(getattr(request, "htmx", False))


def varied(response: HttpResponse) -> HttpResponse:
    """Say that this address answers htmx otherwise, so that no cache mixes the two up."""
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
    """The dialog `template` over the template `page`, whose context is asked for only if needed."""
    if wants_fragment(http):
        return varied(render(http, template, context, status=status))
    whole = {**behind(), **context, "modal": True, "dialog_template": template}
    return varied(render(http, page, whole, status=status))


def go_to(http: HttpRequest, url: str) -> HttpResponse:
    """Leave the dialog for another page."""
    return HttpResponseClientRedirect(url) if wants_fragment(http) else redirect(url)
