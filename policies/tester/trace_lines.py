"""Why a decision is what it is: each policy in order, each condition, for people who wrote neither."""

from dataclasses import dataclass

from django.urls import reverse

from policies.describe.verdicts import rights_words
from policies.engine import ConditionTrace, Filter, PolicyTrace
from policies.engine.decision import MATCHED, SKIPPED
from policies.tester.testing import Explanation

MAX_LINES = 200  # policies shown beside those that matched


@dataclass(frozen=True)
class Step:
    """One condition, or what follows from a match. `tone` is "good" where it speaks for a match."""

    name: str
    text: str
    icon: str
    tone: str = ""
    link: str = ""  # address and words of the filter that is meant
    link_words: str = ""
    wanted: str = ""  # what the filter tests


@dataclass(frozen=True)
class Line:
    """One policy."""

    priority: int
    name: str
    url: str
    state: str  # of {% state %}
    word: str
    why: str
    steps: tuple[Step, ...]
    decides: bool = False


def lines_of(tested: Explanation) -> tuple[list[Line], int]:
    """The policies in order, and how many that didn't match are left out."""
    trace, matched = tested.decision.trace, set(tested.decision.matched)
    others = [each for each in trace if each.policy_id not in matched]
    shown = matched | {each.policy_id for each in others[:MAX_LINES]}
    lines = [_line(each, tested) for each in trace if each.policy_id in shown]
    return lines, len(trace) - len(lines)


def _line(trace: PolicyTrace, tested: Explanation) -> Line:
    policy, matched = tested.policies.by_id[trace.policy_id], tested.decision.matched
    decides = bool(matched) and trace.policy_id == matched[-1]
    state, word = "off", "Did not match"
    if trace.outcome == SKIPPED:
        word = "Not looked at"
    elif trace.outcome == MATCHED:
        state, word = "active", "Matched"
    filters = {each.id: each for each in (*policy.targets, *policy.inclusions, *policy.exclusions)}
    steps = [_step(each, filters[each.filter_id]) for each in trace.conditions]
    if trace.outcome == MATCHED:
        if policy.actions:
            names = ", ".join(action.name for action in policy.actions)
            steps.append(Step("Actions", names, "run"))
        if policy.broken:
            steps.append(Step("Invalid", policy.broken, "trouble", "bad"))
    return Line(
        priority=policy.priority,
        name=policy.name,
        url=reverse("policies:detail", args=[policy.id]),
        state=state,
        word=word,
        why=trace.why,
        steps=tuple(steps),
        decides=decides,
    )


def _step(condition: ConditionTrace, filter_: Filter) -> Step:
    settings = filter_.settings
    speaks_for_it = condition.met is not (condition.role == "exclusion")
    return Step(
        name=condition.role.capitalize(),
        text=condition.why,
        icon="check" if speaks_for_it else "close",
        tone="good" if speaks_for_it else "",
        link=reverse("filters:detail", args=[condition.filter_id]),
        link_words=condition.filter_name,
        wanted="" if settings.is_unknown else " and ".join(settings.tests()),
    )


def summary(tested: Explanation) -> str:
    """What led to the verdict, and what follows from it, in sentences."""
    decision = tested.decision
    if not decision.matched:
        return (
            "No active policy matches. A desktop computer runs the program without administrator "
            "rights; an agent that guards sudo refuses it."
        )
    names = [tested.policies.by_id[each].name for each in decision.matched]
    matched = " and ".join(names) if len(names) < 4 else f"{len(names)} policies"
    said = [f"{matched} matched.", decision.message]
    if decision.verdict == "allow":
        rights = rights_words(decision.rights)
        said.append(f"The program runs {rights or 'as it is'}.")
    elif decision.verdict == "approval_required" and decision.need:
        said.append(f"An approval of the type {decision.need.approval_type.name} is needed.")
        if tested.with_approvals:
            said.append("None is valid for exactly this.")
    return " ".join(filter(None, said))
