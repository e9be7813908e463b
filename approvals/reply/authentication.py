"""Whether the receiving mail server vouches for a sender (RFC 8601, RFC 7489)."""

from dataclasses import dataclass

import authres
import re2
from authres.core import AuthenticationResult, AuthResError

from approvals.reply.addresses import NoAddress, domain_key
from approvals.reply.headers import Fields, has_control, values
from approvals.reply.limits import MAX_RESULTS
from approvals.reply.reading import MailboxRules

FIELD = "authentication-results"
HARMLESS_DMARC = {"pass", "none", "bestguesspass"}
WITHOUT_ID = re2.compile(r"^\s*[A-Za-z][A-Za-z0-9-]*\s*=")
STAND_IN = "without-id.invalid"
MOST_PARENTHESES = 200


@dataclass(frozen=True)
class Verdict:
    """`proof` names what was found, as in "dmarc=pass by mx.example.com"; `why` says why not."""

    holds: bool
    proof: str = ""
    why: str = ""


def authenticate(fields: Fields, domain: str, rules: MailboxRules) -> Verdict:
    """Whether our server found that the mail really comes from `domain` (in A-labels)."""
    found = values(fields, FIELD) if rules.peer_verifies_senders else []
    results, server, why = _our_results(found, rules)
    if results is None:
        verdict = Verdict(False, why=why)
        failed = False
    else:
        verdict = _judge(results, domain, server)
        failed = _dmarc_fails(results)
    if verdict.holds or failed:
        return verdict
    return _internal(fields, domain, rules) or verdict


def _our_results(
    found: list[str], rules: MailboxRules
) -> tuple[list[AuthenticationResult] | None, str, str]:
    if not rules.peer_verifies_senders:
        return None, "", "The peer that handed it over does not verify senders."
    if not found:
        return None, "", "Our mail server's Authentication-Results are missing."
    top = found[0].rstrip("; \t")  # some servers end the last result like the others
    unread = None, "", "The topmost Authentication-Results cannot be read."
    if len(top) > MAX_RESULTS or top.count("(") > MOST_PARENTHESES or has_control(top):
        return unread
    bare = rules.topmost_without_id and bool(WITHOUT_ID.match(top))
    try:
        parsed = authres.AuthenticationResultsHeader.parse_value(
            f"{STAND_IN}; {top}" if bare else top
        )
    except (AuthResError, RecursionError, ValueError, AttributeError, TypeError):
        return unread
    ours = {name.lower() for name in rules.authserv_ids}
    if not bare and parsed.authserv_id.lower() not in ours:
        return None, "", "The topmost Authentication-Results are another server's."
    results = [result for result in parsed.results if isinstance(result, AuthenticationResult)]
    return results, "the receiving server" if bare else parsed.authserv_id, ""


def _judge(results: list[AuthenticationResult], domain: str, server: str) -> Verdict:
    if _dmarc_fails(results):
        return Verdict(False, why=f"DMARC did not pass, says {server}.")
    policies = [result for result in results if result.method == "dmarc"]
    passed = [result for result in policies if result.result == "pass"]
    named = [_values(result, "from") for result in passed]
    if any(key != domain for keys in named for key in keys):
        return Verdict(False, why=f"DMARC passed for another domain, says {server}.")
    if len(policies) == len(passed) > 0 and all(named):
        return Verdict(True, proof=f"dmarc=pass by {server}")
    for result in results:
        if result.method == "dkim" and result.result == "pass" and _values(result, "d") == [domain]:
            return Verdict(True, proof=f"dkim=pass by {server}")
    return Verdict(False, why=f"Neither DMARC nor an aligned DKIM signature passed, says {server}.")


def _dmarc_fails(results: list[AuthenticationResult]) -> bool:
    return any(r.method == "dmarc" and r.result not in HARMLESS_DMARC for r in results)


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


def _internal(fields: Fields, domain: str, rules: MailboxRules) -> Verdict | None:
    proof = rules.internal_proof
    if proof is None or not rules.peer_verifies_senders:
        return None
    try:
        listed = domain in {domain_key(name) for name in proof.domains}
    except NoAddress:
        return None
    found = values(fields, proof.header.lower())
    if not listed or len(found) != 1 or found[0].lower() != proof.value.lower():
        return None
    return None if _mentions_failure(fields) else Verdict(True, proof=f"{proof.header}: {found[0]}")


def _mentions_failure(fields: Fields) -> bool:
    """Whether any server says that DMARC failed: to refuse, a rough look is the safe one."""
    return any(
        re2.search(r"(?i)dmarc\s*=\s*(fail|permerror|temperror|reject|quarantine)", value)
        for value in values(fields, FIELD)
    )
