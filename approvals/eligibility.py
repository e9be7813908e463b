"""Who may not decide: the requester, by whatever channel, address or role."""

from approvals.models import ApprovalRequest
from core.people.models import User
from core.people.selectors import addresses_of, bare_address, people_with_account


def addresses_excluded(request: ApprovalRequest) -> set[str]:
    """The requester's mailboxes: those of the profile, and account@mail-domain if one is set."""
    excluded: set[str] = set()
    for person in _may_be_requester(request):
        excluded |= addresses_of(person)
    domain = request.terms.mail_domain
    if domain:
        excluded.add(bare_address(f"{request.short_account}@{domain}"))
    return excluded


def requester_of(request: ApprovalRequest) -> User | None:
    """The requester by today's profiles, so that an account added later counts too.

    None if nobody is known, or if several people match: then none of them is named or written to.
    """
    found = people_with_account(name=request.account, identifier=request.account_id)
    if found:
        return found[0] if len(found) == 1 else None
    return request.requester


def _may_be_requester(request: ApprovalRequest) -> list[User]:
    """By today's profiles and by those of then; if they differ, none of these people can decide."""
    found = people_with_account(name=request.account, identifier=request.account_id)
    return [*found, request.requester] if request.requester else found


def is_requester(request: ApprovalRequest, *, user: User | None = None, address: str = "") -> bool:
    """Whether this user or mailbox belongs to the requester."""
    if user is not None and user in _may_be_requester(request):
        return True
    excluded = addresses_excluded(request)
    own = addresses_of(user) if user is not None else set()
    return bool(excluded & own) or (bool(address) and bare_address(address) in excluded)
