"""Every kind of filter is declared whole: its class with its words, and its form."""

import pytest

from policies.defaults import _FILTERS
from policies.engine import FILTER_KINDS, from_settings
from policies.engine.filters import FilterSettings, Unusable
from policies.filter_forms import FORMS
from policies.items import FILTERS

every_kind = pytest.mark.parametrize("kind", list(FILTER_KINDS.values()), ids=list(FILTER_KINDS))


def _concrete(kind: type[FilterSettings]) -> set[type[FilterSettings]]:
    """The classes below `kind` that are kinds themselves."""
    below = {each for child in kind.__subclasses__() for each in _concrete(child)}
    return below or {kind}


def test_every_class_of_the_engine_is_listed() -> None:
    assert _concrete(FilterSettings) - {Unusable} == set(FILTER_KINDS.values())


@every_kind
def test_a_kind_can_be_created_and_every_setting_edited(kind: type[FilterSettings]) -> None:
    offered = FILTERS.kind(kind.kind)
    assert offered is not None, "not in the Create dialog"
    assert (offered.label, offered.form) == (kind.label, FORMS[kind])
    editable = {name for section in offered.form.sections for name in section.fields}
    assert set(kind.setting_names()) <= editable & set(offered.form.base_fields)


# Who runs it and when says little of what runs: policies are found by their other conditions.
NOT_INDEXED = {"user_context", "time_of_day"}


@every_kind
def test_a_kind_says_by_what_it_is_found(kind: type[FilterSettings]) -> None:
    """One that doesn't is safe and slow: its policies are tested for each event."""
    forgotten = kind.index_keys is FilterSettings.index_keys
    assert forgotten is (kind.kind in NOT_INDEXED)


@every_kind
def test_a_kind_has_words_of_its_own(kind: type[FilterSettings]) -> None:
    assert kind.label.endswith(" Filter")
    assert kind.tests is not FilterSettings.tests


@pytest.mark.parametrize("built_in", _FILTERS, ids=[each.key for each in _FILTERS])
def test_a_built_in_filter_is_one_that_could_be_entered(built_in: object) -> None:
    settings: FilterSettings = built_in.settings  # type: ignore[attr-defined]
    assert from_settings(settings.kind, settings.to_json()) == settings
    assert not settings.is_empty


def test_forms_say_that_an_expression_must_match_the_whole() -> None:
    for kind in ("commandline", "advanced_commandline"):
        choices = dict(FORMS[FILTER_KINDS[kind]].base_fields["match"].choices)  # type: ignore[attr-defined]
        assert "whole" in choices["regex"]
