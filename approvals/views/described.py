"""What was asked, as pages say it: facts, odd signs, and what an approval would cover. Pure.

The facts come from the request's snapshot, what is covered from its frozen terms.
"""

import re
from dataclasses import dataclass

from approvals.mail.visible import visible_parts
from approvals.models import ApprovalRequest
from pmconsole.words import short_hash

_TEMPORARY = re.compile(r"[\\/](te?mp|temporary internet files|downloads)[\\/]", re.IGNORECASE)


@dataclass(frozen=True)
class Fact:
    """One line of a list of facts. `code` texts are paths, hashes and command lines."""

    label: str
    text: str
    code: bool = False


@dataclass(frozen=True)
class Sign:
    """Something odd about what is asked: what it is, and why it matters. `tone` as in console.css."""

    strong: str
    text: str = ""
    tone: str = "wait"


def facts_of(request: ApprovalRequest) -> list[Fact]:
    """User, computer, file, command line, publisher, hash, policy, type; without empty ones."""
    facts = [
        Fact("User", request.account),
        Fact("Computer", request.computer_name),
        Fact("File Path", request.file_path, code=True),
        Fact("Command Line", request.command_line, code=True),
        Fact("Publisher", request.signer or "unsigned"),
        Fact("SHA-256", request.sha256, code=True),
        Fact("Policy", request.policy_name),
        Fact("Approval Type", f"{request.terms.type_name} ({characteristics(request)})"),
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


def signs_of(request: ApprovalRequest) -> list[Sign]:
    """What deserves a second look. Facts only, no score."""
    signs = []
    if not request.signer:
        signs.append(Sign("Unsigned.", "The publisher can't be checked."))
    if not request.sha256:
        signs.append(Sign("No hash.", "The file is known by its path only."))
    if _TEMPORARY.search(request.file_path):
        signs.append(
            Sign("Runs from a temporary folder:", "files there are replaced without notice.")
        )
    hidden = hidden_characters(request)
    if hidden:
        signs.append(Sign("Hidden characters", f"in the {hidden}: they are shown as [U+…].", "bad"))
    return signs


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


def covers_once(request: ApprovalRequest) -> str:
    """What a One Time grant covers."""
    file = f"SHA-256 {short_hash(request.sha256)}" if request.sha256 else "by its path"
    return (
        f"exactly what was asked for, once: this file ({file}), these arguments, this working "
        "directory"
    )


def covers_timed(request: ApprovalRequest) -> str:
    """What a timed grant covers, from the frozen characteristics."""
    terms, pieces = request.terms, []
    if terms.file_specific:
        file = f"SHA-256 {short_hash(request.sha256)}" if request.sha256 else "by its path"
        pieces.append(f"this file only ({file})")
    else:
        pieces.append(f"any program that asks for {terms.type_name}")
    if terms.command_line_specific:
        pieces.append("with these arguments only")
    if terms.policy_specific:
        pieces.append(f"under the policy {request.policy_name}")
    return ", ".join(pieces)


def what_it_does(request: ApprovalRequest) -> str:
    """The verb of an approval's sentence."""
    return "runs with administrator rights" if request.terms.elevated else "runs"
