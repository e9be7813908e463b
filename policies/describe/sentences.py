"""What a policy does, as the sentence at the top of its page."""

from dataclasses import dataclass

from policies.describe.actions import outcome_words
from policies.describe.filters import clause_words, target_words
from policies.engine.words import cut, joined, listed
from policies.models import Policy, PolicyFilter

Role = PolicyFilter.Role


@dataclass(frozen=True)
class Sentence:
    """`when`: "When someone on … starts …"; `programs`: what follows "starts". `outcome`: what
    happens. `ending`: whole sentences.
    """

    when: str
    programs: str
    outcome: str
    ending: str

    def __str__(self) -> str:
        return f"{self.when}: {self.outcome}. {self.ending}"


def sentence(policy: Policy) -> str:
    """What `policy` (fetched `with_parts`) does, active or not."""
    return str(sentence_parts(policy))


def sentence_parts(policy: Policy) -> Sentence:
    """`sentence` in three parts, for a page that marks the outcome."""
    actions = policy.actions_for(children=False)
    if actions:
        outcome = outcome_words(actions)
    elif policy.continue_enforcing:
        outcome = "record it" if policy.audit_events else "do nothing"
    else:
        outcome = "let it run as it is" + (" and record it" if policy.audit_events else "")
    ending = (
        "Later policies are evaluated too, and their actions are added."
        if policy.continue_enforcing
        else "Later policies are not evaluated."
    )
    children = policy.actions_for(children=True)
    if policy.enforce_child and children:
        each = f"For each program that it starts with these rights: {outcome_words(children)}."
        ending = f"{each} {ending}"
    groups = listed((group.name for group in policy.groups.all()), "or")
    programs = _programs(policy)
    when = f"When someone on {groups or 'a computer (no group is targeted yet)'} starts {programs}"
    return Sentence(when, programs, outcome, ending)


def _programs(policy: Policy) -> str:
    targets = joined([target_words(each) for each in policy.filters_as(Role.TARGET)], "or")
    included = [clause_words(each) for each in policy.filters_as(Role.INCLUSION)]
    excluded = [clause_words(each) for each in policy.filters_as(Role.EXCLUSION)]
    words = targets or "an application (none is targeted yet)"
    if included:
        words += f", and {', and '.join(cut(included))}"
    if excluded:
        words += f", unless {', or '.join(cut(excluded))}"
    return words
