"""What an administrator should know about a process: approvers who are easily overlooked."""

from approvals.models import ApprovalProcess
from core.actors import Actor
from core.people.selectors import address_to_write_to, people_by_mailbox
from core.roles import holders_of


def cautions(process: ApprovalProcess) -> list[tuple[str, str]]:
    """(what is the case, what follows from it), for the page of a process."""
    if not process.decided_by_mail:
        return []
    found = []
    if not process.deciding.typed.link_needs_sign_in:
        found.append(
            (
                "Anyone who has the link in an email can decide.",
                "Answer by Link works without sign-in, so whoever an email is forwarded to can "
                "approve. Such decisions are recorded as “by email link, without sign-in”.",
            )
        )
    if process.asking != process and process.typed.asks_somebody:
        found.append(
            (
                "The To Address of this process isn't asked.",
                f"Its Start Activity, {process.asking}, decides, so the people named there are asked, "
                "reminded and escalated to. This process only sends.",
            )
        )
    asks = process.asking.typed
    fallback = asks.manager_fallback if asks.asks_manager or asks.escalate_to_manager else ""
    asked = dict.fromkeys((*asks.to_addresses, *asks.escalate_to, fallback))
    people = people_by_mailbox(filter(None, asked))
    unknown = [
        address
        for address, holders in people.items()
        if not holders or not holders[0].endpoint_accounts.all()
    ]
    delegates = dict.fromkeys(each.delegate for held in people.values() for each in held)
    unknown += [
        f"the delegate {Actor.of_user(delegate).name}"
        for delegate in filter(None, delegates)
        if not delegate.endpoint_accounts.exists()
    ]
    by_role = holders_of(asks.escalate_to_role).filter(endpoint_accounts=None)
    unknown += [Actor.of_user(person).name for person in by_role if address_to_write_to(person)]
    if unknown:
        found.append(
            (
                "Self-approval can't be detected.",
                f"No endpoint account is known for {', '.join(unknown)}. Their own requests "
                "aren't recognized, so they can approve them. Add their accounts to their profiles, "
                "or set the Mail Domain.",
            )
        )
    return found
