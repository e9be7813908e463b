"""What an administrator should know of a process: whose own requests would not be recognised."""

from approvals.models import ApprovalProcess
from pmconsole.people.selectors import person_with_address


def notices(process: ApprovalProcess) -> list[tuple[str, str]]:
    """(what is so, what to do) for each approver of whom no endpoint account is known."""
    if not process.sends_requests:
        return []
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
