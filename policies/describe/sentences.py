"""What a policy does, as the sentence at the top of its page."""

from dataclasses import dataclass

from policies.describe.actions import outcome_words
from policies.describe.filters import clause_words, target_words
from policies.engine.words import cut, joined, listed
from policies.models import Policy, PolicyFilter

Role = PolicyFilter.Role


@dataclass(frozen=True)
class Sentence:
    """`when`: "When someone on … starts …". `outcome`: what happens. `ending`: whole sentences."""

    when: str
    outcome: str
    ending: str

    def __str__(self) -> str:
        return f"{self.when}: {self.outcome}. {self.ending}"


def sentence(policy: Policy) -> str:
    """What `policy` (fetched `with_parts`) does, active or not."""
    return str(sentence_parts(policy))


def sentence_parts(policy: Policy) -> Sentence:
    """`sentence` in three parts, for a page that marks the outcome."""
    return Sentence(when=_when(policy), outcome=_outcome(policy), ending=_ending(policy))


def _when(policy: Policy) -> str:
    groups = listed((group.name for group in policy.groups.all()), "or")
    targets = joined([target_words(each) for each in policy.filters_as(Role.TARGET)], "or")
    included = [clause_words(each) for each in policy.filters_as(Role.INCLUSION)]
    excluded = [clause_words(each) for each in policy.filters_as(Role.EXCLUSION)]
    words = (
        f"When someone on {groups or 'a computer (no group is targeted yet)'} "
        f"starts {targets or 'an application (none is targeted yet)'}"
    )
    if included:
        words += f", and {', and '.join(cut(included))}"
    if excluded:
        words += f", unless {', or '.join(cut(excluded))}"
    return words


def _outcome(policy: Policy) -> str:
    actions = policy.actions_for(children=False)
    if actions:
        return outcome_words(actions)
    if policy.continue_enforcing:
        return "record it" if policy.audit_events else "do nothing"
    return "let it run as it is and record it" if policy.audit_events else "let it run as it is"


def _ending(policy: Policy) -> str:
    children = policy.actions_for(children=True)
    later = (
        "Later policies are evaluated too, and their actions are added."
        if policy.continue_enforcing
        else "Later policies are not evaluated."
    )
    if not (policy.enforce_child and children):
        return later
    return f"For each program that it starts with these rights: {outcome_words(children)}. {later}"
