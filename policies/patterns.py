"""Regular expressions of filters: RE2, whose time is linear in the text."""

from typing import Any

import re2


def compile_pattern(text: str) -> Any:
    """`text` compiled. Raises re2.error, which says what is wrong."""
    quiet = re2.Options()
    quiet.log_errors = False  # the exception says it, where it can be corrected
    return re2.compile(text, quiet)
