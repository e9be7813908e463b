"""What can become of a probe, and what to do about it; foreign_systems/connection_test_words.py has what
Test Connection says.

Names in braces stand for values; see `_say` in approvals/inbox/probes.py.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class ProbeWords:
    """What became of a message to our own reply address. `key`: as doctor calls it; "": all is well."""

    key: str
    headline: str
    advice: str


PROBE_HOME: Final = ProbeWords(
    "",
    "A message to the reply address came back and was understood",
    "It was sent by a worker, delivered to {recipient} and read. Its Authentication-Results count.",
)
PROBE_NO_WORKER: Final = ProbeWords(
    "probe-not-sent",
    "No worker has tried to send it",
    "It waits in the outbox. Start a worker (`celery -A pmconsole worker`), or look at its log.",
)
PROBE_NOT_SENT: Final = ProbeWords(
    "probe-not-sent",
    "The server hasn't accepted it",
    "The last answer to the message to {recipient}: {words}. Test the connection, then "
    "mend what it says.",
)
PROBE_BOUNCED: Final = ProbeWords(
    "probe-not-delivered",
    "It came back undelivered",
    "The SMTP server accepted it, and another server refused {recipient}. Have the mail server of the "
    "reply domain accept this address.",
)
PROBE_NO_PLUS: Final = ProbeWords(
    "plus-addresses-not-delivered",
    "Mail to the plain reply address arrives, and to addresses with a plus part doesn't",
    "Every approver answers to an address like {recipient}. Have the mail server deliver these to "
    "{reply} (Exchange Online: plus addressing is on by default, see Set-OrganizationConfig; Postfix: "
    "recipient_delimiter = +), or have it accept the whole domain for pmconsole.",
)
PROBE_NO_BOUNCE: Final = ProbeWords(
    "bounce-addresses-not-delivered",
    "Replies arrive, and mail to bounce addresses doesn't",
    "Nobody would hear of emails that other servers send back to addresses like {recipient}. Have the "
    "mail server deliver these to {reply} too, by an alias, or turn Bounce Addresses of the SMTP server "
    "off. It may also just be slow: try again with a longer --within.",
)
PROBE_NOTHING_CAME: Final = ProbeWords(
    "probe-not-delivered",
    "It was sent, a mailbox is being read, and nothing arrived there",
    "Check that {reply} is the mailbox that is read, that its mail isn't sorted into another folder or "
    "spam, and the MX record of its domain. It may also just be slow: try again with a longer --within.",
)
PROBE_NO_READER: Final = ProbeWords(
    "probe-not-delivered",
    "It was sent, and nothing arrived",
    "No mailbox is being read. If `receive_mail` or `ingest_mail` takes replies, check that the mail "
    "server hands mail for {reply} to it, and its log; else start `manage.py read_mailboxes`.",
)
PROBE_PEER: Final = ProbeWords(
    "probe-unproven",
    "It arrived from a host that doesn't verify senders",
    "Replies from {peer} are rejected. If that mail server verifies senders, write + before its network "
    "in LISTENER_PEERS.",
)
PROBE_NO_RESULTS: Final = ProbeWords(
    "probe-unproven",
    "It arrived without Authentication-Results",
    "Replies like it are rejected, since nothing proves their senders. Have the mail server verify SPF, "
    "DKIM and DMARC, and write what it found into the message.",
)
PROBE_OTHER_NAME: Final = ProbeWords(
    "probe-unproven",
    "Its Authentication-Results are of another name",
    "They are of {found}, and those that count are of: {trusted}. If {found} is your mail server, set "
    "AUTHSERV_IDS, or the mailbox's own setting, to this name.",
)
