"""Filters of rows as the engine's. Regular expressions are RE2, whose time is linear in the text."""

import json
from functools import lru_cache
from typing import Any

import re2

from policies.engine.filters import FilterSettings, from_settings
from policies.models import Filter

MAX_MEMORY = 1 << 20  # bytes that an expression may take; larger ones are refused


def compile_pattern(text: str) -> Any:
    """`text` compiled. Raises re2.error, which says what is wrong."""
    quiet = re2.Options()
    quiet.max_mem = MAX_MEMORY
    quiet.dot_nl = True  # else an argument with a line break evades what begins or ends with .*
    quiet.log_errors = False  # the exception says it, where it can be corrected
    return re2.compile(text, quiet)


def built(filter_: Filter) -> FilterSettings:
    """The engine's settings of a row. Raises ValueError as "FIELD: what is wrong"."""
    return _built(filter_.kind, json.dumps(filter_.settings, sort_keys=True))


@lru_cache(maxsize=20_000)
def _built(kind: str, settings: str) -> FilterSettings:
    """Built once for each content: patterns are compiled when they change, not in every request."""
    return from_settings(kind, json.loads(settings), compile_pattern)
