"""What was asked, as pages say it, from the request's snapshot and its frozen terms."""

from dataclasses import dataclass

from approvals.facts import characteristics_of
from approvals.letters.covers import covers
from approvals.models import ApprovalRequest, Grant
from core.text import visible_parts


@dataclass(frozen=True)
class RequestFact:
    """One line of a list of facts. `code` texts are paths, hashes and command lines."""

    label: str
    text: str
    code: bool = False


def facts_of(request: ApprovalRequest) -> list[RequestFact]:
    """User, computer, file, command line, publisher, hash, policy, type; without empty ones."""
    facts = [
        RequestFact("User", request.account),
        RequestFact("Computer", request.computer_name),
        RequestFact("File Path", request.file_path, code=True),
        RequestFact("Command Line", request.command_line, code=True),
        RequestFact("Publisher", request.signer or "unsigned"),
        RequestFact("SHA-256", request.sha256 or "not reported", code=bool(request.sha256)),
        RequestFact("Policy", request.policy_name),
        RequestFact("Approval Type", f"{request.terms.type_name} ({characteristics(request)})"),
    ]
    return [fact for fact in facts if fact.text]


def characteristics(request: ApprovalRequest) -> str:
    """The type's frozen characteristics: "File Specific, Command Line Specific"."""
    terms = request.terms
    names = {
        "File Specific": terms.file_specific,
        "Command Line Specific": terms.command_line_specific,
        "Policy Specific": terms.policy_specific,
    }
    return ", ".join(name for name, chosen in names.items() if chosen) or "any file"


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


def what_it_does(request: ApprovalRequest) -> str:
    """The verb of an approval's sentence."""
    return "runs with administrator rights" if request.terms.elevated else "runs"
