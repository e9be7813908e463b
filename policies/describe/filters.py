"""What a filter tests: the words of its kind (policies/engine/filters), or why it can't be used."""

from collections.abc import Callable

from core.text import visible
from policies.engine.filters import FilterSettings
from policies.engine.words import shown
from policies.models import Filter
from policies.patterns import built

_MAX_TROUBLE = 300  # characters


def filter_words(filter_: Filter) -> str:
    """What it tests: "file name is setup.exe or *.msi", "tests nothing yet", "can't be used: …"."""
    return _words(filter_, lambda settings: " and ".join(settings.tests()), "{trouble}")


def target_words(filter_: Filter) -> str:
    """What somebody starts: "setup.exe or *.msi", "anything signed by Contoso Software*"."""
    return _words(filter_, lambda settings: settings.target(), "{name} ({trouble})")


def clause_words(filter_: Filter) -> str:
    """A condition within a sentence: "the user is in BUILTIN\\Administrators"."""
    return _words(filter_, lambda settings: settings.clause(), "{name} ({trouble})")


def _words(filter_: Filter, words: Callable[[FilterSettings], str], otherwise: str) -> str:
    try:
        settings = built(filter_)
    except ValueError as error:
        trouble = f"can't be used: {visible(str(error), _MAX_TROUBLE)}"
    else:
        if not settings.is_empty:
            return words(settings)
        trouble = "tests nothing yet"
    return otherwise.format(name=shown(filter_.name), trouble=trouble)
