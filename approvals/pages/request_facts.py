"""The facts of a request, for pages: from its snapshot and its frozen terms."""

from dataclasses import dataclass

from approvals.facts import characteristics_of
from approvals.letters.covers import covers
from approvals.models import ApprovalRequest, Grant
from core.text import visible_parts


@dataclass(frozen=True)
class FactLine:
    """One line of components/facts.html. `code` texts are paths, hashes and command lines."""

    label: str
    text: str
    code: bool = False


def fact_lines(request: ApprovalRequest) -> list[FactLine]:
    """User, computer, file, command line, publisher, hash, policy, type; without empty ones."""
    terms = request.terms
    characteristics = {
        "File Specific": terms.file_specific,
        "Command Line Specific": terms.command_line_specific,
        "Policy Specific": terms.policy_specific,
    }
    bound = ", ".join(name for name, chosen in characteristics.items() if chosen) or "any file"
    facts = [
        FactLine("User", request.account),
        FactLine("Computer", request.computer_name),
        FactLine("File Path", request.file_path, code=True),
        FactLine("Command Line", request.command_line, code=True),
        FactLine("Publisher", request.signer or "unsigned"),
        FactLine("SHA-256", request.sha256 or "not reported", code=bool(request.sha256)),
        FactLine("Policy", request.policy_name),
        FactLine("Approval Type", f"{terms.type_name} ({bound})"),
    ]
    return [fact for fact in facts if fact.text]


def hidden_characters(request: ApprovalRequest) -> str:
    """Where a control or direction character hides: "name", "command line", or "" for nowhere."""
    places = {
        "name": request.file_name,
        "path": request.file_path,
        "command line": request.command_line,
        "reason": request.reason,
    }
    return next(
        (place for place, text in places.items() if any(odd for _, odd in visible_parts(text))), ""
    )


def coverage(request: ApprovalRequest) -> dict[str, str]:
    """What an approval would cover, for templates: `covers_once` and `covers_timed`."""
    bound = characteristics_of(request)
    return {
        "covers_once": covers(bound, one_time=True),
        "covers_timed": covers(bound, one_time=False),
    }


def covered(grant: Grant) -> str:
    """What a grant covers, in words."""
    return covers(characteristics_of(grant.request), one_time=grant.one_time)
