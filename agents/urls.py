"""Addresses of the agent API, to be included at agent/v1/."""

from django.urls import URLPattern, URLResolver, re_path

from agents.api import api
from agents.api_errors import in_json, unknown_address

_patterns, _, app_name = api.urls
for _pattern in _patterns:
    if isinstance(_pattern, URLPattern) and _pattern.callback is not None:
        _pattern.callback = in_json(_pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    *_patterns,
    re_path("", unknown_address, name="unknown"),
]
