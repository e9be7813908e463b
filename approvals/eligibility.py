"""Who may not decide: the requester, by whatever channel, address or role."""

from approvals.models import ApprovalRequest
from pmconsole.people.models import User
from pmconsole.people.selectors import addresses_of, bare_address, person_with_account


def addresses_excluded(request: ApprovalRequest) -> set[str]:
    """The requester's mailboxes: those of his profile, and account@mail-domain if one is named."""
    excluded: set[str] = set()
    person = requester_of(request)
    if person:
        excluded |= addresses_of(person)
    domain = request.terms.mail_domain
    if domain:
        excluded.add(bare_address(f"{request.short_account}@{domain}"))
    return excluded


def requester_of(request: ApprovalRequest) -> User | None:
    """The person who asked, by today's profiles: an account added later counts too."""
    return (
        person_with_account(name=request.account, identifier=request.account_id)
        or request.requester
    )


def is_requester(request: ApprovalRequest, *, user: User | None = None, address: str = "") -> bool:
    """Whether this user or mailbox belongs to the person who asked."""
    if user is not None and user == requester_of(request):
        return True
    excluded = addresses_excluded(request)
    own = addresses_of(user) if user is not None else set()
    return bool(excluded & own) or (bool(address) and bare_address(address) in excluded)
