"""What an administrator should know of a process: who could approve that he does not think of."""

from approvals.models import ApprovalProcess
from core.people.selectors import person_with_address


def cautions(process: ApprovalProcess) -> list[tuple[str, str]]:
    """(what is so, what to do), for its page."""
    return _bearers(process) + _unrecognised(process) if process.sends_requests else []


def _bearers(process: ApprovalProcess) -> list[tuple[str, str]]:
    if process.typed.link_needs_sign_in:
        return []
    return [
        (
            "Whoever holds the link in an e-mail can decide.",
            "Answer by Link works without sign-in, so a forwarded e-mail is an approver's right. "
            "Such decisions are recorded as “link, bearer”.",
        )
    ]


def _unrecognised(process: ApprovalProcess) -> list[tuple[str, str]]:
    unknown = [address for address in process.typed.to_addresses if not _is_known(address)]
    if not unknown:
        return []
    return [
        (
            "Self-approval cannot be recognised.",
            f"No endpoint account is known of {', '.join(unknown)}. If one of them asks for "
            "something himself, nobody notices when he approves it. Have the accounts entered in "
            "their profiles, or name the Mail Domain.",
        )
    ]


def _is_known(address: str) -> bool:
    person = person_with_address(address)
    return person is not None and person.endpoint_accounts.exists()
