"""The kinds of filter: a frozen dataclass each, listed here and built by `from_settings`.

To add a kind, write its class (with `kind`, `label` and its words), add it to `_KINDS`, and give it
a form in policies/filter_forms.py.
"""

from collections.abc import Mapping
from typing import Any

from policies.engine.filters.base import CompilePattern, FilterSettings, ServerOnly, Unusable
from policies.engine.filters.command_lines import AdvancedCommandline, Commandline
from policies.engine.filters.computer import Computer
from policies.engine.filters.files import FileHash, FileSpecification, ParentProcess
from policies.engine.filters.signed_file import SignedFile
from policies.engine.filters.time_of_day import TimeOfDay
from policies.engine.filters.user_context import UserContext

_KINDS: tuple[type[FilterSettings], ...] = (
    FileSpecification,
    FileHash,
    SignedFile,
    Commandline,
    AdvancedCommandline,
    UserContext,
    ParentProcess,
    TimeOfDay,
    Computer,
)
FILTER_KINDS = {kind.kind: kind for kind in _KINDS}


def from_settings(
    kind: str, settings: Mapping[str, Any], compile_pattern: CompilePattern | None = None
) -> FilterSettings:
    """The settings dataclass of `kind` from its JSON object; absent fields are empty.

    `compile_pattern` is `re2.compile`, with options. Raises
    ValueError as "FIELD: what is wrong", and ServerOnly for a regular expression without
    `compile_pattern`. A filter that tests nothing is built, has `is_empty` and never matches.
    """
    if kind not in FILTER_KINDS:
        raise ValueError(f"kind: must be one of {', '.join(sorted(FILTER_KINDS))}")
    if not isinstance(settings, Mapping):
        raise ValueError("settings: must be an object")
    chosen = FILTER_KINDS[kind]
    known = chosen.setting_names()
    for name in settings:
        if name not in known:
            raise ValueError(f"{str(name)[:80]}: unknown field; the fields are {', '.join(known)}")
    return chosen.build(settings, compile_pattern)


__all__ = [
    "FILTER_KINDS",
    "AdvancedCommandline",
    "Commandline",
    "CompilePattern",
    "Computer",
    "FileHash",
    "FileSpecification",
    "FilterSettings",
    "ParentProcess",
    "ServerOnly",
    "SignedFile",
    "TimeOfDay",
    "Unusable",
    "UserContext",
    "from_settings",
]
