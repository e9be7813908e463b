"""Whether the receiving mail server vouches for a sender (RFC 8601, RFC 7489)."""

from contextlib import suppress
from dataclasses import dataclass, replace

import authres
import re2
from authres.core import AuthenticationResult, AuthResError

from approvals.reply.addresses import NoAddress, domain_key
from approvals.reply.headers import Fields, has_control, values
from approvals.reply.limits import MAX_RESULTS
from approvals.reply.reading import MailboxRules

FIELD = "authentication-results"
HARMLESS_DMARC = {"pass", "none", "bestguesspass"}
MAX_PARENTHESES = 200
MAX_PROPERTIES = 100
MAX_QUOTES = 200  # quotation marks
MAX_OTHERS = 20  # fields, from the top, that are searched for a failure
# What filters write above their results (OpenDKIM, OpenDMARC, policyd-spf).
FILTER_FIELDS = {"dkim-filter", "dmarc-filter", "received-spf"}
UNREADABLE = "The topmost Authentication-Results can't be read."
CANNOT_PARSE = (AuthResError, RecursionError, ValueError, AttributeError, TypeError)
TOKENS = re2.compile(r'\\.?|[();"]|[^\\();"]+')
DECIDING = re2.compile(r"(?i)^[\W_]*(?:dmarc|dkim)")
DECIDES = re2.compile(rf"{DECIDING.pattern}[^a-z0-9-]*=")  # not dkim-atps
# A second result in one piece, whose semicolon is missing: the library reads over it.
HIDDEN = re2.compile(r"(?i)\S\s+[\"'_-]*(?:dmarc|dkim)\s*(?:/\s*[0-9]+\s*)?=")
RESULT = re2.compile(r"(?i)^\s*[a-z][a-z-]+\s*(?:/\s*[0-9]+\s*)?=")  # no name has that sign
QUOTED = re2.compile(r'"(?:[^"\\]|\\.)*"')
DECIDED_BY = re2.compile(r"(?i)\bheader\s*\.\s*(d|from)\s*=")
DOMAIN = re2.compile(r"(?i)(\sheader\.(?:from|[di])=@?)([^\s<>@;\"()]+)")
IN_BRACKETS = re2.compile(r"(?i)(\sheader\.from=)<@?([^\s<>@;\"()]*)>")


@dataclass(frozen=True)
class Verdict:
    """`proof` names what was found, as in "dmarc=pass by mx.example.com"; `why` says why not.

    `doubtful`: our server may say that the mail is forged, so no other proof counts either.
    """

    holds: bool
    proof: str = ""
    why: str = ""
    doubtful: bool = False


@dataclass(frozen=True)
class Results:
    """What our mail server found, and its name; `why` says why there is nothing that counts.

    `doubtful`: it may say that the mail is forged, in this field or another one, so nothing counts but
    a DMARC pass in the topmost.
    """

    server: str = ""
    found: tuple[AuthenticationResult, ...] = ()
    why: str = ""
    doubtful: bool = False


def results_of(fields: Fields, rules: MailboxRules) -> Results:
    """What the topmost Authentication-Results state, if they are our server's."""
    if not rules.peer_verifies_senders:
        return Results(why="The peer that handed it over doesn't verify senders.")
    found = values(fields, FIELD)
    if not found:
        return Results(why="It lacks our mail server's Authentication-Results.")
    topmost = _parsed(found[0], rules)
    if any(_is_forged(value, rules) for value in found[1:MAX_OTHERS]):
        topmost = replace(topmost, doubtful=True)
    if topmost.why or not rules.one_field_per_filter:
        return topmost
    # A further one without a name may have come with the mail.
    naming = replace(rules, results_without_id=False)
    for value in _standing_together(fields)[1:]:
        other = _parsed(value, naming)
        if other.doubtful:
            return other
        if other.why or other.server.lower() != topmost.server.lower():
            break
        topmost = replace(topmost, found=topmost.found + other.found)
    return topmost


def _is_forged(value: str, rules: MailboxRules) -> bool:
    """Whether a field below the topmost is our server's and says that DMARC failed."""
    return "dmarc" in value.lower() and any(map(_is_failure, _parsed(value, rules).found))


def _is_failure(result: AuthenticationResult) -> bool:
    return result.method == "dmarc" and result.result not in HARMLESS_DMARC


def _standing_together(fields: Fields) -> list[str]:
    """The topmost Authentication-Results, and those that follow it with nothing else between them."""
    names = [name for name, _ in fields]
    together: list[str] = []
    for name, value in fields[names.index(FIELD) :]:
        if name == FIELD:
            together.append(value)
        elif name not in FILTER_FIELDS:
            break
    return together


def _parsed(value: str, rules: MailboxRules) -> Results:
    """The results of our server, read one by one.

    Servers write into others what the grammar doesn't know (IPv6 addresses, addresses of web pages):
    such a result counts for nothing, unless it is one of those that decide.
    """
    text = value.rstrip("; \t")  # some servers end the last result like the others
    if _is_too_much(text) or has_control(text):
        return Results(why=UNREADABLE, doubtful=True)
    try:
        named, *stated = _apart(text)
        if RESULT.match(named):
            server, stated = "", [named, *stated]
        else:
            server = authres.AuthenticationResultsHeader.parse_value(f"{named}; none").authserv_id
        found = tuple(result for each in stated if each.strip() for result in _stated(each))
    except CANNOT_PARSE:
        return Results(why=UNREADABLE, doubtful=True)
    if not server and not rules.results_without_id:
        return Results(why="The topmost Authentication-Results don't name their server.")
    # The library makes small letters of all: a k of the Kelvin sign, for one.
    known = {name.lower() for name in rules.authserv_ids} if named.isascii() else set()
    if server and server.lower() not in known:
        return Results(why="The topmost Authentication-Results are another server's.")
    return Results(server or "our mail server", found)


def _is_too_much(text: str) -> bool:
    """Whether reading a field might take long: looked at before the library parses it."""
    many = text.count("(") > MAX_PARENTHESES or max(map(text.count, "=;")) > MAX_PROPERTIES
    return many or text.count('"') > MAX_QUOTES or len(text) > MAX_RESULTS


def _apart(text: str) -> list[str]:
    """The field without comments, cut at its semicolons; those in quoted strings don't cut.

    Raises ValueError if nobody knows where a result ends: a comment or a quoted string isn't closed.
    """
    pieces, depth, is_quoted = [""], 0, False
    for piece in TOKENS.findall(text):
        if is_quoted:
            is_quoted = piece != '"'
            pieces[-1] += piece
        elif piece in "()":
            depth += 1 if piece == "(" else -1
            pieces[-1] += " "
        elif piece == ";" and not depth:
            pieces.append("")
        elif not depth:
            is_quoted = piece == '"'
            pieces[-1] += piece
        if depth < 0 or (piece.startswith("\\") and not (depth or is_quoted)):
            raise ValueError("a comment ends that never began, or a character is escaped in none")
    if depth or is_quoted:
        raise ValueError("a comment or a quoted string isn't closed")
    return pieces


def _stated(text: str) -> list[AuthenticationResult]:
    """The one result that a piece states; none if it can't be read and wouldn't decide.

    A result whose header.d the library doesn't know (it's quoted) is none either: i doesn't stand for it.
    """
    plain = IN_BRACKETS.sub(r"\1\2", text)
    if (
        not plain.isascii()
    ):  # the library reads A-labels alone; servers may write U-labels (RFC 8616)
        plain = DOMAIN.sub(_in_a_labels, plain)
    unquoted = QUOTED.sub('""', text)
    if HIDDEN.search(unquoted):
        raise ValueError("a result that decides follows another one without a semicolon")
    try:
        results = authres.AuthenticationResultsHeader.parse_value(f"x; {plain}").results
    except CANNOT_PARSE:
        if DECIDING.match(text):
            raise
        return []
    named = [name.lower() for name in DECIDED_BY.findall(unquoted)]
    if DECIDING.match(text) and len(named) > len(set(named)):
        raise ValueError("a result names two domains")
    stated = [result for result in results if isinstance(result, AuthenticationResult)]
    if DECIDES.match(text) and not all(each.method in ("dmarc", "dkim") for each in stated):
        raise ValueError("a result that decides is named in a way that nobody knows")
    return [
        each
        for each in stated
        if each.method == "dmarc" or "d" not in named or domains_of(each, "header", "d")
    ]


def _in_a_labels(found: "re2._Match[str]") -> str:
    try:
        return f"{found.group(1)}{domain_key(found.group(2))}"
    except NoAddress:
        return str(found.group())


def authenticate(results: Results, domain: str) -> Verdict:
    """Whether our server found that the mail really comes from `domain` (in A-labels)."""
    if results.why:
        return Verdict(False, why=results.why, doubtful=results.doubtful)
    server = results.server
    policies = [result for result in results.found if result.method == "dmarc"]
    if any(map(_is_failure, policies)):
        return Verdict(False, why=f"DMARC did not pass, according to {server}.", doubtful=True)
    passed = [result for result in policies if result.result == "pass"]
    named = [domains_of(result, "header", "from") for result in passed]
    if any(key != domain for keys in named for key in keys):
        why = f"DMARC passed for another domain, according to {server}."
        return Verdict(False, why=why, doubtful=True)
    if len(policies) == len(passed) > 0 and all(named):
        return Verdict(True, proof=f"dmarc=pass by {server}")
    if results.doubtful:
        return Verdict(False, why=f"DMARC failed in another field of {server}.", doubtful=True)
    signed = [each for each in results.found if (each.method, each.result) == ("dkim", "pass")]
    if any(_signers(result) == [domain] for result in signed):
        return Verdict(True, proof=f"dkim=pass by {server}")
    return Verdict(False, why=f"Neither DMARC nor an aligned DKIM signature passed at {server}.")


def sent_internally(fields: Fields, rules: MailboxRules, domain: str) -> bool:
    """Whether our server marked the mail as one of its own signed-in users of `domain`.

    Mail inside of one server is often neither signed nor checked. But where any server says that
    DMARC failed, or nobody can read what it says, the mark counts for nothing.
    """
    proof = rules.internal_proof
    if proof is None or not rules.peer_verifies_senders:
        return False
    marks, found = values(fields, proof.header.strip().lower()), values(fields, FIELD)
    return (
        marks == [proof.value.strip()]
        and domain in _keys(proof.domains)
        and len(found) <= MAX_OTHERS
        and not any(map(_casts_doubt, found))
    )


def _keys(domains: tuple[str, ...]) -> set[str]:
    keys: set[str] = set()
    for name in domains:
        with suppress(NoAddress):
            keys.add(domain_key(name))
    return keys


def _casts_doubt(value: str) -> bool:
    """Whether anything in an Authentication-Results field, of whatever server, isn't a harmless DMARC."""
    if _is_too_much(value):
        return True
    try:
        stated = [result for each in _apart(value) if "=" in each for result in _stated(each)]
    except CANNOT_PARSE:
        return True
    return any(map(_is_failure, stated))


def _signers(result: AuthenticationResult) -> list[str]:
    """The signing domains: d, or where it is missing that of i, which is never above it."""
    return domains_of(result, "header", "d") or domains_of(result, "header", "i")


def domains_of(result: AuthenticationResult, kind: str, name: str) -> list[str]:
    """The domains in a result's properties of this name, as keys; "" for one that holds none."""
    found = []
    for item in result.properties:
        if (item.type, item.name) == (kind, name):
            value = str(item.value or "")
            is_address = kind == "smtp" or name in ("i", "from")  # some write all of From
            try:
                found.append(domain_key(value.rpartition("@")[2] if is_address else value))
            except NoAddress:
                found.append("")
    return found
