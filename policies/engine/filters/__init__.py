"""The kinds of filter: a frozen dataclass each, built by `from_settings`."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Type

from policies.engine.filters.base import (
    CompilePattern,
    FilterSettings,
    ServerOnly,
    Settings,
    refuse_unknown,
)
from policies.engine.filters.command_lines import AdvancedCommandline, Commandline
from policies.engine.filters.computer import Computer
from policies.engine.filters.files import FileHash, FileSpecification, ParentProcess
from policies.engine.filters.signed_file import SignedFile
from policies.engine.filters.time_of_day import TimeOfDay
from policies.engine.filters.user_context import UserContext

FILTER_KINDS: Dict[str, Type[FilterSettings]] = {
    "file_specification": FileSpecification,
    "file_hash": FileHash,
    "signed_file": SignedFile,
    "commandline": Commandline,
    "advanced_commandline": AdvancedCommandline,
    "user_context": UserContext,
    "parent_process": ParentProcess,
    "time_of_day": TimeOfDay,
    "computer": Computer,
}


def from_settings(
    kind: str, settings: Mapping[str, Any], compile_pattern: Optional[CompilePattern] = None
) -> FilterSettings:
    """The settings dataclass of `kind` from its JSON object; absent fields are empty.

    `compile_pattern` is `re2.compile` or alike: text in, an object with `search(text)` out. Raises
    ValueError as "FIELD: what is wrong", and ServerOnly for a regular expression without
    `compile_pattern`. A filter that tests nothing is built, has `is_empty` and is never met.
    """
    if kind not in FILTER_KINDS:
        raise ValueError(f"kind: must be one of {', '.join(sorted(FILTER_KINDS))}")
    if not isinstance(settings, Mapping):
        raise ValueError("settings: must be an object")
    chosen = FILTER_KINDS[kind]
    refuse_unknown(chosen, settings)
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
    "Settings",
    "SignedFile",
    "TimeOfDay",
    "UserContext",
    "from_settings",
]
