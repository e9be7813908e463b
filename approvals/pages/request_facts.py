"""The facts of a request, for pages: from its snapshot and its frozen terms."""

from dataclasses import dataclass
from typing import Any

from approvals.facts import characteristics_of, execution_of, signs_of_request
from approvals.letters.covers import covers
from approvals.letters.exact import elided, one_value
from approvals.letters.signs import worst_of_command
from approvals.models import ApprovalRequest, Grant
from core.dates import duration
from core.text import visible_parts


@dataclass(frozen=True)
class FactLine:
    """One line of components/facts.html. `code` texts are paths, hashes and command lines.

    `full` is the whole of a text that is shown in part, a press away.
    """

    label: str
    text: str
    code: bool = False
    full: str = ""
    url: str = ""


def bound_lines(request: ApprovalRequest) -> list[FactLine]:
    """What runs, where and with which rights: the values that an approval is bound to."""
    lines = []
    for value in execution_of(request).values:
        short = elided(value.text)
        full = value.text if short != value.text else ""
        label = " ".join(word[:1].upper() + word[1:] for word in value.label.split(" "))
        lines.append(FactLine(label, short, value.code, full))
    return lines


def more_lines(request: ApprovalRequest) -> list[FactLine]:
    """Who asks where, who made the file, and which policy and type ask for an approval."""
    terms = request.terms
    characteristics = {
        "File Specific": terms.file_specific,
        "Command Line Specific": terms.command_line_specific,
        "Policy Specific": terms.policy_specific,
    }
    bound = ", ".join(name for name, chosen in characteristics.items() if chosen) or "any file"
    asked = request.asked_minutes
    facts = [
        FactLine("Time Asked For", duration(asked) if asked else ""),
        FactLine("User", one_value(request.account)),
        FactLine("Computer", one_value(request.computer_name)),
        FactLine("Publisher", request.signer or "unsigned"),
        FactLine("SHA-256", "" if request.sha256 else "not reported"),
        FactLine("Policy", one_value(request.policy_name)),
        FactLine("Approval Type", f"{terms.type_name} ({bound})"),
    ]
    return [fact for fact in facts if fact.text]


def fact_lines(request: ApprovalRequest) -> list[FactLine]:
    """Every fact, what runs first."""
    return bound_lines(request) + more_lines(request)


def worst_signs(request: ApprovalRequest) -> str:
    """What a list says beneath a request's name: what hides what it does, or a part of its texts."""
    worst = worst_of_command(execution_of(request))
    if not worst and any(is_escape for _, is_escape in visible_parts(request.reason)):
        return "Hidden characters in the reason"
    return worst


def coverage(request: ApprovalRequest) -> dict[str, str]:
    """What an approval would cover, for templates: `covers_once` and `covers_timed`."""
    bound = characteristics_of(request)
    return {
        "covers_once": covers(bound, one_time=True),
        "covers_timed": covers(bound, one_time=False),
    }


def stakes(request: ApprovalRequest) -> dict[str, Any]:
    """What is decided about, for the templates of the pages that decide one request."""
    return {
        "approval_request": request,
        "rights": execution_of(request).rights_words,
        "bound": bound_lines(request),
        "signs": signs_of_request(request),
        **coverage(request),
    }


def covered(grant: Grant) -> str:
    """What a grant covers, in words."""
    return covers(characteristics_of(grant.request), one_time=grant.one_time)
