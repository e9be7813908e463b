"""Whether the receiving mail server vouches for a sender (RFC 8601, RFC 7489)."""

from dataclasses import dataclass

import authres
from authres.core import AuthenticationResult, AuthResError

from approvals.reply.addresses import NoAddress, domain_key
from approvals.reply.headers import Fields, has_control, values
from approvals.reply.limits import MAX_RESULTS
from approvals.reply.reading import MailboxRules

FIELD = "authentication-results"
HARMLESS_DMARC = {"pass", "none", "bestguesspass"}
MAX_PARENTHESES = 200


@dataclass(frozen=True)
class Verdict:
    """`proof` names what was found, as in "dmarc=pass by mx.example.com"; `why` says why not."""

    holds: bool
    proof: str = ""
    why: str = ""


def authenticate(fields: Fields, domain: str, rules: MailboxRules) -> Verdict:
    """Whether our server found that the mail really comes from `domain` (in A-labels)."""
    if not rules.peer_verifies_senders:
        return Verdict(False, why="The peer that handed it over doesn't verify senders.")
    found = values(fields, FIELD)
    if not found:
        return Verdict(False, why="It lacks our mail server's Authentication-Results.")
    top = found[0].rstrip("; \t")  # some servers end the last result like the others
    unreadable = Verdict(False, why="The topmost Authentication-Results can't be read.")
    if len(top) > MAX_RESULTS or top.count("(") > MAX_PARENTHESES or has_control(top):
        return unreadable
    try:
        parsed = authres.AuthenticationResultsHeader.parse_value(top)
    except (AuthResError, RecursionError, ValueError, AttributeError, TypeError):
        return unreadable
    if parsed.authserv_id.lower() not in {name.lower() for name in rules.authserv_ids}:
        return Verdict(False, why="The topmost Authentication-Results are another server's.")
    results = [result for result in parsed.results if isinstance(result, AuthenticationResult)]
    return _judge(results, domain, parsed.authserv_id)


def _judge(results: list[AuthenticationResult], domain: str, server: str) -> Verdict:
    policies = [result for result in results if result.method == "dmarc"]
    if any(result.result not in HARMLESS_DMARC for result in policies):
        return Verdict(False, why=f"DMARC did not pass, according to {server}.")
    passed = [result for result in policies if result.result == "pass"]
    named = [_values(result, "from") for result in passed]
    if any(key != domain for keys in named for key in keys):
        return Verdict(False, why=f"DMARC passed for another domain, according to {server}.")
    if len(policies) == len(passed) > 0 and all(named):
        return Verdict(True, proof=f"dmarc=pass by {server}")
    for result in results:
        if result.method == "dkim" and result.result == "pass" and _values(result, "d") == [domain]:
            return Verdict(True, proof=f"dkim=pass by {server}")
    return Verdict(False, why=f"Neither DMARC nor an aligned DKIM signature passed at {server}.")


def _values(result: AuthenticationResult, name: str) -> list[str]:
    """The values of a result's header.* property, as domain keys; "" for one that is none."""
    found = []
    for item in result.properties:
        if item.type == "header" and item.name == name:
            try:
                found.append(domain_key(str(item.value or "")))
            except NoAddress:
                found.append("")
    return found
