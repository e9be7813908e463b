"""Policies in words: what a filter tests, what an action does, what a policy leads to.

Plain text: names and values of items are data, which a page escapes; whatever in them hides or turns
the reading direction is made visible. Words are made from what the engine would do, not from what
was typed: a broken filter and an action that the engine refuses are described as such. On policies
fetched `with_parts` nothing here asks the database.
"""

from policies.describe.actions import action_words, outcome_words
from policies.describe.filters import filter_words
from policies.describe.sentences import Sentence, sentence, sentence_parts

__all__ = [
    "Sentence",
    "action_words",
    "filter_words",
    "outcome_words",
    "sentence",
    "sentence_parts",
]
