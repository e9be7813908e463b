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
MAX_PROPERTIES = 200
MAX_BESIDE = 4  # fields below the topmost


@dataclass(frozen=True)
class Verdict:
    """`proof` names what was found, as in "dmarc=pass by mx.example.com"; `why` says why not."""

    holds: bool
    proof: str = ""
    why: str = ""


@dataclass(frozen=True)
class Results:
    """What our mail server found, and its name; `why` says why there is nothing that counts."""

    server: str = ""
    found: tuple[AuthenticationResult, ...] = ()
    why: str = ""


def results_of(fields: Fields, rules: MailboxRules) -> Results:
    """What the topmost Authentication-Results state, if they are our server's."""
    if not rules.peer_verifies_senders:
        return Results(why="The peer that handed it over doesn't verify senders.")
    found = values(fields, FIELD)
    if not found:
        return Results(why="It lacks our mail server's Authentication-Results.")
    return _parsed(found[0], rules)


def results_beside(fields: Fields, rules: MailboxRules) -> tuple[AuthenticationResult, ...]:
    """What our server's filters wrote into fields of their own below the topmost.

    They stand above the server's own Received field, where nothing stands that came with the mail.
    """
    names = [name for name, _ in fields]
    received = names.index("received") if "received" in names else 0
    others = values(fields[:received], FIELD)[1 : 1 + MAX_BESIDE]
    return tuple(result for value in others for result in _parsed(value, rules).found)


def _parsed(value: str, rules: MailboxRules) -> Results:
    text = value.rstrip("; \t")  # some servers end the last result like the others
    unreadable = Results(why="The topmost Authentication-Results can't be read.")
    too_much = text.count("(") > MAX_PARENTHESES or text.count("=") > MAX_PROPERTIES
    if len(text) > MAX_RESULTS or too_much or has_control(text):
        return unreadable
    try:
        parsed = authres.AuthenticationResultsHeader.parse_value(text)
    except (AuthResError, RecursionError, ValueError, AttributeError, TypeError):
        return unreadable
    if parsed.authserv_id.lower() not in {name.lower() for name in rules.authserv_ids}:
        return Results(why="The topmost Authentication-Results are another server's.")
    found = tuple(result for result in parsed.results if isinstance(result, AuthenticationResult))
    return Results(parsed.authserv_id, found)


def authenticate(results: Results, domain: str) -> Verdict:
    """Whether our server found that the mail really comes from `domain` (in A-labels)."""
    if results.why:
        return Verdict(False, why=results.why)
    return _judge(results.found, domain, results.server)


def _judge(results: tuple[AuthenticationResult, ...], domain: str, server: str) -> Verdict:
    policies = [result for result in results if result.method == "dmarc"]
    if any(result.result not in HARMLESS_DMARC for result in policies):
        return Verdict(False, why=f"DMARC did not pass, according to {server}.")
    passed = [result for result in policies if result.result == "pass"]
    named = [domains_of(result, "header", "from") for result in passed]
    if any(key != domain for keys in named for key in keys):
        return Verdict(False, why=f"DMARC passed for another domain, according to {server}.")
    if len(policies) == len(passed) > 0 and all(named):
        return Verdict(True, proof=f"dmarc=pass by {server}")
    signed = [result for result in results if (result.method, result.result) == ("dkim", "pass")]
    if any(domains_of(result, "header", "d") == [domain] for result in signed):
        return Verdict(True, proof=f"dkim=pass by {server}")
    return Verdict(False, why=f"Neither DMARC nor an aligned DKIM signature passed at {server}.")


def domains_of(result: AuthenticationResult, kind: str, name: str) -> list[str]:
    """The domains in a result's properties of this name, as keys; "" for one that holds none."""
    found = []
    for item in result.properties:
        if (item.type, item.name) == (kind, name):
            value = str(item.value or "")
            try:
                found.append(domain_key(value.rpartition("@")[2] if kind == "smtp" else value))
            except NoAddress:
                found.append("")
    return found
